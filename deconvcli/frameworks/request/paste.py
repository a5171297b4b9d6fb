"""A pasted layer for Python: `deconvcli.paste`. Apart, since only that needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.arguments import to_plain_numbers
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.spelling import read_layer
from deconvcli.frameworks.wording import KEYS
from deconvcli.layers.layer import Reading

PYTHON_NAMES = KEYS._replace(input_size="input_shape", variables="values")
"""The names of the parameters of `deconvcli.paste` and `deconvcli.network`."""


def read_values(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the values of variables as calls are read: lists, not tuples.

    Raises:
        UsageError: a name is no text, or a value is none that --set takes.
    """
    if values is not None and not isinstance(values, Mapping):
        raise _bad_values(f"values is {shorten(values)}")
    found = {}
    for name, given in (values or {}).items():
        value = to_plain_numbers(given)
        items = list(value) if isinstance(value, list | tuple) else [value]
        # Type, not isinstance: an array's integers and their arithmetic are of other kinds.
        kinds = (int,) if isinstance(value, list | tuple) else (int, float, bool, str, type(None))
        is_known = all(type(item) in kinds for item in items)
        numbers = [item for item in items if type(item) in (int, float)]
        if type(name) is not str or not is_known or not all(abs(n) <= MAX_INT64 for n in numbers):
            raise _bad_values(f"the value of {shorten(name)} is {shorten(value)}")
        # As Python writes what a call has.
        found[name.replace('"', "'")] = items if isinstance(value, list | tuple) else value
    return found


def _bad_values(message: str) -> UsageError:
    return UsageError(
        message,
        help="give names with numbers, lists of integers or words: {'k': 4, 'padding': (1, 2)}.",
        code="bad-value",
    )


def read_pasted(
    text: str,
    input_shape: Sequence[int] | None,
    weight_shape: Sequence[int] | None = None,
    dialect: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Reading:
    """Return the layer of a pasted call at this input size.

    input_shape: in the dialect's own layout, or the spatial sizes alone; None where the call
    has it. values: of variables in the call.

    Raises:
        UsageError: something is missing, foreign to the dialect, or of another rank.
        Refused: the framework would refuse the layer.
    """
    size = _require_sizes(input_shape, "input_shape")
    weight = _require_sizes(weight_shape, "weight_shape")
    request = LayerRequest(
        text, dialect, size, weight=weight, names=PYTHON_NAMES, variables=read_values(values)
    )
    understood = request.understand().assume_minimum(PYTHON_NAMES)
    reading = understood.reading
    if size is None or understood.leading != 1:
        return reading
    # A command's --in 64x5x5 leaves the batch open; a tensor of this shape has no batch axis.
    spelling, rank = reading.spelling, len(reading.spatial)
    return read_layer(spelling.name, spelling.arguments, size, reading.sizes.weight, rank)


def _require_sizes(shape: Any, name: str) -> tuple[int, ...] | None:
    if shape is None:
        return None
    is_list = isinstance(shape, list | tuple) and len(shape) > 0
    if is_list and all(type(size) is int and 0 <= size <= MAX_INT64 for size in shape):
        return tuple(shape)
    raise UsageError(
        f"{name} is {shorten(shape)}",
        help="give a list of sizes, each an integer, 0 or more, within 64 bits.",
        code="bad-size",
    )
