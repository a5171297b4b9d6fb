"""The places in the two tables of a task: a head of numbers, then lists that the head points to.

Two flat tables, because Numba would have to lower every further argument at the first call.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deconvcli.compute.kernels.reference import Array

# The head of the table of a layer; from OFFSETS on, each number says where a list begins.
(
    INPUTS, OUTPUTS, PARTS, WIDTH, FOLDED, PHASES, CALLS, WEIGHTS, CHANNEL_SIZE, IMAGE_SIZE, N,
    PANEL_PITCH, ROW_PITCH, COPY_PITCH, COPIES, DIRECT, STRIDE, SUMS, CHUNK, SUMS_PITCH,
    TURN, OFFSETS, OFFSET_AT, TAPS, WEIGHT_AT, WEIGHT_COUNT, SLOTS, SHIFTS, LAYER_HEAD,
) = range(29)  # fmt: skip

# The head of the table of a block; from STARTS on, each number says where a list begins.
(
    ROWS, PANEL_ROWS, BEGIN, FILLED, VECTORS,
    STARTS, FIRST_SEGMENT, SEGMENTS, PLACES, SOURCES, BLOCK_HEAD,
) = range(11)  # fmt: skip


def table(head: int, numbers: Sequence[int], lists: Sequence[Array]) -> Array:
    """Return a head of `head` numbers, the last of which say where the lists after it begin."""
    places = np.cumsum([head, *(len(one) for one in lists)])[:-1]
    return np.concatenate([np.array([*numbers, *places]), *lists]).astype(np.int64)
