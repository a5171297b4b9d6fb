"""The same layer in other dialects: exactly, or the nearest layer that they can express."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.conversion import convert
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Axis
from deconvcli.layers.counts import Count
from deconvcli.layers.layer import Layer, Reading
from deconvcli.views.comparison.parameters import write_parameters

# Every dialect has these under its own names, and they move no element.
_HIDDEN = ("in_channels", "out_channels", "bias")
MAX_SHIFT = 2
REVERSED = ", with the taps reversed"


class Difference(NamedTuple):
    """The same layer in another dialect, or the nearest one of the same size.

    words: the parameters of that layer; empty if there is none. shift: per axis, output element o
    of that layer is element o + shift of this one; all 0 for the same values. text: all in one
    sentence, or the reason why there is no such layer. reversed: whether that dialect stores the
    taps in the opposite order, so that the weights have to be reversed along each spatial axis.
    call, before, after: the call that gives the same values with the steps around it, in the
    dialect's own code; None and nothing where no call does.
    """

    dialect: str
    words: str
    shift: tuple[int, ...]
    text: str
    reversed: bool = False
    call: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def find_differences(
    reading: Reading, names: Iterable[str], unknown: Mapping[str, Count] = MappingProxyType({})
) -> tuple[Difference, ...]:
    """Return one difference for each of these dialects except the layer's own.

    unknown: the counts of the layer that are no numbers, by role.
    """
    own = reading.spelling.dialect
    return tuple(_find_difference(reading, name, unknown) for name in names if name != own)


def _find_difference(reading: Reading, name: str, unknown: Mapping[str, Count]) -> Difference:
    no_shift = (0,) * len(reading.layer.axes)
    nearest = None
    try:
        found = respell(reading, name)
    except NotExpressible as error:
        reason = error.message
        nearest = _find_nearest(reading, name, unknown)
    except DeconvError as error:  # expressible, but this implementation refuses it
        reason = error.message
    else:
        words = write_parameters(found, unknown, _HIDDEN)
        text = f"{words}: the same layer{_reversal(reading, found)}"
        is_reversed, call = found.reverses_taps(reading), write_call(found, unknown)
        return Difference(name, words, no_shift, text, is_reversed, call)
    return _add_steps(reading, unknown, nearest or Difference(name, "", no_shift, reason))


def _add_steps(
    reading: Reading, unknown: Mapping[str, Count], difference: Difference
) -> Difference:
    """Return a difference with the call and the steps that give the same values, if any do."""
    try:
        found = convert(reading, difference.dialect, unknown)
    except DeconvError as error:  # what stands against every way, and not against one layer alone
        return difference if difference.words else difference._replace(text=error.message)
    words = write_parameters(found.target, unknown, _HIDDEN)
    text = f"{words}: the same values with {found.steps}{_reversal(reading, found.target)}"
    if difference.words:
        text = f"{difference.text}; {text}"
    before, after = tuple(found.before), tuple(found.after)
    return difference._replace(text=text, call=found.call, before=before, after=after)


def _find_nearest(reading: Reading, name: str, unknown: Mapping[str, Count]) -> Difference | None:
    """Return a layer whose crop has the same sum but starts a little earlier or later."""
    shifts = [_find_shift(reading, place, name) for place in range(len(reading.layer.axes))]
    known = tuple(shift for shift in shifts if shift is not None)
    if len(known) < len(shifts):
        return None
    axes = [_move_crop(axis, by) for axis, by in zip(reading.layer.axes, known, strict=True)]
    try:
        # Once more with all axes: a dialect may express each shift alone, but not these together.
        found = respell(reading._replace(layer=reading.layer._replace(axes=tuple(axes))), name)
    except DeconvError:
        return None
    words = write_parameters(found, unknown, _HIDDEN)
    text = f"{words}: {_describe_shift(known)}{_reversal(reading, found)}"
    return Difference(name, words, known, text, found.reverses_taps(reading))


def _find_shift(reading: Reading, place: int, name: str) -> int | None:
    """Return the smallest shift of one axis alone that the dialect can express."""
    axis = reading.layer.axes[place]
    sizes = reading.sizes._replace(spatial=reading.spatial[place : place + 1], weight=None)
    for by in _shifts():
        layer = Layer((_move_crop(axis, by),), 1, 1)
        try:
            take(name)[0].spell(layer, sizes._replace(channels=1))
        except NotExpressible:
            continue
        return by
    return None


def _shifts() -> Iterator[int]:
    """Yield 0, 1, -1, 2, -2 ..."""
    yield 0
    for by in range(1, MAX_SHIFT + 1):
        yield from (by, -by)


def _move_crop(axis: Axis, by: int) -> Axis:
    return axis._replace(crop_begin=axis.crop_begin + by, crop_end=axis.crop_end - by)


def _describe_shift(shift: tuple[int, ...]) -> str:
    """Return a clause such as `the same size, shifted by one element: its y[i] is y[i+1] here`."""
    letters = "ijk"[: len(shift)]
    here = [f"{letter}{by:+d}" if by else letter for letter, by in zip(letters, shift, strict=True)]
    most = max(map(abs, shift))
    by = "one element" if most == 1 else f"{most} elements"
    its, ours = ", ".join(letters), ", ".join(here)
    return f"the same size, shifted by {by}: its y[{its}] is y[{ours}] here"


def _reversal(reading: Reading, found: Reading) -> str:
    """Return what to do with the weights if one of the two stores them in reverse order."""
    return REVERSED if found.reverses_taps(reading) else ""
