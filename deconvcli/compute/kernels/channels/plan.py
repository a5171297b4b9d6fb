"""The division of a layer into tasks, and its cost: tile, size of a block, units of a task.

A *unit* has as many output channels as a tile is wide, at every output of a block. A *block* is
some whole images, or a run of the outputs of one. For each tap, the tiles of a unit take a few of
its meetings at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.machine import CACHE_LINE_BYTES, cache_size
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import division
from deconvcli.compute.kernels.tiled.plan import LayerSizes

CHUNK_CHANNELS = 128
"""Input channels of a chunk: weights of a tap that stay in the first-level cache. The order of all
sums depends on this number, so it is the same for every layer and machine."""
MAX_MEETINGS = 1 << 17
"""Taps times inputs of an image, above which a table of meetings is not worth its size."""
MAX_IMAGE_OUTPUTS = 1 << 18
"""Outputs of an image; with more there would be too many blocks, each with a table."""
MAX_BLOCK_MEETINGS = 1 << 14
"""Meetings of a block, all of which every unit looks up."""
SUMS_CACHE_SHARE = 0.25
"""Share of the second-level cache that a unit's sums may take, to be found there again."""
MAX_BLOCK_SIZES = 8
"""Sizes of blocks that are compared."""
RATES = {
    16: {
        (6, 2): 1.08,
        (3, 4): 1.12,
        (4, 3): 1.1,
        (5, 2): 1.03,
        (4, 2): 0.91,
        (2, 6): 0.85,
        (1, 6): 0.5,
    },
    32: {
        (6, 4): 0.98,
        (8, 3): 0.86,
        (4, 6): 0.86,
        (3, 7): 0.72,
        (2, 8): 0.62,
        (1, 8): 0.40,
    },
}
"""As in tiled/cost.py and in the same unit; memory is not counted in them. The rates for 16
registers, TILE_CYCLES and STORE_CYCLES were fitted to 107 layers, the rates for 32 to 35 layers.
Tiles have few rows, because each row needs an address of its own."""
RATE = {shape: rate for rates in RATES.values() for shape, rate in rates.items()}
TILE_CYCLES = 45.0
"""Cycles to begin a tile and to end it, once for each chunk."""
STORE_CYCLES = 30.0
"""Cycles to set a vector of sums to the bias, and to store it."""
WEIGHT_LINE_CYCLES = 4.5
"""Cycles to load a cache line of weights, once for each block: they lie in the order of use."""
INPUT_LINE_CYCLES = 30.0
"""Cycles to load a cache line of inputs, once for each task."""
MIN_LINE_USE_CYCLES = 32.0
"""Cycles for which a cache line of weights is in use; with fewer, it is prefetched. That costs
4 % if the line is in the cache already."""
FAR_CACHES = 4
"""Second-level caches that the weights fill, before they come from too far away to arrive in time
without prefetching."""


class ChannelTile(NamedTuple):
    """The register tile: `rows` meetings by `vectors` vectors of output channels."""

    rows: int
    vectors: int
    lanes: int

    @property
    def width(self) -> int:
        """Output channels of a unit."""
        return self.vectors * self.lanes


class BlockSize(NamedTuple):
    """The size of a block: so many images, and so many outputs of each."""

    images: int
    outputs: int


class ChannelDivision(NamedTuple):
    """The size of blocks, and the units of a task."""

    block_size: BlockSize
    units: int


