"""The jitted pass of a task: bias, then tap by tap what every meeting adds, then store.

Flat arrays and int64 tables, as in tiled/compute.py. All sizes and places are in elements.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from deconvcli.compute.kernels.channels import loops
from deconvcli.compute.kernels.channels.plan import CHUNK, Tile
from deconvcli.compute.kernels.compiled import compiled
from deconvcli.compute.kernels.machine import config, machine
from deconvcli.compute.kernels.reference import Array

fast: Any = loops
if machine().bits:
    from deconvcli.compute.kernels.channels import vectors

    fast = vectors

# What the table of a layer says: channels of a group, its units, the groups, the taps; how far the
# channels of x and of y lie apart; where the panel begins, and how far its channels lie apart;
# whether weights are fetched ahead.
INPUTS, OUTPUTS, UNITS, GROUPS, TAPS, POSITIONS, PITCH, PANEL, PANEL_PITCH, FETCHES = range(10)


@compiled
def _fill(
    panel: Array,
    at: int,
    panel_pitch: int,
    x: Array,
    source: int,
    pitch: int,
    channels: int,
    count: int,
) -> None:
    """So many inputs of each channel to the panel."""
    for channel in range(channels):
        for i in range(count):
            panel[at + channel * panel_pitch + i] = x[source + channel * pitch + i]


@cache
def compute_for(tile: Tile) -> Callable[..., None]:
    """The pass for one tile."""
    rows, count, lanes = tile
    width = tile.width

    @compiled
    def compute(
        y: Array,
        x: Array,
        weights: Array,
        packed_unit: int,
        bias: Array,
        space: Array,
        panel: Array,
        layer: Array,
        firsts: Array,
        places: Array,
        low: int,
        filled: int,
        first_unit: int,
        last_unit: int,
        image: int,
        images: int,
        output: int,
        size: int,
    ) -> None:
        """Units first_unit ... last_unit-1 of one block; see work.Block.

        weights: packed, from packed_unit on. Tap t has tiles firsts[t] ... firsts[t + 1] - 1, and
        each has in `places` a pair for each meeting: its sums, its input. `space` begins with the
        sums, behind them those of meetings that only fill a tile up. If `filled`, the panel comes
        next: so many inputs of each channel, from `low` on. Else the panel is x.
        """
        inputs, outputs, units, groups = layer[INPUTS], layer[OUTPUTS], layer[UNITS], layer[GROUPS]
        taps, positions, pitch = layer[TAPS], layer[POSITIONS], layer[PITCH]
        panel_pitch = layer[PANEL_PITCH] if filled else positions
        for unit in range(first_unit, last_unit):
            group, channel = unit // units, unit % units * width
            source = (image * groups + group) * inputs * positions
            if filled:
                if unit == first_unit or channel == 0:
                    for i in range(images):
                        _fill(
                            space, layer[PANEL] + i * inputs * panel_pitch, panel_pitch, x,
                            source + i * groups * inputs * positions + low, positions,
                            inputs, filled,
                        )  # fmt: skip
                source = layer[PANEL]
            for at in range(images * size):
                for c in range(width):
                    space[at * width + c] = bias[unit * width + c]
            weight = (unit - packed_unit) * taps * inputs * width
            for begin in range(0, inputs, CHUNK):
                some = CHUNK if begin + CHUNK < inputs else inputs - begin
                for tap in range(taps):
                    for place in range(firsts[tap], firsts[tap + 1]):
                        fast.multiply(
                            space, places, 2 * rows * place, panel, source + begin * panel_pitch,
                            panel_pitch, some, weights, weight, layer[FETCHES],
                            rows, count, lanes,
                        )  # fmt: skip
                    weight += some * width
            rest = outputs - channel
            kept = width if width < rest else rest
            for i in range(images):
                first = ((image + i) * groups + group) * outputs + channel
                fast.store(
                    y, first * pitch + output, pitch, size, kept,
                    space, i * size * width, width, lanes,
                )  # fmt: skip

    # Without compilation NumPy would speak of what lies in unused sums.
    return np.errstate(all="ignore")(compute) if config.DISABLE_JIT else compute
