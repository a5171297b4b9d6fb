"""Another input: a size that works, or the input padded and the output cropped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import cast

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.graph.edits import ResizeInput
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.outputs import crop_after, find_expected_sizes, insert_after
from deconvcli.networks.graph.shapes import iter_outcomes
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.graph.sizes import find_valid_sizes, limit_runs
from deconvcli.networks.graph.symmetry import is_symmetric
from deconvcli.networks.operation import Shape

# Doublings of the input after which the output is assumed not to grow with it.
MAX_DOUBLINGS = 6


def resize_inputs(failure: Failure) -> Iterator[Edits]:
    """Propose the nearest sizes that work on every axis: the next larger, then the next smaller."""
    for name, shape in failure.network.inputs.items():
        spatial = _require_integers(shape)
        sets = None if spatial is None else _find_sets(failure, name, shape)
        if spatial is None or sets is None:
            continue
        larger = [sizes.at_least(n) for sizes, n in zip(sets, spatial, strict=True)]
        smaller = [sizes.at_most(n) for sizes, n in zip(sets, spatial, strict=True)]
        # Larger first: padding an input loses nothing, cropping it does.
        for proposed in (larger, smaller):
            found = tuple([size for size in proposed if size is not None])
            if len(found) == len(proposed) and found != spatial:
                yield (ResizeInput(name, shape._replace(spatial=found)),)


def _require_integers(shape: Shape) -> tuple[int, ...] | None:
    """Return the spatial sizes; None where one of them is a letter."""
    are_numbers = all(type(size) is int for size in shape.spatial)
    return cast(tuple[int, ...], shape.spatial) if are_numbers else None


def _find_sets(failure: Failure, name: str, shape: Shape) -> list[SizeSet] | None:
    """Return the sizes that work on each axis; None where they are not found quickly."""
    network, rank, most = failure.network, len(shape.spatial), limit_runs(failure.network)
    try:
        # Where all axes are alike, the first of them answers for all.
        if is_symmetric(network):
            return [find_valid_sizes(network, 0, name, most=most)] * rank
        return [find_valid_sizes(network, axis, name, most=most) for axis in range(rank)]
    except (NotLinear, Refused):
        return None


def pad_input(failure: Failure) -> Iterator[Edits]:
    """Propose to pad the only input until the output is large enough, and to crop the output."""
    wanted = find_expected_sizes(failure)
    if wanted is None or len(failure.network.inputs) > 1:
        return
    [(name, shape)] = failure.network.inputs.items()
    spatial = _require_integers(shape)
    if spatial is None or len(wanted) != len(spatial):
        return
    larger = [
        _find_large_enough(failure, axis, given, size)
        for axis, (given, size) in enumerate(zip(spatial, wanted, strict=True))
    ]
    found = tuple([size for size in larger if size is not None])
    if len(found) == len(wanted) and found != spatial:
        padded = insert_after(failure, name, "pad_to", {"size": list(found)})
        outputs = [_output_size(failure, axis, size) or 0 for axis, size in enumerate(found)]
        removed = [have - size for have, size in zip(outputs, wanted, strict=True)]
        yield (
            padded,
            crop_after(failure, failure.outcome.node.name, require_numbers(removed), wanted),
        )


def _find_large_enough(failure: Failure, axis: int, given: int, wanted: Size) -> int | None:
    """Return the smallest size of an input axis, from `given` up, that yields `wanted` elements."""

    def is_enough(n: int) -> bool:
        size = _output_size(failure, axis, n)
        return size is not None and size >= wanted

    doublings = (given << step for step in range(MAX_DOUBLINGS))
    highest = next((n for n in doublings if is_enough(n)), None)
    if highest is None:
        return None
    # Outputs grow with their input, so the first size that is enough can be bisected. Where a
    # network breaks that rule, the fix found here fails its proof and is not suggested.
    return given + bisect_left(range(given, highest), True, key=is_enough)


def _output_size(failure: Failure, axis: int, n: int) -> Size | None:
    """Return the failing node's size on an axis where the only input has n elements there."""
    [(name, shape)] = failure.network.inputs.items()
    resized = shape._replace(spatial=(*shape.spatial[:axis], n, *shape.spatial[axis + 1 :]))
    changed = ResizeInput(name, resized).apply(failure.network)
    outcomes = {outcome.node.name: outcome for outcome in iter_outcomes(changed)}
    found = outcomes[failure.outcome.node.name].shape
    return None if found is None else found.spatial[axis]
