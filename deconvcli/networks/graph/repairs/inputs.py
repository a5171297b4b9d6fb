"""Another input: a size that works, or the input padded and the output cropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import ResizeInput
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.outputs import expected_spatial, resize_after
from deconvcli.networks.graph.shapes import outcomes
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.graph.sizes import limit_runs, valid_sizes
from deconvcli.networks.operation import Shape

# Doublings of the input after which the output is taken not to grow.
MAX_DOUBLINGS = 6


def resize_inputs(failure: Failure) -> Iterator[Edits]:
    """The nearest sizes that work on every axis: the next larger ones, then the next smaller."""
    for name, shape in failure.network.inputs.items():
        if not all(type(size) is int for size in shape.spatial):
            continue
        rules = _rules(failure, name, shape)
        if rules is None:
            continue
        pairs = list(zip(rules, shape.spatial, strict=True))
        larger = [rule.at_least(_number(n)) for rule, n in pairs]
        smaller = [rule.at_most(_number(n)) for rule, n in pairs]
        for sizes in (larger, smaller):
            found = tuple([size for size in sizes if size is not None])
            if len(found) == len(sizes) and found != shape.spatial:
                yield (ResizeInput(name, shape._replace(spatial=found)),)


def _rules(failure: Failure, name: str, shape: Shape) -> list[SizeSet] | None:
    """The sizes that work on each axis; None where they are not soon found."""
    axes, most = range(len(shape.spatial)), limit_runs(failure.network)
    try:
        return [valid_sizes(failure.network, axis, name, most=most) for axis in axes]
    except (NotLinear, Refused):
        return None


def pad_input(failure: Failure) -> Iterator[Edits]:
    """The only input padded until the output is large enough, and the output cropped."""
    wanted = expected_spatial(failure)
    if wanted is None or len(failure.network.inputs) > 1:
        return
    [(name, shape)] = failure.network.inputs.items()
    if len(wanted) != len(shape.spatial) or not all(type(n) is int for n in shape.spatial):
        return
    larger = [_large_enough(failure, name, axis, wanted[axis]) for axis in range(len(wanted))]
    found = tuple([size for size in larger if size is not None])
    if len(found) == len(wanted) and found != shape.spatial:
        crop = resize_after(failure, "crop_like", failure.outcome.node.name, wanted)
        yield (resize_after(failure, "pad_to", name, found), crop)


def _large_enough(failure: Failure, input: str, axis: int, wanted: Size) -> int | None:
    """The smallest size of an input axis, from its own up, that gives so many elements."""
    given = _number(failure.network.inputs[input].spatial[axis])

    def gives(n: int) -> bool:
        size = _output(failure, input, axis, n)
        return size is not None and size >= wanted

    highest = next((given << step for step in range(MAX_DOUBLINGS) if gives(given << step)), None)
    return None if highest is None else _first(gives, given, highest)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from low to high that holds, where all behind it do."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _output(failure: Failure, input: str, axis: int, n: int) -> Size | None:
    """The failing node's size on an axis with another input."""
    shape = failure.network.inputs[input]
    resized = ResizeInput(input, _with(shape, axis, n)).apply(failure.network)
    found = {outcome.node.name: outcome.shape for outcome in outcomes(resized)}
    shape_there = found[failure.outcome.node.name]
    return None if shape_there is None else shape_there.spatial[axis]


def _with(shape: Shape, axis: int, n: int) -> Shape:
    spatial = shape.spatial
    return shape._replace(spatial=(*spatial[:axis], n, *spatial[axis + 1 :]))


def _number(size: Size) -> int:
    assert isinstance(size, int)
    return size
