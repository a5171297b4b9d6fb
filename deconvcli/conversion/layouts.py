"""Whose layout the shape of weights is."""

from __future__ import annotations

from deconvcli.common.errors import DeconvError
from deconvcli.conversion.plan import find_plan
from deconvcli.conversion.recipe import write_recipe
from deconvcli.frameworks.dialects import in_order
from deconvcli.layers.counts import Shape
from deconvcli.layers.layer import Reading


def is_shape(shape: tuple[int, ...], wanted: Shape) -> bool:
    """Return whether an array has a shape, in which counts that are no numbers may be any."""
    return len(shape) == len(wanted) and all(
        given == count or not isinstance(count, int)
        for given, count in zip(shape, wanted, strict=True)
    )


def explain_shape(source: Reading, wanted: Shape, shape: tuple[int, ...], first: str) -> str:
    """Return what to do about weights of another shape: the lines from the layout that has it.

    wanted: the shape of the layer's weights, with counts that are no numbers. first: the dialect
    that is tried before the others.
    """
    own = source.spelling.name
    for name in dict.fromkeys([first, *in_order()]):
        try:
            target = find_plan(source, name).target
        except DeconvError:
            continue
        # Other groups or a wider kernel would be weights of another layer.
        if (target.layer.kernel, target.layer.groups) != (source.layer.kernel, source.layer.groups):
            continue
        recipe = write_recipe(target, source)
        order = recipe.permute if recipe.permute and len(recipe.permute) == len(shape) else ()
        # Where axes are divided there is no order, and channels without a number have no groups.
        moved = tuple([shape[axis] for axis in order])
        if target.weight_shape == shape or is_shape(moved, wanted):
            lines = "; ".join(recipe.lines)
            return f"that is the shape in the layout of {name}; from there to {own}: {lines}."
    return f"give them in {own}'s layout."
