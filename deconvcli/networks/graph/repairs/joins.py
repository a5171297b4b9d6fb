"""Inputs of unequal sizes brought to one size, just before the layer that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import InsertBefore
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure


def equalize_inputs(failure: Failure) -> Iterator[Edits]:
    """Propose all cropped to the smallest, or all padded to the largest, if one input is that."""
    inputs = failure.outcome.inputs
    if len({len(shape.spatial) for shape in inputs}) > 1:
        return
    columns = list(zip(*(shape.spatial for shape in inputs), strict=True))
    yield _resize_to(failure, "crop_like", tuple(map(min, columns)))
    yield _resize_to(failure, "pad_to", tuple(map(max, columns)))


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
