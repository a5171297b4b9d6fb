"""An output of another size than expected, cropped or padded after the layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.graph.edits import InsertAfter
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure


def crop_output(failure: Failure) -> Iterator[Edits]:
    """Propose a crop to the expected size after the layer."""
    wanted, shape = find_expected(failure), failure.outcome.shape
    if wanted is None or shape is None:
        return
    pairs = zip(shape.spatial, wanted, strict=True)
    # A crop of 256T + 6 to 256T is one, a crop of 2T to T would cut off half of everything.
    removed = require_numbers([have - size for have, size in pairs])
    above = failure.outcome.node.name
    # A walk puts a class of numbers in place of a letter; the author writes the letter.
    written = (failure.network.node(above).expect or ())[-len(wanted) :]
    yield (crop_after(failure, above, removed, written),)


def pad_output(failure: Failure) -> Iterator[Edits]:
    """Propose a pad to the expected size after the layer."""
    wanted, above = find_expected_sizes(failure), failure.outcome.node.name
    if wanted is not None:
        yield (insert_after(failure, above, "pad_to", {"size": list(wanted)}),)


def crop_after(
    failure: Failure, above: str, removed: Sequence[int], wanted: Sequence[Size]
) -> InsertAfter:
    """Return the edit that removes elements at the end of `above`, so that no value moves."""
    parameters: dict[str, Any] = {"size": list(wanted)}
    # Without an offset the crop is at the centre: one element is cropped at the end anyway.
    if max(removed) > 1:
        parameters["offset"] = 0
    return insert_after(failure, above, "crop_like", parameters)


def insert_after(
    failure: Failure, above: str, operation: str, parameters: Mapping[str, Any]
) -> InsertAfter:
    """Return the edit that inserts a layer after `above`, for all that take its output."""
    suffix = "cropped" if operation == "crop_like" else "padded"
    name = failure.find_spare_name(f"{above}_{suffix}")
    return InsertAfter(Node(name, operation, parameters, (above,)), above)


def find_expected_sizes(failure: Failure) -> tuple[Size, ...] | None:
    """Return the expected spatial sizes, if only these are wrong, and are numbers."""
    expect = find_expected(failure)
    return None if expect is None or any(isinstance(size, Linear) for size in expect) else expect


def find_expected(failure: Failure) -> tuple[Size, ...] | None:
    """Return the expected spatial sizes, numbers or letters, if only these are wrong."""
    shape, expect = failure.outcome.shape, failure.outcome.node.expect
    if shape is None or expect is None:
        return None
    if len(expect) == len(shape.spatial):
        return expect
    same_rank = len(expect) == len(shape.sizes)
    return expect[1:] if same_rank and expect[0] == shape.channels else None
