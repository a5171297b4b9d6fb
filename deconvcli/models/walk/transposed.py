"""ConvTranspose, which the dialect of ONNX reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.values import freeze
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import Call, Problem, Tensor, compute, is_number, make_tensor

REMEMBERED_LAYERS = 1024
LARGE = 2**20

_DIALECT = take("onnx")[0]
# Besides these two, the dialect's parameters are the operator's attributes.
_ATTRIBUTES = {argument.name for argument in _DIALECT.arguments} - {"B", "opset"}


def transpose_convolution(call: Call) -> tuple[Sequence[Tensor], Reading | None]:
    """Return the output, and the layer as the dialect reads it where all sizes are numbers.

    Raises:
        Problem: the operator's specification refuses the layer.
    """
    given, weights = call.input(0).sizes, call.input(1).sizes
    if given is None or len(given) < 3:
        rank = len(weights) if weights is not None else None
        return [Tensor(None if rank is None else (None,) * rank)], None
    if (
        weights is None
        or not all(map(is_number, weights))
        or any(size is None for size in given[2:])
    ):
        return [Tensor((given[0], *(None,) * (len(given) - 1)))], None
    if len(weights) != len(given):
        raise Problem(
            "rank",
            f"an input of {write_sizes(given)} and weights of {write_sizes(weights)} do not fit",
            "give both the same number of axes.",
        )
    parameters = {name: call.attributes[name] for name in call.attributes if name in _ATTRIBUTES}
    arguments = {**parameters, "B": call.has(2), "opset": call.version}
    # No formula depends on the batch.
    batch = given[0] if isinstance(given[0], int) else 1
    channels = given[1] if isinstance(given[1], int) else None
    sizes = Sizes(given[2:], (batch,), channels, weights)  # type: ignore[arg-type]
    if all(map(is_number, given[2:])):
        reading = _read(arguments, sizes)
        return [make_tensor((given[0], *reading.output_shape[1:]))], reading
    layer = _read_once(_freeze(arguments), weights, channels)
    if layer is None:
        found = compute(lambda *_: _read(arguments, sizes).output_shape, *given[2:])
        return [make_tensor((given[0], *(found or given)[1:]))], None
    spatial = layer.output_sizes(given[2:])  # type: ignore[arg-type]
    empty = [n for n, out in zip(given[2:], spatial, strict=True) if compute(_is_empty, out)]
    if empty:
        raise Problem(
            "empty-output",
            f"a transposed convolution leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )
    return [make_tensor((given[0], layer.out_channels, *spatial))], None


def _is_empty(size: Size) -> bool:
    return size < 1


def _read(arguments: Mapping[str, Any], sizes: Sizes) -> Reading:
    """Return the layer as the dialect reads it.

    Raises:
        Problem: the specification refuses it.
    """
    try:
        return _DIALECT.read(Spelling("onnx", arguments), sizes)
    except (Refused, UsageError) as error:
        place = getattr(error, "place", None)
        wrong = sizes.spatial if place is None else sizes.spatial[place : place + 1]
        raise Problem(error.code, error.message, error.help, wrong) from error


def _freeze(arguments: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return parameters by name in a form that can be remembered."""
    return tuple([(name, freeze(value)) for name, value in arguments.items()])


@lru_cache(REMEMBERED_LAYERS)
def _read_once(
    pairs: tuple[tuple[str, Any], ...], weights: tuple[int, ...], channels: int | None
) -> Layer | None:
    """Return the layer where it is the same for all input sizes; None where it is not.

    In open sizes the same node is walked hundreds of times, and only its size differs.
    """
    arguments = dict(pairs)
    if "output_shape" in arguments or arguments.get("auto_pad", "NOTSET") != "NOTSET":
        return None
    # Large enough for every crop.
    spatial = (LARGE,) * (len(weights) - 2)
    return _read(arguments, Sizes(spatial, (1,), channels, weights)).layer
