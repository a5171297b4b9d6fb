"""The compiled pass of a task: fill the panel of a block, then multiply and store unit by unit.

Arguments are flat arrays of one float dtype and two int64 tables, because everything else that
Numba has to lower makes the first call of every layer slower. No array is sliced: a slice counts a
reference in memory that all threads share. All sizes and places are in elements.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.machine import config, machine
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import loops
from deconvcli.compute.kernels.tiled.tables import (
    CALLS,
    CHANNEL_SIZE,
    CHUNK,
    DIRECT,
    INPUTS,
    OFFSET_AT,
    OFFSETS,
    OUTPUTS,
    PANEL_PITCH,
    PARTS,
    PHASES,
    STARTS,
    SUMS,
    SUMS_PITCH,
    TAPS,
    TURN,
    VECTORS,
    WEIGHT_AT,
    WEIGHT_COUNT,
    WEIGHTS,
    WIDTH,
)  # fmt: skip
from deconvcli.compute.kernels.tiled.tile import Tile

# With NUMBA_DISABLE_JIT=1 machine() knows no vectors: an intrinsic cannot run uncompiled.
fast: Any = loops
if machine().bits:
    from deconvcli.compute.kernels.tiled import vectors

    fast = vectors


@cache
def compute_for(tile: Tile, stride: int) -> Callable[..., None]:
    """Return the pass for one tile and `stride` phases of the last axis; 0 is any number."""
    channels, planes, steps, masks, vectors, lanes = tile
    rows, pitch = tile.rows, vectors * lanes

    @compile_kernel
    def compute(
        y: Array,
        x: Array,
        weights: Array,
        first_part: int,
        bias: Array,
        space: Array,
        panel: Array,
        layer: Array,
        block: Array,
        first_unit: int,
        last_unit: int,
    ) -> None:
        """Compute the outputs of units first_unit ... last_unit-1 on one block of positions.

        weights: packed, from part first_part on; see schedule.py. panel: x itself if the recipe is
        direct, else `space` again. Input channels are taken in chunks whose panel stays in the
        cache, and between chunks the sums wait in `space`. The loops from outside in are group,
        chunk, turn, tile and unit: units of a turn read the same inputs while these are near.
        """
        inputs, calls, phases = layer[INPUTS], layer[CALLS], layer[PHASES]
        units = phases * layer[PARTS]
        # A panel holds the channels of one group: a task of several groups fills it again.
        for group in range(first_unit // units, (last_unit - 1) // units + 1):
            low = first_unit if first_unit > group * units else group * units
            high = last_unit if last_unit < (group + 1) * units else (group + 1) * units
            # Chunks outside, units inside: the panel of a chunk serves all units.
            for begin in range(0, inputs, layer[CHUNK]):
                count = layer[CHUNK] if begin + layer[CHUNK] < inputs else inputs - begin
                panel_at = (group * inputs + begin) * layer[PANEL_PITCH] if layer[DIRECT] else 0
                if not layer[DIRECT]:
                    fast.fill(space, x, layer, block, group * inputs + begin, count, lanes)
                # The pitch is 0 unless sums wait for the next chunk: all tiles use one place.
                sums = layer[SUMS]
                for turn in range(low, high, layer[TURN]):
                    end = turn + layer[TURN] if turn + layer[TURN] < high else high
                    # Tiles outside, units inside: a tile's share of the panel stays near.
                    for first in range(0, block[VECTORS], vectors):
                        # Only the last chunk completes the sums, and stores them.
                        left = block[VECTORS] - first if begin + count == inputs else 0
                        for unit in range(turn, end):
                            phase, part = unit % phases, unit // phases
                            channel = part % layer[PARTS] * layer[WIDTH]
                            remaining = layer[OUTPUTS] - channel
                            kept = layer[WIDTH] if layer[WIDTH] < remaining else remaining
                            at = (group * layer[OUTPUTS] + channel) * layer[CHANNEL_SIZE]
                            packed = (part - first_part) * layer[WEIGHTS]
                            for c in range(calls):
                                k = phase * calls + c
                                weight = (packed + layer[layer[WEIGHT_AT] + k]) * inputs
                                # By input channel: a chunk skips the weights of `begin` channels.
                                fast.multiply(
                                    space, sums + c * rows * pitch, bias, (part * calls + c) * rows,
                                    panel, panel_at, layer[PANEL_PITCH],
                                    block, block[STARTS] + first,
                                    layer, layer[OFFSETS] + layer[layer[OFFSET_AT] + k],
                                    layer[layer[TAPS] + k], count, weights,
                                    weight + begin * layer[layer[WEIGHT_COUNT] + k], begin,
                                    channels, planes, steps, masks, vectors, lanes,
                                )  # fmt: skip
                            if left > 0:
                                fast.store(
                                    y, at, space, sums, layer, block, first,
                                    vectors if vectors < left else left, phase, kept,
                                    pitch, stride, lanes,
                                )  # fmt: skip
                            sums += layer[SUMS_PITCH]

    # Uncompiled, NumPy warns about garbage in unused lanes.
    return np.errstate(all="ignore")(compute) if config.DISABLE_JIT else compute
