"""ConvTranspose, which the dialect of ONNX reads, and such layers of other formats."""

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
from deconvcli.models.walk.tensors import (
    Call,
    OpenSize,
    Problem,
    Tensor,
    compute,
    is_number,
    make_tensor,
)

REMEMBERED_LAYERS = 1024
LARGE = 2**20

# Besides these two, the dialect's parameters are the operator's attributes.
_ATTRIBUTES = {argument.name for argument in take("onnx")[0].arguments} - {"B", "opset"}


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
    # There the crop depends on the input.
    adapts = "output_shape" in arguments or arguments.get("auto_pad", "NOTSET") != "NOTSET"
    found, reading = find_output("onnx", arguments, sizes, adapts=adapts)
    return [make_tensor((given[0], *found))], reading


def find_output(
    dialect: str, arguments: Mapping[str, Any], sizes: Sizes, *, adapts: bool
) -> tuple[tuple[OpenSize, ...], Reading | None]:
    """Return channels and spatial sizes, and the layer where all sizes are numbers.

    adapts: whether the layer is another one for other sizes.

    Raises:
        Problem: the dialect refuses the layer, or nothing is left of an axis.
    """
    given = sizes.spatial
    if all(map(is_number, given)):
        reading = _read(dialect, arguments, sizes)
        return (reading.layer.out_channels, *reading.output_sizes), reading
    layer = None if adapts else _remember(dialect, arguments, sizes)
    if layer is None:
        found = compute(lambda *_: _read(dialect, arguments, sizes), *given)
        if found is None:
            return (None,) * (1 + len(given)), None
        return (found.layer.out_channels, *found.output_sizes), None
    spatial = layer.output_sizes(given)
    empty = [n for n, out in zip(given, spatial, strict=True) if compute(_is_empty, out)]
    if empty:
        raise Problem(
            "empty-output",
            f"a transposed convolution leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )
    return (layer.out_channels, *spatial), None


def _is_empty(size: Size) -> bool:
    return size < 1


def _read(dialect: str, arguments: Mapping[str, Any], sizes: Sizes) -> Reading:
    """Return the layer as the dialect reads it.

    Raises:
        Problem: the specification refuses it.
    """
    try:
        return take(dialect)[0].read(Spelling(dialect, arguments), sizes)
    except (Refused, UsageError) as error:
        place = getattr(error, "place", None)
        wrong = sizes.spatial if place is None else sizes.spatial[place : place + 1]
        raise Problem(error.code, error.message, error.help, wrong) from error


def _remember(dialect: str, arguments: Mapping[str, Any], sizes: Sizes) -> Layer:
    pairs = tuple([(name, freeze(value)) for name, value in arguments.items()])
    return _read_once(dialect, pairs, sizes._replace(spatial=()), len(sizes.spatial))


@lru_cache(REMEMBERED_LAYERS)
def _read_once(dialect: str, pairs: tuple[tuple[str, Any], ...], sizes: Sizes, rank: int) -> Layer:
    """Return the layer, which is the same for all input sizes.

    In open sizes the same node is walked hundreds of times, and only its size differs.
    """
    # Large enough for every crop.
    return _read(dialect, dict(pairs), sizes._replace(spatial=(LARGE,) * rank)).layer
