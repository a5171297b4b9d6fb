"""The calls of a plan: how far each reads and which weights it uses, in the order of its sums.

The rows of a tile differ in channel and in the phase of one axis, their *own*; on all other axes a
unit has one phase. So a call is the product of two lists: taps of the other axes, shared by all
calls of a combination of phases, and taps of the own axis, the same for every combination.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.plan import UNUSED, Phases, Plan, Row

ABSENT = -2


class Calls(NamedTuple):
    """Every call, combination by combination of outer phases.

    reads: how many inputs each call reads; offsets: how far they lie in the panel, call by call.
    counts: how many weights each uses; channels, taps: of each weight the output channel in the
    unit and the flat index of its tap, UNUSED for one that fills a tile up.
    """

    reads: Array
    offsets: Array
    counts: Array
    channels: Array
    taps: Array

    @classmethod
    def of(cls, plan: Plan, pitch: int, copy_pitch: int) -> Calls:
        """pitch: from one row of the panel to the next; copy_pitch: from one copy to the next."""
        lengths = _Lengths(plan, pitch, copy_pitch)
        own = list(_own(plan, lengths))
        made = [
            part.behind(shared)
            for phases in plan.outer_phases
            for shared in [_shared(plan, phases, lengths)]
            for part in own
        ]
        return cls(*(np.concatenate(column) for column in zip(*made, strict=True)))


class _Lengths(NamedTuple):
    """What the shifts and taps of one axis add to places in the panel and to flat taps."""

    plan: Plan
    pitch: int
    copy_pitch: int

    def offsets(self, axis: int, shifts: Sequence[int]) -> Array:
        """How far into the panel the inputs of these shifts lie."""
        plan, line = self.plan, self.plan.lines[axis]
        if axis < len(plan.outer):
            return (np.array(shifts, np.int64) - line.low) * plan.row_pitches[axis] * self.pitch
        if plan.way.copied:
            copies = [line.shifts.index(shift) for shift in shifts]
            return np.array(copies, np.int64) * self.copy_pitch
        return np.array(shifts, np.int64) - line.low

    def tap(self, axis: int) -> int:
        """From one tap of this axis to the next."""
        return prod(self.plan.kernel[axis + 1 :])


class _Shared(NamedTuple):
    """What the axes with one phase add, for each combination of their shifts."""

    offsets: Array
    taps: Array


def _shared(plan: Plan, phases: Phases, lengths: _Lengths) -> _Shared:
    """The combinations of one choice of phases, the last axis inside."""
    others = [axis for axis in range(len(plan.lines)) if axis != plan.own_axis]
    tables = [plan.lines[axis].phases[(*phases, 0)[axis]] for axis in others]
    pairs = list(zip(others, tables, strict=True))
    offsets = [lengths.offsets(axis, list(table)) for axis, table in pairs]
    taps = [np.array(list(table.values()), np.int64) * lengths.tap(axis) for axis, table in pairs]
    return _Shared(_sums(offsets), _sums(taps))


def _sums(lists: Sequence[Array]) -> Array:
    """Every sum of one number from each list, the last list's changing fastest."""
    start = np.zeros(1, np.int64)
    return reduce(lambda sums, each: np.add.outer(sums, each).reshape(-1), lists, start)


class _Own(NamedTuple):
    """Calls whose rows read the same shifts of their own axis.

    offsets: (shifts,); taps: (calls, shifts, rows), UNUSED or ABSENT where there is none;
    channels: (calls, rows).
    """

    offsets: Array
    taps: Array
    channels: Array

    def behind(self, shared: _Shared) -> tuple[Array, ...]:
        """The columns of these calls in one combination of outer phases, as in Calls."""
        own = self.taps[:, None]
        taps = np.where(own < 0, own, shared.taps[:, None, None] + own)
        channels = np.broadcast_to(self.channels[:, None, None], taps.shape)
        present, calls = taps != ABSENT, len(taps)
        offsets = np.add.outer(shared.offsets, self.offsets).reshape(-1)
        return (
            np.full(calls, len(offsets)),
            np.tile(offsets, calls),
            present.reshape(calls, -1).sum(1),
            channels[present],
            taps[present],
        )


def _own(plan: Plan, lengths: _Lengths) -> Iterator[_Own]:
    """The calls of a unit, those with the same shifts together."""
    axis = plan.own_axis
    phases = _taps(plan, lengths)
    for tiles in plan.tiles():
        present = [phases[phase] for _, phase in tiles[0] if phase is not None]
        shifts = sorted({shift for table in present for shift in table})
        taps = [[_column(row, phases, shifts) for row in rows] for rows in tiles]
        shape = (len(tiles), len(tiles[0]), len(shifts))
        channels = np.array([[channel for channel, _ in rows] for rows in tiles], np.int64)
        table = np.array(taps, np.int64).reshape(shape).transpose(0, 2, 1)
        yield _Own(lengths.offsets(axis, shifts), table, channels)


def _taps(plan: Plan, lengths: _Lengths) -> list[dict[int, int]]:
    """What a row's phase adds to flat taps, for each shift of its own axis."""
    axis = plan.own_axis
    own = [
        {shift: tap * lengths.tap(axis) for shift, tap in phase.items()}
        for phase in plan.lines[axis].phases
    ]
    if plan.way.turned or plan.way.folded == 1:
        return own
    # Merged phases read the same inputs, by taps that lie equally far from those of the first.
    first, *_ = plan.outer[-1].shifts
    folds = [phase[first] - plan.outer[-1].phases[0][first] for phase in plan.outer[-1].phases]
    return [
        {shift: tap + fold * lengths.tap(axis - 1) for shift, tap in phase.items()}
        for fold in folds
        for phase in own
    ]


def _column(row: Row, phases: Sequence[dict[int, int]], shifts: Sequence[int]) -> list[int]:
    """The flat tap of a row for each shift."""
    _, phase = row
    if phase is None:
        return [UNUSED] * len(shifts)
    return [phases[phase].get(shift, ABSENT) for shift in shifts]
