"""The cost of a plan in processor cycles of one core, by a model with measured constants.

The costs need not be right, only in the right order. tests/compute/kernels/cost_model measures and
fits such constants again.
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
"""The share of the multipliers' rate that a tile reaches, by registers and (rows, vectors)."""
RATE = {shape: rate for rates in RATES.values() for shape, rate in rates.items()}

TILE_CYCLES = 20.0
"""Cycles from the end of one tile to the start of the next."""
PLANAR_FACTOR = 1.04
"""Factor by which a tile of several planes takes longer than its products."""
WHOLE_STORE_CYCLES = 10.0
"""Cycles to interleave and store a whole vector of outputs."""
PARTIAL_STORE_CYCLES = 14.0
"""Cycles to interleave and store a vector of outputs that lies in several segments."""
SCALAR_STORE_CYCLES = 38.0
"""Cycles to store a vector of outputs one by one, without interleaving."""
PANEL_VECTOR_CYCLES = 4.0
"""Cycles to move a vector of inputs into the panel."""
PANEL_ROW_CYCLES = 10.0
"""Cycles to begin a panel row, or that of a copy."""
DIRECT_VECTOR_CYCLES = 2.0
"""Cycles that a vector takes in addition if it is read in place, from beyond the caches."""


def layer_cycles(plan: Plan) -> float:
    """Return the cycles of the whole layer."""
    tiles = plan.units * -(-plan.vectors // plan.way.tile.vectors)
    return tiles * tile_cycles(plan) + _fill_cycles(plan)


def tile_cycles(plan: Plan) -> float:
    """Return the cycles of all sums of a unit at the positions of one tile, stores included."""
    return _multiply_cycles(plan) + _store_cycles(plan)


def _multiply_cycles(plan: Plan) -> float:
    """Return the cycles of a unit's tiles, averaged over the outer phases."""
    tile, taps = plan.way.tile, plan.outer_taps / len(plan.outer_phases)
    # A block with few outputs may have fewer planes, and so a tile of a shape never measured.
    rate = RATE.get((tile.rows, tile.vectors), 0.9)
    if tile.planes > 1:
        rows = [len(tile.rows_of(step)) for step in range(tile.steps)]
        calls, step = 1, sum(_step_cycles(count, tile.vectors, rate) for count in rows)
    else:
        channels = plan.way.width * plan.way.folded
        tiles = [
            (-(-len(c) * channels // tile.rows), len(plan.last.phases[c[0]]))
            for c in plan.last.classes
        ]
        calls = sum(count for count, _ in tiles)
        step = sum(count * most for count, most in tiles) * tile.rows * tile.vectors / 2 / rate
    return float(
        plan.sizes.inputs * taps * step * (PLANAR_FACTOR if tile.planes > 1 else 1)
        + calls * TILE_CYCLES
    )


def _step_cycles(rows: int, vectors: int, rate: float) -> float:
    """Return the cycles of a step: two products or two loads each."""
    # 1.5: half of the loads of vectors cross a cache line, and count twice.
    return max(rows * vectors / 2 / rate, (1.5 * vectors + rows) / 2)


def _store_cycles(plan: Plan) -> float:
    """Return the cycles to store the outputs of a unit."""
    last, way = plan.last, plan.way
    outputs = min(way.width, plan.sizes.outputs) * way.folded * last.stride * way.tile.vectors
    whole = not way.copied and last.size >= way.tile.lanes
    return outputs * (
        SCALAR_STORE_CYCLES
        if not way.woven
        else WHOLE_STORE_CYCLES
        if whole
        else PARTIAL_STORE_CYCLES
    )


def _fill_cycles(plan: Plan) -> float:
    """Return the cycles to fill all panels once."""
    last, lanes = plan.last, plan.way.tile.lanes
    if plan.way.direct:
        vectors = -(-prod(line.n for line in plan.lines) // lanes)
        return (
            DIRECT_VECTOR_CYCLES
            * plan.sizes.groups
            * plan.sizes.inputs
            * plan.sizes.batch
            * vectors
        )
    width = last.size if plan.way.copied else last.size + last.reach
    row = plan.copies * (PANEL_ROW_CYCLES + PANEL_VECTOR_CYCLES * -(-width // lanes))
    return plan.sizes.groups * plan.sizes.inputs * plan.sizes.batch * plan.image_rows * row
