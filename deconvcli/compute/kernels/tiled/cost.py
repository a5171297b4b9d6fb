"""What a plan costs, by a model whose numbers were measured.

Costs are processor cycles of one core. They need not be right, only in order.
"""

from __future__ import annotations

from math import prod

from deconvcli.compute.kernels.tiled.plan import Plan

RATES = {
    16: {
        (6, 2): 1.0,
        (4, 3): 0.98,
        (3, 4): 0.9,
        (5, 2): 0.95,
        (2, 6): 0.85,
        (4, 2): 0.93,
        (1, 6): 0.55,
    },
    32: {
        (13, 2): 0.97,
        (12, 2): 0.96,
        (9, 3): 0.95,
        (8, 3): 0.96,
        (6, 4): 0.94,
        (4, 6): 0.90,
        (3, 7): 0.85,
        (2, 8): 0.68,
        (1, 8): 0.40,
    },
}
"""By registers, then (rows, vectors): the share of the multipliers' rate that a tile reaches."""
RATE = {shape: rate for rates in RATES.values() for shape, rate in rates.items()}

TILE = 20.0
"""Cycles from the end of one tile to the start of the next."""
PLANAR = 1.04
"""What a tile of several planes takes more than its products say."""
KEEP = 10.0
"""Cycles to store a vector of outputs, interleaved; PART for one that is stored in parts, APART
where they are not interleaved in registers but stored one by one."""
PART = 14.0
APART = 38.0
MOVE = 4.0
"""Cycles to move a vector of inputs into the panel."""
ROW = 10.0
"""Cycles to begin a row of it, or of a copy."""
READ = 2.0
"""What a vector takes more that is read in place, from behind the caches."""


def cost(plan: Plan) -> float:
    """Cycles of the whole layer."""
    tiles = plan.units * -(-plan.vectors // plan.way.tile.vectors)
    return tiles * tile_cycles(plan) + _filling(plan)


def tile_cycles(plan: Plan) -> float:
    """Cycles of all sums of a unit at the positions of one tile, and of storing them."""
    return _multiplying(plan) + _storing(plan)


def _multiplying(plan: Plan) -> float:
    """Cycles of a unit's tiles, an average over the outer phases."""
    tile, taps = plan.way.tile, plan.outer_taps / len(plan.outer_phases)
    rate = RATE.get((tile.rows, tile.vectors), 0.9)
    if tile.planes > 1:
        rows = [len(tile.rows_of(step)) for step in range(tile.steps)]
        calls, step = 1, sum(_step(count, tile.vectors, rate) for count in rows)
    else:
        channels = plan.way.width * plan.way.folded
        tiles = [
            (-(-len(c) * channels // tile.rows), len(plan.last.phases[c[0]]))
            for c in plan.last.classes
        ]
        calls = sum(count for count, _ in tiles)
        step = sum(count * most for count, most in tiles) * tile.rows * tile.vectors / 2 / rate
    return float(
        plan.sizes.inputs * taps * step * (PLANAR if tile.planes > 1 else 1) + calls * TILE
    )


def _step(rows: int, vectors: int, rate: float) -> float:
    """Cycles of a step: two products or two loads each, and half of the loads cross a line."""
    return max(rows * vectors / 2 / rate, (1.5 * vectors + rows) / 2)


def _storing(plan: Plan) -> float:
    """Cycles to store the outputs of a unit."""
    last, way = plan.last, plan.way
    outputs = min(way.width, plan.sizes.outputs) * way.folded * last.stride * way.tile.vectors
    whole = not way.copied and last.size >= way.tile.lanes
    return outputs * (APART if not way.woven else KEEP if whole else PART)


def _filling(plan: Plan) -> float:
    """Cycles to fill all panels once."""
    last, lanes = plan.last, plan.way.tile.lanes
    if plan.way.direct:
        vectors = -(-prod(line.n for line in plan.lines) // lanes)
        return READ * plan.sizes.groups * plan.sizes.inputs * plan.sizes.batch * vectors
    width = last.size if plan.way.copied else last.size + last.reach
    row = plan.copies * (ROW + MOVE * -(-width // lanes))
    return plan.sizes.groups * plan.sizes.inputs * plan.sizes.batch * plan.image_rows * row
