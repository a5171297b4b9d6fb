"""Convolutions, transposed ones, and poolings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

from deconvcli.frameworks.dialects.ncnn.line import name_keys
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    make_tensor,
)
from deconvcli.models.walk.transposed import find_output

SAME = (-233, -234)
# Keys of the width, the height and the depth.
_KERNELS, _DILATIONS, _STRIDES = ("1", "11", "21"), ("2", "12", "22"), ("3", "13", "23")
_BEGINS, _ENDS = ("4", "14", "24"), ("15", "16", "17")
# They change no size.
_OTHERS = {"weight_data_size", "activation_type", "activation_params"}
_FULL, _VALID = 0, 1


def _each(call: Call, keys: Sequence[str], rank: int, default: int) -> list[int]:
    """Return a parameter for each spatial axis, which without a value is that of the width."""
    width = call.number(keys[0], default)
    return [call.number(key, width) for key in keys[:rank]][::-1]


def _take_input(call: Call, rank: int) -> tuple[OpenSize, ...] | None:
    """Return the channels and the spatial sizes; a tensor of fewer axes has ones before them.

    Raises:
        Problem: it has more axes than the layer.
    """
    given = call.input(0).sizes
    if given is not None and len(given) > rank + 1:
        raise Problem(
            "rank",
            f"an input of {write_sizes(given)} has more than the {rank + 1} axes of the layer",
            "give it fewer axes, with a Reshape before it.",
        )
    return None if given is None else (*[1] * (rank + 1 - len(given)), *given)


def _find_inputs(call: Call, kernel: Sequence[int]) -> int | None:
    """Return the input channels of each group, which follow from the number of weights."""
    outputs, weights = call.number("0", 0), call.number("6", 0)
    taps = prod(kernel)
    if outputs < 1 or min(kernel) < 1 or not weights or weights % (taps * outputs):
        return None
    return weights // (taps * outputs)


def find_channels(call: Call, rank: int) -> int | None:
    """Return the channels that the weights of a convolution take; None where they are not known."""
    inputs = _find_inputs(call, _each(call, _KERNELS, rank, 0))
    return None if inputs is None else inputs * call.number("7", 1)


def _check_channels(call: Call, given: OpenSize, rank: int) -> None:
    """Refuse an input of other channels than the weights take.

    Raises:
        Problem: they differ.
    """
    taken = find_channels(call, rank)
    if taken is not None and compute(lambda own: bool(own != taken), given):
        raise Problem(
            "channels",
            f"its {call.number('6', 0):,} weights are for {taken} input channels, and it is given"
            f" {given}",
            "give it an input of these channels, or convert the model again.",
            (given,),
        )


def _convolve(call: Call, rank: int) -> Sequence[Tensor]:
    if call.number("19", 0):
        raise ValueError("the weights are an input")
    outputs = call.number("0", 0)
    kernel = _each(call, _KERNELS, rank, 0)
    flat = call.input(0).sizes
    if rank == 2 and flat is not None and len(flat) == 1 and prod(kernel) == 1:
        # A kernel of one tap on a vector is a product with a matrix, whose output is one too.
        if find_channels(call, rank) is not None:
            _check_channels(call, flat[0], rank)
        return [make_tensor((outputs,))]
    given = _take_input(call, rank)
    if given is None:
        return [Tensor((outputs, *[None] * rank))]
    _check_channels(call, given[0], rank)
    spatial = _slide(
        given[1:],
        kernel,
        _each(call, _STRIDES, rank, 1),
        _each(call, _DILATIONS, rank, 1),
        *_find_pads(call, rank),
    )
    return [make_tensor((outputs, *spatial))]


def _find_pads(call: Call, rank: int) -> tuple[list[int], list[int]]:
    begins = _each(call, _BEGINS, rank, 0)
    ends = [
        call.number(key, begin) for key, begin in zip(_ENDS[:rank], reversed(begins), strict=True)
    ]
    return begins, ends[::-1]


def _slide(
    spatial: Sequence[OpenSize],
    kernel: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    begins: Sequence[int],
    ends: Sequence[int],
    *,
    rounds_up: bool = False,
) -> list[OpenSize]:
    """Return the sizes that a window leaves.

    Raises:
        Problem: nothing is left on an axis, or a number is none that a window has.
    """
    if min(*kernel, *strides, *dilations) < 1:
        raise Problem(
            "illegal-value",
            f"kernel {write_sizes(kernel)}, stride {write_sizes(strides)},"
            f" dilation {write_sizes(dilations)}",
            "use 1 or more.",
            (),
        )
    # One pad of SAME is enough for all.
    is_same = any(pad in SAME for pad in (*begins, *ends))
    found: list[OpenSize] = []
    for place, size in enumerate(spatial):
        span = (kernel[place] - 1) * dilations[place] + 1
        outer = -span if is_same else begins[place] + ends[place] - span
        one = partial(_fit, room=outer, stride=strides[place], up=rounds_up, same=is_same)
        found.append(compute(one, size))
    empty = [n for n, out in zip(spatial, found, strict=True) if compute(_is_empty, out)]
    if empty:
        raise Problem(
            "empty-output",
            f"a window of {write_sizes(kernel)} leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )
    return found


def _fit(size: Any, room: int, stride: int, *, up: bool, same: bool) -> Any:
    """Return the number of windows along an axis."""
    if same:
        return -(-size // stride)
    return (-(-(size + room) // stride) if up else (size + room) // stride) + 1


def _is_empty(size: Any) -> bool:
    return bool(size < 1)


def _transpose(call: Call, rank: int) -> tuple[Sequence[Tensor], Reading | None]:
    """Return the output of a transposed convolution, and the layer where all sizes are numbers."""
    if call.number("28", 0):
        raise ValueError("the weights are an input")
    given = _take_input(call, rank)
    outputs = call.number("0", 0)
    if given is None or any(size is None for size in given[1:]):
        return [Tensor((outputs, *[None] * rank))], None
    _check_channels(call, given[0], rank)
    kernel = _each(call, _KERNELS, rank, 0)
    inputs = _find_inputs(call, kernel)
    channels = given[0] if isinstance(given[0], int) else None
    names = name_keys(rank)
    words = {
        names[key]: value
        for key, value in ((int(key), value) for key, value in call.attributes.items())
        if key in names and names[key] not in _OTHERS
    }
    weight = None if inputs is None else (outputs, inputs, *kernel)
    sizes = Sizes(given[1:], (), channels, weight)  # type: ignore[arg-type]
    asks = any(words.get(name) for name in ("output_w", "output_h", "output_d"))
    found, reading = find_output("ncnn", words, sizes, adapts=asks)
    return [make_tensor(found)], reading


def _pool(call: Call, rank: int) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if call.number("4", 0):
        return [make_tensor(None if given is None else (given[0],))]  # type: ignore[arg-type]
    if given is None or len(given) != rank + 1:
        return [Tensor(None if given is None else (None,) * len(given))]
    if call.number("7", 0):
        wanted = _each(call, ("8", "18", "28"), rank, 0)
        # -233 leaves an axis as it is.
        spatial = [n if w == -233 else w for n, w in zip(given[1:], wanted, strict=True)]
        return [make_tensor((given[0], *spatial))]
    kernel = _each(call, _KERNELS, rank, 0)
    strides = _each(call, ("2", "12", "22"), rank, 1)
    begins = _each(call, ("3", "13", "23"), rank, 0)
    keys = ("14", "15", "16")[:rank]
    ends = [call.number(key, one) for key, one in zip(keys, reversed(begins), strict=True)][::-1]
    mode = call.number("5", 0)
    if mode > _VALID:
        begins = [SAME[0]] * rank
    found = _slide(given[1:], kernel, strides, [1] * rank, begins, ends, rounds_up=mode == _FULL)
    return [make_tensor((given[0], *found))]


_RANKS = {"": 2, "1D": 1, "3D": 3}
OPERATORS: Mapping[str, Operator] = {
    f"{kind}{suffix}": partial(_convolve, rank=rank)
    for kind in ("Convolution", "ConvolutionDepthWise")
    for suffix, rank in _RANKS.items()
} | {f"Pooling{suffix}": partial(_pool, rank=rank) for suffix, rank in _RANKS.items()}
TRANSPOSED = {
    f"{kind}{suffix}": partial(_transpose, rank=rank)
    for kind in ("Deconvolution", "DeconvolutionDepthWise")
    for suffix, rank in _RANKS.items()
}
RANKS: Mapping[str, int] = {
    f"{kind}{grouped}{suffix}": rank
    for kind in ("Convolution", "Deconvolution")
    for grouped in ("", "DepthWise")
    for suffix, rank in _RANKS.items()
}
"""The spatial axes of the layers that take as many, by their kind."""
