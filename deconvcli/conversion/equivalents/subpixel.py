"""A convolution to the outputs of a stride as channels, then a shuffle of these to positions.

A kernel is divided into as many as a stride has outputs; where its length is no multiple of the
stride, zeros follow the last tap.

Source: Shi et al. 2016 (arXiv 1609.05158), section 3, and 1609.07009 for the equality.
"""

from __future__ import annotations

from math import prod

from deconvcli.conversion.equivalent import Core, Steps
from deconvcli.conversion.operations import Convolve, Operation, Shuffle, move_ends
from deconvcli.conversion.recipe import Recipe, split_phases, write_recipe
from deconvcli.layers.axis import Axis
from deconvcli.layers.layout import CANONICAL_WEIGHT


def split_positions(core: Core) -> Steps:
    """Return pads or cuts, a convolution of stride 1, a shuffle, and cuts to the layer's crop."""
    layer, axes = core.source.layer, core.axes
    strides = tuple([axis.stride for axis in axes])
    # Taps apart are taps with zeros between them, as each may be in another part.
    dense = core.as_layer(tuple([Axis(axis.span) for axis in axes]), CANONICAL_WEIGHT)
    stuffing = [step * axis.dilation for step, axis in zip(core.stuffing, axes, strict=True)]
    recipe = write_recipe(core.source, dense, stuffing=stuffing)
    writer = core.writer
    is_depth_first = writer.shuffles_depth_first(layer.groups, strides)
    more, shape = split_phases(
        layer.groups,
        dense.weight_shape,
        strides,
        is_last=core.is_last,
        is_depth_first=is_depth_first,
    )
    taps = tuple([-(-axis.span // axis.stride) for axis in axes])
    ends, counts, cuts = [], [], []
    for axis, n, out, count in zip(axes, core.spatial, core.output_sizes, taps, strict=True):
        first = axis.crop_begin // axis.stride
        last = (axis.crop_begin + out - 1) // axis.stride
        ends.append((count - 1 - first, last - n + 1))
        counts.append(last - first + 1)
        begin = axis.crop_begin - first * axis.stride
        cuts.append((-begin, out + begin - (last - first + 1) * axis.stride))
    after: list[Operation] = []
    if max(strides) > 1:
        after.append(Shuffle(layer.out_channels, tuple(counts), strides, is_depth_first))
    wide = [size * stride for size, stride in zip(counts, strides, strict=True)]
    after += move_ends(wide, cuts)
    into = layer.in_channels // layer.groups
    products = into * layer.out_channels * prod(strides) * prod(taps)
    return Steps(
        tuple(move_ends(core.spatial, ends)),
        Convolve(taps, (1,) * len(axes), layer.groups, core.is_last),
        tuple(after),
        Recipe((*recipe.steps, *more), None, ()),
        shape,
        (products, *counts),
    )


WAY = split_positions
