"""The calls of a plan: the distances and weights of each, in the order of its sums.

The rows of a tile differ in channel and in the phase along one axis, their *own* axis; along all
other axes a unit has one phase. So a call is the product of two lists: the taps of the other axes,
shared by all calls of a combination of phases, and the taps of the own axis, which are the same for
every combination.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.plan import UNUSED, Phases, Plan, TileRow

ABSENT = -2
"""The tap of a tile row that has none at a shift: no weight is stored for it."""


class Calls(NamedTuple):
    """All calls, ordered by combination of outer phases.

    reads: the number of inputs that each call reads. offsets: the places of these in the panel.
    counts: the number of weights that each call uses. channels, taps: the output channel of each
    weight in its unit and the flat index of its tap, UNUSED if it only fills a tile up.
    """

    reads: Array
    offsets: Array
    counts: Array
    channels: Array
    taps: Array

    @classmethod
    def of(cls, plan: Plan, pitch: int, copy_pitch: int) -> Calls:
        """List the calls of a plan; the pitches are distances of panel rows and of copies."""
        lengths = _Lengths(plan, pitch, copy_pitch)
        own = list(_own_calls(plan, lengths))
        # Each list is made once: a kernel and stride of 41 are planned in 7 ms, 122 call by call.
        made = [
            calls.combine(shared)
            for phases in plan.outer_phases
            for shared in [_shared_taps(plan, phases, lengths)]
            for calls in own
        ]
        return cls(*(np.concatenate(column) for column in zip(*made, strict=True)))


class _Lengths(NamedTuple):
    """The distances that a shift adds in the panel, and a tap among the flat taps, by axis."""

    plan: Plan
    pitch: int
    copy_pitch: int

    def offsets(self, axis: int, shifts: Sequence[int]) -> Array:
        """Return the places in the panel of the inputs at these shifts of an axis."""
        plan, line = self.plan, self.plan.lines[axis]
        if axis < len(plan.outer):
            return (np.array(shifts, np.int64) - line.low) * plan.row_pitches[axis] * self.pitch
        if plan.way.copied:
            # Each copy is already shifted, so the shift chooses the copy and moves nothing.
            copies = [line.shifts.index(shift) for shift in shifts]
            return np.array(copies, np.int64) * self.copy_pitch
        return np.array(shifts, np.int64) - line.low

    def tap(self, axis: int) -> int:
        """Return the distance from one tap of an axis to the next among the flat taps."""
        return prod(self.plan.kernel[axis + 1 :])


class _Shared(NamedTuple):
    """The distances that the axes with one phase add, for each combination of their shifts."""

    offsets: Array
    taps: Array


def _shared_taps(plan: Plan, phases: Phases, lengths: _Lengths) -> _Shared:
    """Return the combinations of shifts for one choice of phases, the last axis fastest."""
    others = [axis for axis in range(len(plan.lines)) if axis != plan.own_axis]
    # If the last axis is among the others, the tile is swapped and that axis has one phase.
    tables = [plan.lines[axis].phases[(*phases, 0)[axis]] for axis in others]
    pairs = list(zip(others, tables, strict=True))
    offsets = [lengths.offsets(axis, list(table)) for axis, table in pairs]
    taps = [np.array(list(table.values()), np.int64) * lengths.tap(axis) for axis, table in pairs]
    return _Shared(_sums(offsets), _sums(taps))


def _sums(lists: Sequence[Array]) -> Array:
    """Return all sums of one number from each list, the last list fastest."""
    start = np.zeros(1, np.int64)
    return reduce(lambda sums, each: np.add.outer(sums, each).reshape(-1), lists, start)


class _Own(NamedTuple):
    """Calls whose rows read the same shifts along their own axis.

    offsets: (shifts,); taps: (calls, shifts, rows), UNUSED or ABSENT where there is none;
    channels: (calls, rows).
    """

    offsets: Array
    taps: Array
    channels: Array

    def combine(self, shared: _Shared) -> tuple[Array, ...]:
        """Return the columns of Calls for these calls and one combination of outer phases."""
        own = self.taps[:, None]
        taps = np.where(own < 0, own, shared.taps[:, None, None] + own)
        channels = np.broadcast_to(self.channels[:, None, None], taps.shape)
        # Rows without a tap at a step have no weight there: the tile's mask skips them.
        present, calls = taps != ABSENT, len(taps)
        offsets = np.add.outer(shared.offsets, self.offsets).reshape(-1)
        return (
            np.full(calls, len(offsets)),
            np.tile(offsets, calls),
            present.reshape(calls, -1).sum(1),
            channels[present],
            taps[present],
        )


def _own_calls(plan: Plan, lengths: _Lengths) -> Iterator[_Own]:
    """Yield the calls of a unit, grouped by the shifts that they read."""
    axis = plan.own_axis
    phases = _own_taps(plan, lengths)
    for tiles in plan.tiles():
        # The first call stands for all: they are grouped by the shifts that they read.
        present = [phases[phase] for _, phase in tiles[0] if phase is not None]
        # Ascending, which is the order of every sum.
        shifts = sorted({shift for table in present for shift in table})
        taps = [[_row_taps(row, phases, shifts) for row in rows] for rows in tiles]
        shape = (len(tiles), len(tiles[0]), len(shifts))
        channels = np.array([[channel for channel, _ in rows] for rows in tiles], np.int64)
        table = np.array(taps, np.int64).reshape(shape).transpose(0, 2, 1)
        yield _Own(lengths.offsets(axis, shifts), table, channels)


def _own_taps(plan: Plan, lengths: _Lengths) -> list[dict[int, int]]:
    """Return what each phase of a tile row adds to the flat taps, by shift of the own axis."""
    axis = plan.own_axis
    own = [
        {shift: tap * lengths.tap(axis) for shift, tap in phase.items()}
        for phase in plan.lines[axis].phases
    ]
    if plan.way.swapped or plan.way.folded == 1:
        return own
    # Merged phases read the same inputs, and their taps all have the same distance from those of
    # the first phase.
    first, *_ = plan.outer[-1].shifts
    folds = [phase[first] - plan.outer[-1].phases[0][first] for phase in plan.outer[-1].phases]
    return [
        {shift: tap + fold * lengths.tap(axis - 1) for shift, tap in phase.items()}
        for fold in folds
        for phase in own
    ]


def _row_taps(row: TileRow, phases: Sequence[dict[int, int]], shifts: Sequence[int]) -> list[int]:
    """Return the flat tap of a tile row at each shift."""
    _, phase = row
    if phase is None:
        return [UNUSED] * len(shifts)
    return [phases[phase].get(shift, ABSENT) for shift in shifts]
