"""A pasted layer for Python: `deconvcli.paste`. Apart, since only that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.spelling import read_layer
from deconvcli.frameworks.wording import KEYS
from deconvcli.layers.layer import Reading


def read_pasted(
    text: str,
    input_shape: Sequence[int] | None,
    weight_shape: Sequence[int] | None = None,
    dialect: str | None = None,
) -> Reading:
    """Return the layer of a pasted call at this input size.

    input_shape: in the dialect's own layout, or the spatial sizes alone; None where the call
    has it.

    Raises:
        UsageError: something is missing, foreign to the dialect, or of another rank.
        Refused: the framework would refuse the layer.
    """
    size = _require_sizes(input_shape, "input_shape")
    weight = _require_sizes(weight_shape, "weight_shape")
    names = KEYS._replace(input_size="input_shape")
    request = LayerRequest(text, dialect, size, weight=weight, names=names)
    understood = request.understand().assume_minimum()
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
