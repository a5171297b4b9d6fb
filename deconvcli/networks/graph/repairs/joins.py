"""Inputs of unequal sizes brought to one size, just before the layer that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import InsertBefore, TakeSize
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.layers import find_transposed


def take_output_size(failure: Failure) -> Iterator[Edits]:
    """Propose that a transposed convolution above takes its size from an input that is not its."""
    names = [*failure.network.inputs, *(node.name for node in failure.network.nodes)]
    for outcome, _ in find_transposed(failure):
        node = outcome.node
        dialect, _ = take_dialect(failure.network.dialect_of(node))
        if dialect.argument("output_size") is not None and len(node.inputs) == 1:
            for name in failure.outcome.node.inputs:
                if names.index(name) < names.index(node.name):
                    yield (TakeSize(node.name, name),)


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
