"""The functions of vectors as plain loops, for machines whose vectors are not known."""

from __future__ import annotations

from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.tables import (
    BEGIN,
    CHANNEL_SIZE,
    COPIES,
    COPY_PITCH,
    FILLED,
    FIRST_SEGMENT,
    FOLDED,
    IMAGE_SIZE,
    PANEL_PITCH,
    PANEL_ROWS,
    PLACES,
    ROW_PITCH,
    ROWS,
    SEGMENTS,
    SHIFTS,
    SLOTS,
    SOURCES,
    STRIDE,
    N,
)  # fmt: skip


@compile_kernel
def multiply(
    sums: Array,
    sums_at: int,
    bias: Array,
    bias_at: int,
    panel: Array,
    panel_at: int,
    channel_pitch: int,
    starts: Array,
    first: int,
    offsets: Array,
    offset_at: int,
    taps: int,
    inputs: int,
    weights: Array,
    weight_at: int,
    resumed: int,
    channels: int,
    planes: int,
    steps: int,
    masks: int,
    vectors: int,
    lanes: int,
) -> None:
    """Compute the sums of one tile; see vectors.multiply."""
    row_size = vectors * lanes
    for row in range(0 if resumed else channels * planes):
        for i in range(row_size):
            sums[sums_at + row * row_size + i] = bias[bias_at + row]
    at = weight_at
    for channel in range(inputs):
        for tap in range(taps * steps):
            source = panel_at + channel * channel_pitch + offsets[offset_at + tap]
            mask = masks >> tap % steps * planes
            for row in range(channels * planes):
                if mask >> row % planes & 1:
                    for p in range(vectors):
                        start, target = (
                            source + starts[first + p],
                            sums_at + row * row_size + p * lanes,
                        )
                        for i in range(lanes):
                            sums[target + i] += weights[at] * panel[start + i]
                    at += 1


@compile_kernel
def store(
    y: Array,
    at: int,
    space: Array,
    source: int,
    layer: Array,
    block: Array,
    v: int,
    count: int,
    phase: int,
    kept: int,
    pitch: int,
    stride: int,
    lanes: int,
) -> None:
    """Write the outputs of vectors of a unit; see vectors.store."""
    phases = layer[STRIDE]
    for p in range(count):
        first_segment = block[FIRST_SEGMENT] + v + p
        for segment in range(block[first_segment], block[first_segment + 1]):
            # 5: the fields of a segment, as in vectors.
            row = block[SEGMENTS] + 5 * segment
            output, size, skipped = block[row + 1], block[row + 2], block[row + 3]
            for fold in range(layer[FOLDED]):
                place = (phase * layer[FOLDED] + fold) * block[ROWS] + block[row]
                target = block[block[PLACES] + place]
                for channel in range(kept if target >= 0 else 0):
                    slot = layer[SLOTS] + (channel * layer[FOLDED] + fold) * phases
                    first = at + target + output + channel * layer[CHANNEL_SIZE]
                    for i in range(size):
                        lane, r = p * lanes + (skipped + i) // phases, (skipped + i) % phases
                        y[first + i] = space[source + layer[slot + r] * pitch + lane]


@compile_kernel
def fill(
    space: Array, x: Array, layer: Array, block: Array, channel: int, count: int, lanes: int
) -> None:
    """Fill the panel of a block; see vectors.fill."""
    # Of x's type: Numba would unify a plain 0 and a float32 to float64.
    zero = x.dtype.type(0)
    for c in range(count):
        for row in range(block[PANEL_ROWS]):
            source = block[block[SOURCES] + row]
            for copy in range(layer[COPIES]):
                at = c * layer[PANEL_PITCH] + row * layer[ROW_PITCH] + copy * layer[COPY_PITCH]
                begin = block[BEGIN] + layer[layer[SHIFTS] + copy]
                for i in range(block[FILLED]):
                    value = zero
                    if source >= 0 and 0 <= begin + i < layer[N]:
                        value = x[source + (channel + c) * layer[IMAGE_SIZE] + begin + i]
                    space[at + i] = value
