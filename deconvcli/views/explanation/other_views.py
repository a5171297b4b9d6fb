"""Other views of a layer, each a sentence with the numbers filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.layers.arithmetic import substitute
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.views.explanation.crop import describe_crop
from deconvcli.views.explanation.forward import Forward, find_forward, write_call
from deconvcli.views.explanation.insertion import describe_insertion
from deconvcli.views.explanation.parameters import CHOICE_ROLES, dialect_of, parameter_name

_CIRCULAR = "not shown: both views pad with zeros, but a circular layer joins its two ends instead."


class View(NamedTuple):
    """One view of the layer. name: its kind, and the axis if the axes differ."""

    name: str
    text: str


def list_views(reading: Reading) -> tuple[View, ...]:
    """Return the layer as a crop, as a forward convolution's transpose and as zero insertion."""
    crop = _per_axis(reading, "crop", lambda place: describe_crop(reading, place))
    if not reading.output_sizes:
        return tuple(crop)
    if reading.layer.circular:  # no zeros anywhere, so both views would be wrong
        return (*crop, View("forward, zeros", _CIRCULAR))
    # Some answers of a framework have fewer axes than the layer; views show those that exist.
    forwards = [find_forward(reading, place) for place in range(len(reading.output_sizes))]
    return (
        *crop,
        View("forward", _forward_text(reading, forwards)),
        *_per_axis(reading, "inverse", lambda at: _inverse_text(reading, at, forwards[at])),
        *_per_axis(reading, "zeros", lambda at: _insertion_text(reading, at)),
    )


def _per_axis(reading: Reading, name: str, text: Callable[[int], str]) -> Iterator[View]:
    """Yield one view for all axes if their texts are equal, else one view per axis."""
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
    out = size_text(reading.output_sizes)
    if back == n:
        return f"{call} maps {out} to {n}; this layer, its transpose, maps {n} back to {out}."
    return (
        f"{call} maps {out} to {back}, not back to {n}, because output_padding is not less than the"
        " stride."
    )


def _inverse_text(reading: Reading, place: int, found: Forward) -> str:
    """Return which sizes the forward convolution maps to n, and what chooses among them."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    n, s = numbers["n"], axis.stride
    begin, end = found.around
    formula = "ceil(m / s)" if found.word else "(m + begin + end - span)//s + 1"
    values = {"m": "m", "begin": begin, "end": end, "span": axis.span, "s": s}
    rule = substitute(formula, values)  # which writes a negative number as (-2)
    if s == 1:
        return f"only size {found.smallest} maps to {n}: stride 1 leaves no choice."
    return (
        f"the forward convolution maps size m to {rule}, which is {n} for every m from"
        f" {found.smallest} to {found.largest}. These {s} sizes share one result, so the way back"
        f" must choose. {_choice(reading, place)}"
    )


def _choice(reading: Reading, place: int) -> str:
    """Return a sentence about the parameter that chooses in this dialect, and the chosen size."""
    out = reading.numbers[place]["out"]
    name = next(filter(None, (parameter_name(reading, role) for role in CHOICE_ROLES)), "")
    if not name:
        return f"In {dialect_of(reading).title} the crop chooses {out}."
    if reading.spelling.arguments.get(name) is None:
        return f"{name} is left out, which gives {out}."
    return f"{name} chooses {out}."


def _insertion_text(reading: Reading, place: int) -> str:
    kernel = "the kernel as stored" if reading.flipped else "the reversed kernel"
    return describe_insertion(reading.layer.axes[place], reading.spatial[place], kernel)
