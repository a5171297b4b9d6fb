"""Inputs of unequal sizes brought to one size, in front of the layer that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import InsertBefore
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure


def equalize_inputs(failure: Failure) -> Iterator[Edits]:
    """All cropped to the smallest, or all padded to the largest, if there is such an input."""
    inputs = failure.outcome.inputs
    if len({len(shape.spatial) for shape in inputs}) > 1:
        return
    columns = list(zip(*(shape.spatial for shape in inputs), strict=True))
    smallest = tuple([_least(column) for column in columns])
    largest = tuple([_most(column) for column in columns])
    yield _each_like(failure, "crop_like", smallest)
    yield _each_like(failure, "pad_to", largest)


def _least(column: tuple[Size, ...]) -> Size:
    least = column[0]
    for size in column[1:]:
        least = size if size < least else least
    return least


def _most(column: tuple[Size, ...]) -> Size:
    most = column[0]
    for size in column[1:]:
        most = size if size > most else most
    return most


def _each_like(failure: Failure, operation: str, wanted: tuple[Size, ...]) -> Edits:
    """A layer in front for each input that has not the wanted size; none has an empty answer."""
    node = failure.outcome.node
    named = list(zip(node.inputs, failure.outcome.inputs, strict=True))
    model = next((name for name, shape in named if shape.spatial == wanted), None)
    if model is None:
        return ()
    others = [name for name, shape in named if shape.spatial != wanted]
    return tuple(
        [_insert_resizer(failure, operation, name, model) for name in dict.fromkeys(others)]
    )


def _insert_resizer(failure: Failure, operation: str, above: str, model: str) -> InsertBefore:
    suffix = "cropped" if operation == "crop_like" else "padded"
    new = Node(failure.spare_name(f"{above}_{suffix}"), operation, {}, (above, model))
    return InsertBefore(new, above, failure.outcome.node.name)
