"""The fields of a layer of Caffe, and the axes that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.models.caffe_model.network import PARAMETERS
from deconvcli.models.caffe_model.text import Message
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    Call,
    OpenSize,
    Problem,
    compute,
    find_place,
)


def find_fields(call: Call, name: str) -> Message:
    layer = call.attributes[PARAMETERS]
    assert isinstance(layer, Message)
    return layer.message(name)


def split(call: Call, axis: int) -> tuple[tuple[OpenSize, ...], OpenSize, tuple[OpenSize, ...]]:
    """Return the sizes before the axis of the channels, the channels, and the spatial sizes."""
    given = call.input(0).sizes
    assert given is not None
    place = find_place(axis, len(given))
    return given[:place], given[place], given[place + 1 :]


def check_left(
    kernel: Sequence[int], spatial: Sequence[OpenSize], found: Sequence[OpenSize]
) -> None:
    empty = [
        n
        for n, out in zip(spatial, found, strict=True)
        if compute(lambda size: bool(size < 1), out)
    ]
    if empty:
        raise Problem(
            "empty-output",
            f"a window of {write_sizes(kernel)} leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )
