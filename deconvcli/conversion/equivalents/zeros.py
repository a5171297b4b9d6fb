"""Zeros between the inputs, then a convolution with the kernel reversed.

The zeros are multiplied too: the convolution has stride times as many inputs on each axis.
"""

from __future__ import annotations

from math import prod

from deconvcli.conversion.equivalent import Core, Steps
from deconvcli.conversion.operations import Convolve, InsertZeros, Operation, move_ends
from deconvcli.conversion.recipe import write_recipe


def insert_zeros(core: Core) -> Steps:
    """Return zero insertion, pads or cuts, and a convolution of stride 1."""
    source, layer, axes = core.source, core.source.layer, core.axes
    strides = tuple([axis.stride for axis in axes])
    kernel = tuple([axis.kernel for axis in axes])
    before: list[Operation] = []
    spatial, trailing = core.spatial, [0] * len(axes)
    if max(strides) > 1:
        before.append(InsertZeros(layer.in_channels, core.spatial, strides))
        spatial = tuple([n * stride for n, stride in zip(core.spatial, strides, strict=True)])
        trailing = [stride - 1 for stride in strides]
    ends = [
        (axis.span - 1 - axis.crop_begin, axis.span - 1 - axis.crop_end - more)
        for axis, more in zip(axes, trailing, strict=True)
    ]
    before += move_ends(spatial, ends)
    main = Convolve(kernel, tuple([axis.dilation for axis in axes]), layer.groups, core.is_last)
    # A convolution has tap j at input o + j, and the layer at o - j.
    target = core.as_layer(axes, core.writer.form.kernel, flipped=True)
    recipe = write_recipe(source, target, stuffing=core.stuffing)
    products = layer.in_channels // layer.groups * layer.out_channels * prod(kernel)
    return Steps(
        tuple(before), main, (), recipe, target.weight_shape, (products, *core.output_sizes)
    )


WAY = insert_zeros
