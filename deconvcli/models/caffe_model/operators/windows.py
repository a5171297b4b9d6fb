"""Windows that slide over the spatial axes: convolutions of both kinds, and pools.

Source: BVLC Caffe 9b89154 (2020-02-13), the Reshape function of each file in src/caffe/layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from deconvcli.layers.layer import Reading, Sizes
from deconvcli.models.caffe_model.operators.fields import check_left, find_fields, split
from deconvcli.models.caffe_model.text import Message
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    Operator,
    Problem,
    Tensor,
    compute,
    make_tensor,
)
from deconvcli.models.walk.transposed import find_output

_CONVOLUTION = "convolution_param"
# They change no size, and are messages.
_OTHERS = {"weight_filler", "bias_filler", "engine", "force_nd_im2col"}


def _read_each(fields: Message, name: str, sides: str, rank: int, default: int) -> list[int]:
    """Return a number for each spatial axis: `kernel_h` and `kernel_w`, or those of `name`."""
    both = [fields.number(f"{sides}_h", 0), fields.number(f"{sides}_w", 0)]
    if rank == 2 and any(both):
        return both
    listed = fields.numbers(name) or [default]
    if len(listed) not in (1, rank):
        raise Problem(
            "rank",
            f"{name} has {len(listed)} numbers, and the layer has {rank} spatial axes",
            "give one number, or one for each axis.",
            (),
        )
    return listed * rank if len(listed) == 1 else listed


def _convolve(call: Call) -> Sequence[Tensor]:
    if call.input(0).sizes is None:
        return [UNKNOWN] * call.outputs
    fields = find_fields(call, _CONVOLUTION)
    batch, channels, spatial = split(call, fields.number("axis", 1))
    rank = len(spatial)
    kernel = _read_each(fields, "kernel_size", "kernel", rank, 0)
    strides = _read_each(fields, "stride", "stride", rank, 1)
    pads = _read_each(fields, "pad", "pad", rank, 0)
    dilations = _read_each(fields, "dilation", "dilation", rank, 1)
    _check_numbers(kernel, strides, dilations)
    groups = max(1, fields.number("group", 1))
    if compute(lambda n: bool(n % groups), channels):
        raise Problem(
            "channels",
            f"{channels} channels cannot be split into {groups} groups",
            "give it an input whose channels the groups divide.",
            (channels,),
        )
    found = [
        compute(lambda n, k=k, s=s, p=p, d=d: (n + 2 * p - d * (k - 1) - 1) // s + 1, n)
        for n, k, s, p, d in zip(spatial, kernel, strides, pads, dilations, strict=True)
    ]
    check_left(kernel, spatial, found)
    made = make_tensor((*batch, fields.number("num_output", 0), *found))
    # Each input has an output of its own, of shared weights.
    return [made] * call.outputs


def _check_numbers(*numbers: Sequence[int]) -> None:
    if any(one < 1 for each in numbers for one in each):
        texts = ", ".join(write_sizes(each) for each in numbers)
        raise Problem(
            "illegal-value", f"kernel, stride and dilation are {texts}", "use 1 or more.", ()
        )


def transpose_convolution(call: Call) -> tuple[Sequence[Tensor], Reading | None]:
    """Return the output of a Deconvolution, and the layer where all sizes are numbers."""
    fields = find_fields(call, _CONVOLUTION)
    outputs = fields.number("num_output", 0)
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN] * call.outputs, None
    batch, channels, spatial = split(call, fields.number("axis", 1))
    if any(size is None for size in spatial):
        return [Tensor((*batch, outputs, *[None] * len(spatial)))] * call.outputs, None
    words = {
        name: values if len(values) > 1 else values[-1]
        for name, values in fields.fields.items()
        if name not in _OTHERS and values
    }
    words.pop("axis", None)
    leading = tuple([size if isinstance(size, int) else 1 for size in batch])
    taken = channels if isinstance(channels, int) else None
    sizes = Sizes(tuple(spatial), leading, taken)  # type: ignore[arg-type]
    found, reading = find_output("caffe", words, sizes, adapts=False)
    return [make_tensor((*batch, *found))] * call.outputs, reading


def _pool(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None or len(given) != 4:
        return [UNKNOWN] * call.outputs
    fields = find_fields(call, "pooling_param")
    if fields.get("global_pooling") is True:
        return [make_tensor((*given[:2], 1, 1))] * call.outputs
    kernel = _read_each(fields, "kernel_size", "kernel", 2, 0)
    strides = _read_each(fields, "stride", "stride", 2, 1)
    pads = _read_each(fields, "pad", "pad", 2, 0)
    _check_numbers(kernel, strides)
    rounds_up = fields.get("round_mode") not in ("FLOOR", 1)
    is_padded = any(pads)
    found = [
        compute(partial(_count_windows, taps=k, stride=s, pad=p, up=rounds_up, cuts=is_padded), n)
        for n, k, s, p in zip(given[2:], kernel, strides, pads, strict=True)
    ]
    check_left(kernel, given[2:], found)
    return [make_tensor((*given[:2], *found))] * call.outputs


def _count_windows(size: Any, taps: int, stride: int, pad: int, *, up: bool, cuts: bool) -> Any:
    room = size + 2 * pad - taps
    count = (-(-room // stride) if up else room // stride) + 1
    # A window that would start after the input and the zeros before it is left out.
    return count - 1 if cuts and (count - 1) * stride >= size + pad else count


OPERATORS: Mapping[str, Operator] = {
    "convolution": _convolve,
    "convolutiondepthwise": _convolve,
    "depthwiseconvolution": _convolve,
    "pooling": _pool,
}
TRANSPOSED = {"deconvolution": transpose_convolution}
