"""An output of another size than expected, cropped or padded after the layer."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.layers.axis import Size
from deconvcli.networks.graph.edits import InsertAfter
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure


def crop_or_pad_output(failure: Failure) -> Iterator[Edits]:
    """Propose a crop to the expected size after the layer, then a pad to it."""
    wanted = find_expected_sizes(failure)
    if wanted is not None:
        for operation in ("crop_like", "pad_to"):
            yield (resize_after(failure, operation, failure.outcome.node.name, wanted),)


def resize_after(
    failure: Failure, operation: str, above: str, wanted: tuple[Size, ...]
) -> InsertAfter:
    """Return the edit that inserts a layer after `above` which brings its output to a size."""
    suffix = "cropped" if operation == "crop_like" else "padded"
    name = failure.find_spare_name(f"{above}_{suffix}")
    return InsertAfter(Node(name, operation, {"size": list(wanted)}, (above,)), above)


def find_expected_sizes(failure: Failure) -> tuple[Size, ...] | None:
    """Return the expected spatial sizes, if only these are wrong, and are numbers."""
    shape, expect = failure.outcome.shape, failure.outcome.node.expect
    if shape is None or expect is None or not all(type(size) is int for size in expect):
        return None
    if len(expect) == len(shape.spatial):
        return expect
    same_rank = len(expect) == len(shape.sizes)
    return expect[1:] if same_rank and expect[0] == shape.channels else None
