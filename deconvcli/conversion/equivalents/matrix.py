"""A matrix product of all taps with each input, then a sum at each output (col2im).

It multiplies what the layer multiplies, and holds all products before they are added.
"""

from __future__ import annotations

from math import prod

from deconvcli.conversion.equivalent import Core, Steps
from deconvcli.conversion.operations import Fold, Multiply, Operation, move_ends
from deconvcli.conversion.recipe import Recipe, reshape, write_recipe
from deconvcli.layers.layout import Layout


def multiply(core: Core) -> Steps:
    """Return a matrix product, a fold to the full scatter, and its crop."""
    layer, axes, groups = core.source.layer, core.axes, core.source.layer.groups
    order = ("I", "O", "*") if core.is_last else ("O", "*", "I")
    target = core.as_layer(axes, Layout(("G", *order) if groups > 1 else order))
    kernel = tuple([axis.kernel for axis in axes])
    into, rows = layer.in_channels // groups, layer.out_channels // groups * prod(kernel)
    matrix = (into, rows) if core.is_last else (rows, into)
    shape = (groups, *matrix) if groups > 1 else matrix
    recipe = write_recipe(core.source, target, stuffing=core.stuffing)
    steps = (*recipe.steps, *reshape(target.weight_shape, shape))
    fold = Fold(
        layer.out_channels,
        core.spatial,
        kernel,
        tuple([axis.stride for axis in axes]),
        tuple([axis.dilation for axis in axes]),
    )
    after: list[Operation] = [fold]
    after += move_ends(fold.sizes, [(-axis.crop_begin, -axis.crop_end) for axis in axes])
    return Steps(
        (),
        Multiply(groups, layer.in_channels, core.spatial, core.is_last),
        tuple(after),
        Recipe(steps, None, ()),
        shape,
        (into * layer.out_channels * prod(kernel), *core.spatial),
    )


WAY = multiply
