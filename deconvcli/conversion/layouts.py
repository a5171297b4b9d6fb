"""Whose layout the shape of weights is."""

from __future__ import annotations

from deconvcli.common.errors import DeconvError
from deconvcli.conversion.plan import find_plan
from deconvcli.conversion.recipe import write_recipe
from deconvcli.frameworks.dialects import in_order
from deconvcli.layers.layer import Reading


def find_layout(
    source: Reading, shape: tuple[int, ...], first: str
) -> tuple[str, list[str]] | None:
    """Return a dialect in whose layout a layer's weights have this shape, and the lines from there.

    first: the dialect that is tried before the others. None where no dialect has that layout.
    """
    for name in dict.fromkeys([first, *in_order()]):
        try:
            target = find_plan(source, name).target
        except DeconvError:
            continue
        # Other groups or a wider kernel would be weights of another layer.
        is_same = (target.layer.kernel, target.layer.groups) == (
            source.layer.kernel,
            source.layer.groups,
        )
        if is_same and target.weight_shape == shape:
            return name, write_recipe(target, source).lines
    return None
