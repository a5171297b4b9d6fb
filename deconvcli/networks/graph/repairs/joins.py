"""Inputs of unequal sizes brought to one size, just before the layer that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import InsertBefore
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure


def crop_inputs(failure: Failure) -> Iterator[Edits]:
    """Propose all inputs cropped to the smallest, if one of them has its size on each axis."""
    yield _resize_to(failure, "crop_like", tuple(map(min, _columns(failure))))


def pad_inputs(failure: Failure) -> Iterator[Edits]:
    """Propose all inputs padded to the largest, if one of them has its size on each axis."""
    yield _resize_to(failure, "pad_to", tuple(map(max, _columns(failure))))


def _columns(failure: Failure) -> list[tuple[Size, ...]]:
    """Return the sizes of the inputs for each axis; none where they have not the same axes."""
    sizes = [shape.spatial for shape in failure.outcome.inputs]
    return list(zip(*sizes, strict=True)) if len(set(map(len, sizes))) == 1 else []


def _resize_to(failure: Failure, operation: str, wanted: tuple[Size, ...]) -> Edits:
    """Return one layer inserted before each input of another size.

    Empty where no input has the wanted size to serve as a model.
    """
    node = failure.outcome.node
    named = list(zip(node.inputs, failure.outcome.inputs, strict=True))
    model = next((name for name, shape in named if shape.spatial == wanted), None)
    if model is None:
        return ()
    suffix = "cropped" if operation == "crop_like" else "padded"
    # Each once: a layer may take one input twice, and InsertBefore moves both.
    others = dict.fromkeys(name for name, shape in named if shape.spatial != wanted)
    return tuple(
        [
            InsertBefore(
                Node(failure.find_spare_name(f"{name}_{suffix}"), operation, {}, (name, model)),
                name,
                node.name,
            )
            for name in others
        ]
    )