class LayerShape(NamedTuple):
    """The properties of a layer that its division depends on.

    met: the meetings of an image at each tap. positions, outputs: inputs and outputs of a channel
    of an image. itemsize: bytes of a number.
    """

    sizes: LayerSizes
    met: Array
    positions: int
    outputs: int
    itemsize: int

    def units(self, tile: ChannelTile) -> int:
        """Return the units of all groups."""
        return self.sizes.groups * -(-self.sizes.outputs // tile.width)

    def blocks(self, block_size: BlockSize) -> int:
        """Return the number of blocks of at most this size."""
        return -(-self.sizes.batch // block_size.images) * -(-self.outputs // block_size.outputs)

    def block_sizes(self, tile: ChannelTile) -> Iterator[BlockSize]:
        """Yield the block sizes to compare, larger ones first; the smallest need not fit."""
        images = [BlockSize(images, self.outputs) for images in _halves(self.sizes.batch)]
        # Without the whole image, which is the last of `images`.
        runs = [BlockSize(1, outputs) for outputs in list(_halves(self.outputs))[1:]]
        # The smallest one is always tried, since a layer must be cut somehow.
        *larger, least = [*images, *runs]
        fitting = [block_size for block_size in larger if self._fits(tile, block_size)]
        yield from [*fitting, least][:MAX_BLOCK_SIZES]

    def _fits(self, tile: ChannelTile, block_size: BlockSize) -> bool:
        positions = block_size.images * block_size.outputs
        # Meetings are taken to spread evenly over the outputs.
        met = int(self.met.sum()) * positions / self.outputs
        sums = positions * tile.width * self.itemsize
        return sums <= SUMS_CACHE_SHARE * cache_size(2) and met <= MAX_BLOCK_MEETINGS

    def cycles(self, tile: ChannelTile, block_size: BlockSize) -> float:
        """Return the cycles of a unit on one block, without loading its weights and inputs."""
        met = self.met * block_size.images * block_size.outputs / self.outputs
        tiles = int(np.ceil(met / tile.rows).sum())
        # A core can begin two vectors of products a cycle; RATE is the share that a tile reaches.
        products = self.sizes.inputs * tile.rows * tile.vectors / 2 / RATE[tile.rows, tile.vectors]
        begun = TILE_CYCLES * -(-self.sizes.inputs // CHUNK_CHANNELS)
        stored = STORE_CYCLES * block_size.images * block_size.outputs * tile.vectors
        return tiles * (products + begun) + stored

    def weight_lines(self, tile: ChannelTile) -> float:
        """Return the cache lines of a unit's weights."""
        numbers = np.count_nonzero(self.met) * self.sizes.inputs * tile.width
        return numbers * self.itemsize / CACHE_LINE_BYTES

    def fetches(self, tile: ChannelTile, block_size: BlockSize) -> bool:
        """Whether a block would wait for its weights unless they are prefetched."""
        weights = self.units(tile) * self.weight_lines(tile) * CACHE_LINE_BYTES
        met = self.met.sum() * block_size.images * block_size.outputs / self.outputs
        used = met / max(1, np.count_nonzero(self.met)) / 2
        # pix2pix/up2, 4x4 images under 34 MB of weights: 0.54 ms with prefetching, 0.78 without.
        return bool(weights > FAR_CACHES * cache_size(2) and used < MIN_LINE_USE_CYCLES)

    def input_lines(self, block_size: BlockSize) -> float:
        """Return the cache lines of the inputs that a block reads."""
        share = block_size.images * block_size.outputs / self.outputs
        return self.sizes.inputs * self.positions * share * self.itemsize / CACHE_LINE_BYTES


def divide(shape: LayerShape, tile: ChannelTile, threads: int) -> ChannelDivision:
    """Return the division that the model finds fastest on so many threads."""
    every = [
        ChannelDivision(block_size, units)
        for block_size in shape.block_sizes(tile)
        for units in _halves(shape.units(tile))
    ]
    return min((division_cycles(shape, tile, one, threads), one) for one in every)[1]


def division_cycles(
    shape: LayerShape, tile: ChannelTile, cut: ChannelDivision, threads: int
) -> float:
    """Return the modelled cycles of a divided layer, by the same rules as tiled/division.py."""
    each = shape.cycles(tile, cut.block_size) + WEIGHT_LINE_CYCLES * shape.weight_lines(tile)
    tasks = shape.blocks(cut.block_size) * -(-shape.units(tile) // cut.units)
    task = each * cut.units + INPUT_LINE_CYCLES * shape.input_lines(cut.block_size)
    cycles = task * -(-tasks // threads) + division.TASK_CYCLES * tasks / threads
    if tasks > 1 and threads > 1:
        cycles += task * division.IDLE_SHARE + division.WAKE_CYCLES
    return cycles * division.REFUSED_FACTOR if task > division.MAX_TASK_CYCLES else cycles


def _halves(size: int) -> Iterator[int]:
    yield size
    while size > 1:
        size = -(-size // 2)
        yield size
