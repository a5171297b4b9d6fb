"""The same layer in other dialects: exactly, or the nearest layer that they can express."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import convert
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Spelling

# What every dialect says in its own way, and what moves nothing.
_HIDDEN = ("in_channels", "out_channels", "bias")
FARTHEST = 2


class Difference(NamedTuple):
    """What another dialect makes of a layer.

    words: for this layer, else for the nearest of the same size; empty where there are none.
    shift: per axis, its output element o is this layer's o + shift; all 0 for the same values.
    """

    dialect: str
    words: str
    shift: tuple[int, ...]
    text: str


def differences(reading: Reading, names: Iterable[str]) -> tuple[Difference, ...]:
    """One for each of these dialects but the layer's own."""
    own = reading.spelling.dialect
    return tuple(_difference(reading, name) for name in names if name != own)


def _difference(reading: Reading, name: str) -> Difference:
    still = (0,) * len(reading.layer.axes)
    try:
        found = convert(reading, name)
    except NotExpressible as error:
        return _nearest(reading, name) or Difference(name, "", still, error.message)
    except DeconvError as error:  # the words exist, and an implementation refuses them
        return Difference(name, "", still, error.message)
    words = _words(found.spelling)
    return Difference(name, words, still, f"{words}: the same layer{_turned(reading, found)}")


def _nearest(reading: Reading, name: str) -> Difference | None:
    """Words whose crop has the same size in all and lies a little before or behind."""
    shifts = [_shift(reading, place, name) for place in range(len(reading.layer.axes))]
    known = tuple(shift for shift in shifts if shift is not None)
    if len(known) < len(shifts):
        return None
    axes = [_moved(axis, by) for axis, by in zip(reading.layer.axes, known, strict=True)]
    try:
        found = convert(reading._replace(layer=reading.layer._replace(axes=tuple(axes))), name)
    except DeconvError:
        return None
    words = _words(found.spelling)
    return Difference(name, words, known, f"{words}: {_shifted(known)}{_turned(reading, found)}")


def _shift(reading: Reading, place: int, name: str) -> int | None:
    """The least shift of one axis alone for which the dialect has words."""
    axis = reading.layer.axes[place]
    sizes = reading.sizes._replace(spatial=reading.spatial[place : place + 1], weight=None)
    for by in _nearby():
        layer = Layer((_moved(axis, by),), 1, 1)
        try:
            take(name)[0].spell(layer, sizes._replace(channels=1))
        except NotExpressible:
            continue
        return by
    return None


def _nearby() -> Iterator[int]:
    """0, 1, -1, 2, -2 ..."""
    yield 0
    for by in range(1, FARTHEST + 1):
        yield from (by, -by)


def _moved(axis: Axis, by: int) -> Axis:
    return axis._replace(crop_begin=axis.crop_begin + by, crop_end=axis.crop_end - by)


def _shifted(shift: tuple[int, ...]) -> str:
    """`the same size, shifted by one pixel: its y[i, j] is y[i+1, j] here`."""
    letters = "ijk"[: len(shift)]
    there = [
        f"{letter}{by:+d}" if by else letter for letter, by in zip(letters, shift, strict=True)
    ]
    most = max(map(abs, shift))
    by = "one pixel" if most == 1 else f"{most} pixels"
    return (
        f"the same size, shifted by {by}: its y[{', '.join(letters)}] is y[{', '.join(there)}] here"
    )


def _turned(reading: Reading, found: Reading) -> str:
    """What the weights need where one of the two stores them in reverse order."""
    return "" if found.flipped == reading.flipped else ", with the kernel's taps in reverse order"


def _words(spelling: Spelling) -> str:
    return take(spelling.dialect)[0].text(spelling, _HIDDEN)
