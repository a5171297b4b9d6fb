"""The layer seen from other sides, each in a sentence with the numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.views.explanation.crop import describe_crop
from deconvcli.views.explanation.forward import Forward, find_forward, write_call
from deconvcli.views.explanation.insertion import describe_insertion
from deconvcli.views.explanation.parameters import CHOICE_ROLES, dialect_of, parameter_name

_CIRCULAR = "not shown: both put zeros around an input, and here its two ends are joined instead."


class View(NamedTuple):
    """name: from which side, and of which axis where they differ."""

    name: str
    text: str


def list_views(reading: Reading) -> tuple[View, ...]:
    """Crop, forward convolution, inverse question and zero insertion."""
    crop = _per_axis(reading, "crop", lambda place: describe_crop(reading, place))
    if not reading.output_sizes:
        return tuple(crop)
    if reading.layer.circular:
        return (*crop, View("forward, zeros", _CIRCULAR))
    forwards = [find_forward(reading, place) for place in range(len(reading.output_sizes))]
    return (
        *crop,
        View("forward", _forward_text(reading, forwards)),
        *_per_axis(reading, "inverse", lambda at: _inverse_text(reading, at, forwards[at])),
        *_per_axis(reading, "zeros", lambda at: _insertion_text(reading, at)),
    )


def _per_axis(reading: Reading, name: str, text: Callable[[int], str]) -> Iterator[View]:
    """One view of all axes where it is the same, else one for each."""
    rank = len(reading.spatial)
    texts = [text(place) for place in range(len(reading.output_sizes))]
    if len(set(texts)) == 1 and len(texts) == rank:
        yield View(name, texts[0])
        return
    for place, found in enumerate(texts):
        yield View(f"{name} {axis_name(place, rank)}", found)


def _forward_text(reading: Reading, forwards: list[Forward]) -> str:
    call = write_call(reading, forwards)
    back = size_text([found.back for found in forwards])
    n = size_text(reading.spatial[: len(forwards)])
    maps = f"{call} maps {size_text(reading.output_sizes)} to {back}"
    if back == n:
        return f"{maps}; this layer is its transpose and takes {n} back."
    return f"{maps}, not back to {n}: this output is none of the sizes that it maps there."


def _inverse_text(reading: Reading, place: int, found: Forward) -> str:
    """Which sizes that convolution maps to n, by its formula, and who chooses among them."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    n, s = numbers["n"], axis.stride
    begin, end = found.around
    rule = f"ceil(m / {s})" if found.word else f"(m + {begin} + {end} - {axis.span})//{s} + 1"
    if s == 1:
        return f"only an input of {found.smallest} becomes {n}: stride 1 leaves nothing to choose."
    return (
        f"an input of m becomes {rule}, which is {n} for each m from {found.smallest} to"
        f" {found.largest}: {s} sizes share one result, so the way back has to choose."
        f" {_choice(reading, place)}"
    )


def _choice(reading: Reading, place: int) -> str:
    """The word that chooses in this dialect, and what was chosen."""
    out = reading.numbers[place]["out"]
    name = next(filter(None, (parameter_name(reading, role) for role in CHOICE_ROLES)), "")
    if not name:
        return f"In {dialect_of(reading).title} the crop does: {out} here."
    left_out = reading.spelling.arguments.get(name) is None
    return f"{name} does: {out} here{', where it is left out' if left_out else ''}."


def _insertion_text(reading: Reading, place: int) -> str:
    order = "as it is stored" if reading.flipped else "in reverse order"
    return describe_insertion(reading.layer.axes[place], reading.spatial[place], order)
