"""The same roles as each dialect reads them, and the same layer under each dialect's parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.conversion import convert
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Size
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Reading
from deconvcli.views.comparison.parameters import write_parameters


class DialectRow(NamedTuple):
    """What one dialect makes of the roles and of the layer that the request means.

    verified: whether the dialect was measured. output, crop, same_values: of the roles as this
    dialect reads them; None if it refuses, then `refusal` is the reason. words: its parameters for
    the layer of the request; None if it cannot express the layer, then `why_not` is the reason.
    reversed_reading, reversed_words: whether the roles as it reads them, and these words, mean a
    kernel in the opposite order, so that only weights with the taps reversed give the same values.
    call, parameters: the call with which the dialect gives the same values, and its parameters,
    which are `words` where the layer alone does; None where no call does. before, after: the steps
    around it in the dialect's own code. steps: all of them in one line, with their costs.
    """

    dialect: str
    verified: bool
    output: tuple[Size, ...] | None
    crop: tuple[tuple[Size, Size], ...] | None
    same_values: bool | None
    refusal: str | None
    words: str | None
    why_not: str | None
    reversed_reading: bool | None = None
    reversed_words: bool | None = None
    call: str | None = None
    parameters: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    steps: str = ""


class DialectComparison(NamedTuple):
    """The layer that a request means, and one row for each dialect that it is compared with."""

    reference: Understood
    rows: tuple[DialectRow, ...]


def compare_dialects(request: LayerRequest, names: Iterable[str]) -> DialectComparison:
    """Return how each of these dialects reads the request's roles and writes its layer.

    The layer is that of the request's own dialect; without one, and for a list of names that is
    not complete, that of the first named dialect that reads the request.

    Raises:
        UsageError: an unknown dialect, or a request that names no layer.
        Refused: every one of the dialects refuses the layer; the reason is the first one's.
    """
    names = tuple(names)
    reference = _find_reference(request, names)
    if reference.leading and request.call is None:
        # The others may have another order of axes, and are to read the same sizes.
        sizes = reference.reading.sizes
        batch = sizes.batch[0] if reference.open_batch is None else None
        request = request._replace(
            input_size=sizes.spatial, batch=batch, channels=sizes.channels, rank=len(sizes.spatial)
        )
    return DialectComparison(reference, tuple(_compare(name, request, reference) for name in names))


def _find_reference(request: LayerRequest, names: Sequence[str]) -> Understood:
    """Return the layer with which the dialects are compared."""
    # Nobody singled out one of all the dialects, so that the options or the call decide first.
    is_open = request.dialect is None and set(names) != set(in_order())
    candidates: Sequence[str | None] = names if is_open else [request.dialect, *names]
    if is_open and request.call:  # which belongs to a dialect, also where nobody names that
        candidates = [*names, None]
    first: DeconvError | None = None
    for name in candidates:
        try:
            return request._replace(dialect=name).understand()
        except DeconvError as error:
            first = first or error
    assert first is not None
    raise first


def has_same_values(one: Reading, other: Reading) -> bool:
    """Return whether equal weights give equal outputs: the same crop, the same orientation."""
    return _has_same_geometry(one, other) and not one.reverses_taps(other)


def _has_same_geometry(one: Reading, other: Reading) -> bool:
    return one.layer.axes == other.layer.axes and one.layer.circular == other.layer.circular


def _compare(name: str, request: LayerRequest, understood: Understood) -> DialectRow:
    dialect, reference = take(name)[0], understood.own
    row = DialectRow(name, dialect.is_measured, None, None, None, None, None, None)
    try:
        is_own = name == reference.spelling.name
        reading = understood.reading if is_own else _read_as(request, name)
    except DeconvError as error:
        row = row._replace(refusal=error.message)
    else:
        same = has_same_values(reading, reference)
        turned = _has_same_geometry(reading, reference) and not same
        row = row._replace(output=reading.output_sizes, crop=reading.crop, same_values=same)
        row = row._replace(reversed_reading=turned)
    # Counts that nobody gave are 1 only because every layer needs a number.
    counts = understood.unknown.items()
    hidden = [role for role, one in counts if not (isinstance(one, Unknown) and one.parameter)]
    try:
        found = respell(reference, name)
    except DeconvError as error:
        row = row._replace(why_not=error.message)
    else:
        if name == reference.spelling.name and found.flipped != reference.flipped:
            found = understood.reading  # its own parameters need no other weights
        words = write_parameters(found, understood.named, hidden)
        return row._replace(
            words=words,
            reversed_words=found.reverses_taps(reference),
            call=write_call(found, understood.named),
            parameters=words,
        )
    try:
        there = convert(reference, name, understood.named)
    except DeconvError as error:  # what stands against every way, and not against one layer alone
        return row._replace(why_not=error.message)
    return row._replace(
        call=there.call,
        parameters=write_parameters(there.target, understood.named, hidden),
        before=tuple(there.before),
        after=tuple(there.after),
        steps=there.steps,
        reversed_words=there.target.reverses_taps(reference),
    )


def _read_as(request: LayerRequest, name: str) -> Reading:
    if request.call:
        raise UsageError("the pasted call is written for another dialect", help="give options.")
    return request.read_as(name, "").reading
