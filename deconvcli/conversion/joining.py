"""A convolution and a pixel shuffle, as they are written, said as one transposed convolution."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal, TypeAlias

from deconvcli.common.arguments import require_count, require_dialect, to_plain_numbers
from deconvcli.common.errors import UsageError
from deconvcli.common.values import per_axis
from deconvcli.conversion.block import Block, JoinedBlock, Pair
from deconvcli.conversion.writer import LAST
from deconvcli.conversion.writers import take_writer
from deconvcli.frameworks.dialect.live import to_shape

Mode: TypeAlias = Literal["CRD", "DCR"]


def from_subpixel(
    dialect: str,
    *,
    input_shape: Sequence[int],
    weight_shape: Sequence[int],
    upscale: int | Sequence[int],
    zeros: int | str | Sequence[int | Sequence[int]] = 0,
    groups: int = 1,
    mode: Mode | None = None,
) -> JoinedBlock:
    """Return a convolution of stride 1 and a pixel shuffle as one transposed convolution.

    input_shape, weight_shape: of the convolution, in that framework's own layouts. upscale: the
    factor of the shuffle, for all axes or for each. zeros: those around the convolution's input,
    one number, or one or `(before, after)` for each axis; or "same". mode: the order of the
    channels, as in ONNX' DepthToSpace: "CRD" where the positions of one channel are neighbours, as
    in PyTorch's pixel_shuffle, and "DCR" where the channels of one position are, as in
    tf.nn.depth_to_space; by default that of the framework.

    Raises:
        NotExpressible: the framework has no such layer, or no code is written for it.
        UsageError: the shapes, the factor and the groups do not agree.
    """
    require_dialect(dialect)
    groups, zeros = require_count(groups, "groups"), to_plain_numbers(zeros)
    given, shape = to_shape(weight_shape), to_shape(input_shape)
    if not isinstance(given, list) or not isinstance(shape, list):
        raise _refuse("weight_shape or input_shape is no shape", "give sizes: (1, 8, 5, 5).")
    rank = len(given) - 2
    if rank < 1 or len(shape) != rank + 2:
        raise _refuse(
            f"weight_shape has {len(given)} numbers and input_shape {len(shape)}",
            "give as many to both, at least 3: the batch, the channels and the axes.",
        )
    if to_plain_numbers(mode) not in (None, "CRD", "DCR"):
        raise _refuse(f"mode is {mode!r}", 'give "CRD", "DCR" or nothing.')
    is_last = take_writer(dialect, rank).form == LAST
    strides = per_axis(to_plain_numbers(upscale), rank, "upscale")
    if is_last:
        channels, spatial, taps, (into, wide) = shape[-1], shape[1:-1], given[:-2], given[-2:]
    else:
        channels, spatial, taps, (wide, into) = shape[1], shape[2:], given[2:], given[:2]
    is_depth_first = is_last if mode is None else mode == "DCR"
    if min(*given, *strides, groups) < 1:
        raise _refuse("a size, a factor or the groups are less than 1", "give at least 1.")
    if into * groups != channels:
        raise _refuse(
            f"the input has {channels} channels, and the weights are for {into} in {groups} groups",
            f"give an input with {into * groups} channels, or other groups.",
        )
    if wide % (prod(strides) * groups):
        raise _refuse(
            f"{wide} channels cannot be divided into {prod(strides)} positions and {groups} groups",
            f"a factor of {strides[0]} needs a multiple of {prod(strides) * groups} channels.",
        )
    if is_depth_first and groups > 1:
        raise _refuse(
            "the groups of the convolution are not those of the shuffled channels in the mode DCR",
            'give mode="CRD" if the positions of one channel are neighbours.',
        )
    block = Block(
        dialect,
        shape[0],
        channels,
        wide // prod(strides),
        groups,
        tuple(spatial),
        tuple(taps),
        _read_zeros(zeros, taps),
        strides,
        is_last,
        is_depth_first,
    )
    if min(block.batch, *block.sizes) < 1:
        raise _refuse("the output has no elements", "give a larger input, or more zeros.")
    return JoinedBlock(block)


def _read_zeros(
    zeros: int | str | Sequence[int | Sequence[int]], taps: Sequence[int]
) -> tuple[Pair, ...]:
    """Return the zeros before and after each axis."""
    if zeros == "same":
        # The same in all frameworks: an odd one is at the end.
        return tuple([((size - 1) // 2, size // 2) for size in taps])
    each = [zeros] * len(taps) if type(zeros) is int else zeros
    if not isinstance(each, list | tuple) or len(each) != len(taps):
        raise _refuse(f"zeros are {zeros!r}", 'give a number, one for each axis, or "same".')
    pairs = [per_axis(one, 2, "zeros") for one in each]
    if any(number < 0 for pair in pairs for number in pair):
        raise _refuse(f"zeros are {zeros!r}", "give 0 or more.")
    return tuple([(before, after) for before, after in pairs])


def _refuse(message: str, help: str) -> UsageError:
    return UsageError(message, help=help, code="sub-pixel")
