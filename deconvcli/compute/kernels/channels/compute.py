"""The compiled pass of a task: bias, then the products of every meeting tap by tap, then store.

Flat arrays and int64 tables, as in tiled/compute.py. All sizes and places are in elements.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from deconvcli.compute.kernels.channels import loops
from deconvcli.compute.kernels.channels.plan import CHUNK_CHANNELS, ChannelTile
from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.machine import config, machine
from deconvcli.compute.kernels.reference import Array

# With NUMBA_DISABLE_JIT=1 machine() knows no vectors: an intrinsic cannot run uncompiled.
fast: Any = loops
if machine().bits:
    from deconvcli.compute.kernels.channels import vectors

    fast = vectors

# Places in the table of a layer. Channels and units are those of one group; POSITIONS and PITCH are
# the distances between channels of x and of y; PANEL is where the panel begins in the workspace and
# PANEL_PITCH the distance between its channels; FETCHES says whether weights are prefetched.
INPUTS, OUTPUTS, UNITS, GROUPS, TAPS, POSITIONS, PITCH, PANEL, PANEL_PITCH, FETCHES = range(10)


@compile_kernel
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
    """Copy `count` inputs of each channel to the panel."""
    for channel in range(channels):
        for i in range(count):
            panel[at + channel * panel_pitch + i] = x[source + channel * pitch + i]


@cache
def compute_for(tile: ChannelTile) -> Callable[..., None]:
    """Return the pass that computes tasks with one tile."""
    rows, count, lanes = tile
    width = tile.width

    @compile_kernel
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
        """Compute units first_unit ... last_unit-1 of one block; see work.OutputBlock.

        weights: packed, from packed_unit on. Tap t has tiles firsts[t] ... firsts[t + 1] - 1. For
        each meeting of a tile, `places` has a pair: where its sums begin, and its input. `space`
        holds the sums, then room for the sums of meetings that only fill a tile up, then, unless
        `filled` is 0, the panel: `filled` inputs of each channel, from `low` on. Else the panel
        is x.
        """
        inputs, outputs, units, groups = layer[INPUTS], layer[OUTPUTS], layer[UNITS], layer[GROUPS]
        taps, positions, pitch = layer[TAPS], layer[POSITIONS], layer[PITCH]
        panel_pitch = layer[PANEL_PITCH] if filled else positions
        for unit in range(first_unit, last_unit):
            group, channel = unit // units, unit % units * width
            source = (image * groups + group) * inputs * positions
            if filled:
                # The panel holds one group: it is filled again where the next group begins.
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
                    # Padded to whole units, as the weights are: no channel needs a test.
                    space[at * width + c] = bias[unit * width + c]
            weight = (unit - packed_unit) * taps * inputs * width
            # The order of all sums: chunk, tap, channel. It is that of the packed weights, and does
            # not depend on tile or block.
            for begin in range(0, inputs, CHUNK_CHANNELS):
                some = CHUNK_CHANNELS if begin + CHUNK_CHANNELS < inputs else inputs - begin
                for tap in range(taps):
                    for place in range(firsts[tap], firsts[tap + 1]):
                        fast.multiply(
                            space, places, 2 * rows * place, panel, source + begin * panel_pitch,
                            panel_pitch, some, weights, weight, layer[FETCHES],
                            rows, count, lanes,
                        )  # fmt: skip
                    weight += some * width
            left = outputs - channel
            kept = width if width < left else left
            for i in range(images):
                first = ((image + i) * groups + group) * outputs + channel
                fast.store(
                    y, first * pitch + output, pitch, size, kept,
                    space, i * size * width, width, lanes,
                )  # fmt: skip

    # Uncompiled, NumPy warns about garbage in unused sums.
    return np.errstate(all="ignore")(compute) if config.DISABLE_JIT else compute
