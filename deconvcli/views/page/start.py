"""The fields with which the page opens: those of the layer that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.spelling import convert
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.page.doors import Door, Fields, read_fields


class Start(NamedTuple):
    """A door and what stands in its fields."""

    door: Door
    fields: Fields


def start(reading: Reading, doors: Iterable[Door]) -> Start:
    """The door through which this layer is reached; else one for the same crop in other words.

    Raises:
        UsageError: the page has no fields for it.
    """
    own = [door for door in doors if door.dialect == reading.spelling.name]
    for written in (reading, *_respelled(reading)):
        for door in own:
            fields = _fields(door, written)
            with suppress(DeconvError):
                if read_fields(door, fields).crop == reading.crop:
                    return Start(door, fields)
    raise UsageError(
        f"the page has no fields for this layer: {reading.spelling.name}, {reading.spelling.text}",
        help="draw it as .svg or .png, or say it with padding, output_padding, stride and dilation"
        " in a dialect that computes its own size.",
        code="no-fields",
    )


def _respelled(reading: Reading) -> list[Reading]:
    """The same layer in the words that its dialect prefers, where it has some."""
    with suppress(DeconvError):
        return [convert(reading, reading.spelling.name)]
    return []


def _fields(door: Door, reading: Reading) -> Fields:
    """What the fields would be for a layer's numbers; 0 where nothing says it."""
    found = {field: (0,) * len(reading.numbers) for field in door.fields}
    for name, held in door.numbers.items():
        if isinstance(held, str):
            found[held] = tuple(row.get(name, 0) for row in reading.numbers)
    axes = reading.layer.axes
    found |= {
        "n": tuple(require_numbers(reading.spatial)),
        "k": reading.layer.kernel,
        "s": tuple(axis.stride for axis in axes),
    }
    return found
