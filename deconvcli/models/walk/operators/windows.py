"""Windows that slide over axes: convolutions, poolings, and what follows from their sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    make_tensor,
)


class Rounding(Enum):
    """How the number of windows that fit is rounded."""

    DOWN = "down"
    UP = "up"
    CUT_OFF = "towards zero"


def _convolve(call: Call) -> Sequence[Tensor]:
    return _slide(call, call.input(1))


def _convolve_integers(call: Call) -> Sequence[Tensor]:
    """QLinearConv has scales and zero points between the data and the weights."""
    return _slide(call, call.input(3))


def _slide(call: Call, weights: Tensor) -> Sequence[Tensor]:
    given, shape = call.input(0).sizes, weights.sizes
    if given is None or len(given) < 3:
        rank = weights.rank
        return [Tensor(None if rank is None else (None,) * rank)]
    kernel = call.numbers("kernel_shape") or (shape[2:] if shape is not None else None)
    channels = shape[0] if shape is not None else None
    if shape is not None and len(shape) == len(given):
        _check_channels(given, shape, call.number("group", 1))
    return [make_tensor((given[0], channels, *_find_sizes(call, given[2:], kernel)))]


def _check_channels(given: Sequence[OpenSize], shape: Sequence[OpenSize], groups: int) -> None:
    """Refuse weights for another number of channels.

    Raises:
        Problem: the numbers differ.
    """
    if compute(lambda own, taken: own != taken * groups, given[1], shape[1]):
        raise Problem(
            "channels",
            f"an input of {write_sizes(given)} and weights of {write_sizes(shape)} in {groups}"
            " groups do not fit",
            "give the input the channels that the weights take.",
            (given[1], shape[1]),
        )


def _pool(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None or len(given) < 3:
        return [UNKNOWN] * call.outputs
    rounding = Rounding.UP if call.number("ceil_mode", 0) else Rounding.CUT_OFF
    found = _find_sizes(call, given[2:], call.numbers("kernel_shape"), rounding)
    return [make_tensor((*given[:2], *found))] * call.outputs


def _find_sizes(
    call: Call,
    spatial: Sequence[OpenSize],
    kernel: Sequence[OpenSize] | None,
    rounding: Rounding = Rounding.DOWN,
) -> list[OpenSize]:
    """Return the output sizes of a window that slides over the spatial axes.

    Raises:
        Problem: nothing is left on an axis.
    """
    rank = len(spatial)
    if kernel is None or len(kernel) != rank:
        return [None] * rank
    strides = call.numbers("strides") or [1] * rank
    dilations = call.numbers("dilations") or [1] * rank
    pads = call.numbers("pads") or [0] * 2 * rank
    word = call.text("auto_pad", "NOTSET")
    if len(strides) != rank or len(dilations) != rank or len(pads) != 2 * rank:
        return [None] * rank
    found = [
        compute(_find_size, size, taps, stride, dilation, begin, end, word, rounding)
        for size, taps, stride, dilation, begin, end in zip(
            spatial, kernel, strides, dilations, pads[:rank], pads[rank:], strict=True
        )
    ]
    empty = [
        size
        for size, one in zip(spatial, found, strict=True)
        if compute(lambda size: size < 1, one)
    ]
    if empty:
        raise Problem(
            "empty-output",
            f"a window of {write_sizes(kernel)} leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )
    return found


def _find_size(
    size: Any,
    taps: Any,
    stride: int,
    dilation: int,
    begin: int,
    end: int,
    word: str,
    rounding: Rounding,
) -> Any:
    """Return the output size along one axis."""
    if stride < 1 or dilation < 1:
        raise Problem("illegal-value", f"stride {stride}, dilation {dilation}", "use 1 or more.")
    span = (taps - 1) * dilation + 1
    if word.startswith("SAME"):
        return -(-size // stride)
    if word == "VALID":
        begin = end = 0
    room = size + begin + end - span
    if rounding is Rounding.DOWN:
        return room // stride + 1
    if rounding is Rounding.CUT_OFF:
        # ONNX Runtime's pools of a window larger than the input have one element, as C++ divides.
        return room // stride + 1 if room >= 0 else 1 - -room // stride
    count = -(-room // stride) + 1
    # A window that would start after the input and what is added before it is left out.
    return count - 1 if (count - 1) * stride >= size + begin else count


def _pool_globally(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    return [UNKNOWN if given is None else make_tensor((*given[:2], *[1] * (len(given) - 2)))]


def _pool_regions(call: Call) -> Sequence[Tensor]:
    """RoI poolings: one row for each region."""
    given, regions = call.input(0).sizes, call.input(1).sizes
    pooled = call.numbers("pooled_shape")
    if pooled is None:
        pooled = [call.number("output_height", 1), call.number("output_width", 1)]
    channels = given[1] if given is not None and len(given) > 1 else None
    return [make_tensor((regions[0] if regions else None, channels, *pooled))]


def _unpool(call: Call) -> Sequence[Tensor]:
    given, kernel = call.input(0).sizes, call.numbers("kernel_shape")
    wanted = call.values(2)
    if wanted is not None:
        return [make_tensor(wanted)]
    if given is None or kernel is None or len(kernel) != len(given) - 2 or call.has(2):
        return [Tensor(None if given is None else (None,) * len(given))]
    strides = call.numbers("strides") or [1] * len(kernel)
    pads = call.numbers("pads") or [0] * 2 * len(kernel)
    sizes = [
        compute(lambda n, s, k, b, e: (n - 1) * s + k - b - e, *parts)
        for parts in zip(given[2:], strides, kernel, pads, pads[len(kernel) :], strict=False)
    ]
    return [make_tensor((*given[:2], *sizes))]


def _join_columns(call: Call) -> Sequence[Tensor]:
    """Col2Im puts blocks together in an image of a given size."""
    given, image, block = call.input(0).sizes, call.values(1), call.values(2)
    if given is None or image is None or block is None or len(given) != 3:
        return [UNKNOWN]
    count = compute(lambda *sizes: _multiply(sizes), *block)
    channels = compute(lambda all, each: all // each, given[1], count)
    return [make_tensor((given[0], channels, *image))]


def _multiply(sizes: Sequence[Any]) -> Any:
    total = 1
    for size in sizes:
        total = total * size
    return total


OPERATORS: Mapping[str, Operator] = {
    "Conv": _convolve,
    "FusedConv": _convolve,
    "ConvInteger": _convolve,
    "QLinearConv": _convolve_integers,
    "DeformConv": _convolve,
    "AveragePool": _pool,
    "MaxPool": _pool,
    "LpPool": _pool,
    "QLinearAveragePool": _pool,
    "GlobalAveragePool": _pool_globally,
    "GlobalMaxPool": _pool_globally,
    "GlobalLpPool": _pool_globally,
    "QLinearGlobalAveragePool": _pool_globally,
    "MaxRoiPool": _pool_regions,
    "RoiAlign": _pool_regions,
    "MaxUnpool": _unpool,
    "Col2Im": _join_columns,
}
