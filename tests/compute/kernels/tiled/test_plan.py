"""A plan read back: which input meets which tap in which output, and in what order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels.reference import AxisNumbers, output_size
from deconvcli.compute.kernels.tiled.calls import Calls
from deconvcli.compute.kernels.tiled.plan import LayerSizes, Plan, TileRow
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe

Place = tuple[int, ...]
FAR = 10**6
"""A distance between copies that exceeds all distances of rows."""
PLAIN = TiledRecipe(4, 2, 4, copied=False)


class Drawn(NamedTuple):
    """A layer with one input channel and group, and the way in which it is cut."""

    sizes: LayerSizes
    spatial: Place
    axes: tuple[AxisNumbers, ...]
    recipe: TiledRecipe

    @property
    def plan(self) -> Plan:
        return self.recipe.plan(self.sizes, self.spatial, self.axes)


@st.composite
def axes_of(draw: st.DrawFn, stride: int) -> tuple[int, AxisNumbers]:
    n, kernel, dilation = (draw(st.integers(1, most)) for most in (4, 3, 2))
    crop_begin = draw(st.integers(-2, (n - 1) * stride + dilation * (kernel - 1)))
    left = output_size(n, (kernel, stride, dilation, crop_begin, 0))
    return n, (kernel, stride, dilation, crop_begin, draw(st.integers(-2, left - 1)))


@st.composite
def layers(draw: st.DrawFn) -> Drawn:
    """Draw layers cut plainly, by planes of the last axis, by folding or by merging."""
    kinds = ["plain", "planar", "folded", "merged"]
    rank, kind = draw(st.integers(1, 3)), draw(st.sampled_from(kinds))
    recipe = PLAIN._replace(rows=draw(st.integers(1, 6)), copied=draw(st.booleans()))
    strides = [draw(st.integers(1, 4)) for _ in range(rank)]
    if kind == "folded" and rank > 1:
        strides[-2:] = 1, 1
        recipe = recipe._replace(folded=draw(st.integers(2, 3)))
    recipe = recipe._replace(planar=kind == "planar", merged=kind == "merged")
    spatial, axes = zip(*(draw(axes_of(stride)) for stride in strides), strict=True)
    if kind == "merged" and rank > 1:
        kernel = strides[-2] * draw(st.integers(1, 2))
        axes = (*axes[:-2], (kernel, strides[-2], 1, 0, 0), axes[-1])
    sizes = LayerSizes(draw(st.integers(1, 2)), 1, 1, draw(st.integers(1, 3)))
    return Drawn(sizes, spatial, axes, recipe)


def panel_pitch(plan: Plan) -> int:
    return plan.last.size + (0 if plan.way.copied else plan.last.reach - 1)


def weights(
    plan: Plan, calls: Calls, k: int, rows: list[TileRow]
) -> Iterator[tuple[int, int, int]]:
    """Yield (tile row, offset, tap) of each product of call k, in the order of the tile."""
    tile, at = plan.way.tile, int(calls.counts[:k].sum())
    first, end = int(calls.reads[:k].sum()), at + int(calls.counts[k])
    for read, offset in enumerate(calls.offsets[first : first + calls.reads[k]].tolist()):
        for row in tile.rows_of(read % tile.steps):
            assert calls.channels[at] == rows[row][0]
            if calls.taps[at] >= 0:
                yield row, offset, int(calls.taps[at])
            at += 1
    assert at == end


def read(plan: Plan, row: int, column: int, offset: int) -> Place:
    """Return (image, *input) at this distance from the first read of a position."""
    copy, offset = divmod(offset, FAR)
    down, across = divmod(offset, panel_pitch(plan))
    across += plan.last.shifts[copy] if plan.way.copied else plan.last.low
    above, place = int(plan.panel_row(np.array(row))) + down, [column + across]
    for line in reversed(plan.outer):
        above, at = divmod(above, line.extent)
        place.insert(0, at + line.low)
    return (above, *place)


def output_of(plan: Plan, row: int, column: int, phases: Place) -> Place:
    """Return (image, *output) of a position in these phases."""
    place = [column * plan.last.stride + phases[-1]]
    for line, phase in zip(reversed(plan.outer), reversed(phases[:-1]), strict=True):
        row, q = divmod(row, line.size)
        place.insert(0, q * line.stride + phase)
    return (row, *place)


def sums(drawn: Drawn) -> dict[tuple[int, Place], list[tuple[Place, int]]]:
    """Return the (input, tap) of the products of each existing (channel, output), in order.

    Without those whose input is a zero around the input.
    """
    plan, found = drawn.plan, defaultdict[tuple[int, Place], list[tuple[Place, int]]](list)
    out = [line.out for line in plan.lines]
    calls = Calls.of(plan, panel_pitch(plan), FAR)
    tiles = [rows for alike in plan.tiles() for rows in alike]
    for k, (outer, rows) in enumerate(product(plan.outer_phases, tiles)):
        made = list(weights(plan, calls, k, rows))
        for row, column in product(range(plan.rows), range(plan.last.size)):
            for member, offset, tap in made:
                channel, phase = rows[member]
                assert phase is not None
                phases = [*outer, 0]
                fold, phases[plan.own_axis] = divmod(phase, len(plan.lines[plan.own_axis].phases))
                if fold:
                    phases[-2] = fold
                output = output_of(plan, row, column, tuple(phases))
                image, *place = read(plan, row, column, offset)
                exists = all(at < size for at, size in zip(output[1:], out, strict=True))
                inside = all(0 <= i < n for i, n in zip(place, drawn.spatial, strict=True))
                if exists and inside:
                    assert image == output[0]
                    found[channel, output].append((tuple(place), tap))
    return found


def products(drawn: Drawn) -> dict[Place, list[tuple[Place, int]]]:
    """Return the (input, tap) that meet in each existing output, by the definition."""
    found: dict[Place, list[tuple[Place, int]]] = {}
    sizes = [output_size(n, axis) for n, axis in zip(drawn.spatial, drawn.axes, strict=True)]
    kernel = [axis[0] for axis in drawn.axes]
    for i in np.ndindex(drawn.spatial):
        for tap, j in enumerate(np.ndindex(*kernel)):
            o = [
                at * axis[1] + t * axis[2] - axis[3]
                for at, t, axis in zip(i, j, drawn.axes, strict=True)
            ]
            if all(0 <= at < size for at, size in zip(o, sizes, strict=True)):
                found.setdefault(tuple(o), []).append((i, tap))
    return found


@given(layers())
def test_every_product_of_the_definition_is_made_once_and_in_one_order(drawn: Drawn) -> None:
    def order(meeting: tuple[Place, int]) -> Place:
        place = meeting[0]
        return (*place[:-2], *place[:-3:-1]) if drawn.plan.way.swapped else place

    expected = {
        (channel, (image, *output)): sorted(meetings, key=order)
        for output, meetings in products(drawn).items()
        for channel in range(drawn.plan.way.width)
        for image in range(drawn.sizes.batch)
    }
    assert sums(drawn) == expected


@given(layers())
def test_every_channel_and_phase_has_a_row(drawn: Drawn) -> None:
    plan = drawn.plan
    place, channels = plan.slots()
    assert len(place) == len(set(place.tolist())) == plan.way.width * plan.row_phases
    assert channels[place].tolist() == sorted(channels[place])
    assert len(channels) % plan.way.tile.rows == 0
    assert plan.group_parts * plan.way.width >= drawn.sizes.outputs


@given(layers(), st.integers(1, 5))
def test_the_panel_holds_what_a_block_of_rows_reads(drawn: Drawn, rows: int) -> None:
    plan = drawn.plan
    first = plan.panel_row(np.arange(plan.rows))
    for begin in range(0, plan.rows, rows):
        block = first[begin : begin + rows]
        assert block[-1] + plan.reach_rows - block[0] <= plan.panel_rows(rows)


def test_folding_gives_way_where_there_is_one_output_to_fold() -> None:
    axes = ((1, 1, 1, 0, 0), (3, 1, 1, 0, 0))
    plan = PLAIN._replace(rows=6, folded=3).plan(LayerSizes(1, 1, 1, 2), (1, 4), axes)
    assert (plan.way.folded, plan.way.tile.planes, plan.way.swapped) == (1, 1, True)


def test_planes_give_way_where_a_literal_could_not_hold_their_masks() -> None:
    recipe = TiledRecipe(12, 2, 16, copied=False, planar=True)
    whole = recipe.plan(LayerSizes(1, 1, 1, 2), (40,), [(60, 12, 1, 0, 0)])
    assert (whole.way.tile.planes, whole.way.tile.steps) == (12, 5)
    # Eleven outputs that begin within the stride read six inputs: 66 bits.
    part = recipe.plan(LayerSizes(1, 1, 1, 2), (40,), [(60, 12, 1, 5, 512)])
    assert (part.last.stride, len(part.last.shifts), part.way.tile.planes) == (11, 6, 1)
