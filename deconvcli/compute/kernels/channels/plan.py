"""How a layer is cut: the tile, the images of a block, the units of a task; and what it costs.

A *unit* is as many output channels of a group as a tile is wide, at every output of a block. A
*block* is some whole images, or a part of the outputs of one. For each tap, the tiles of a unit
take its meetings a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.machine import LINE, cache_size
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import division
from deconvcli.compute.kernels.tiled.plan import Sizes

CHUNK = 128
"""Input channels whose weights for a tap stay in the first cache. The order of all sums goes by it,
so it is the same for every layer."""
MEETINGS = 1 << 17
"""Taps times inputs of an image that are worth a table of their meetings."""
OUTPUTS = 1 << 18
"""Outputs of an image: so many blocks have a table each."""
TABLE = 1 << 14
"""Meetings of a block, which every unit looks up."""
SUMS = 0.25
"""Share of the second cache that the sums of a unit may take, to be found there again."""
LOOKS = 8
"""Sizes of blocks that are looked at."""
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
"""As in tiled/cost.py and against the same measure, which takes no account of other things. Those
for 16 registers, and the next two numbers, were fitted to 107 layers, those for 32 to 35. A tile
has few rows, because each is an address of its own."""
RATE = {shape: rate for rates in RATES.values() for shape, rate in rates.items()}
BEGIN = 45.0
"""Cycles to begin a tile and to end it."""
STORE = 30.0
"""Cycles to set a vector of sums to the bias, and to store it."""
WEIGHTS = 4.5
"""Cycles to bring a line of weights, once a block: they lie in the order of their use."""
READ = 30.0
"""The same for a line of inputs, once a task."""

FETCHED = 32.0
"""Cycles that a line of weights is used for at a time; where they are fewer, it is asked for before
it is needed. Asking costs 4 % where it is there already."""
FAR = 4
"""How many second caches weights fill that come from farther than the processor looks ahead."""


class Tile(NamedTuple):
    """So many meetings by so many vectors of output channels."""

    rows: int
    vectors: int
    lanes: int

    @property
    def width(self) -> int:
        """Output channels of a unit."""
        return self.vectors * self.lanes


class Piece(NamedTuple):
    """The size of a block: so many images, of each so many outputs."""

    images: int
    outputs: int


class Division(NamedTuple):
    """So large blocks, and so many units a task."""

    piece: Piece
    units: int


class Shape(NamedTuple):
    """What of a layer its division depends on.

    met: the meetings of an image at each tap. positions, outputs: inputs and outputs of a channel
    of an image. itemsize: bytes of a number.
    """

    sizes: Sizes
    met: Array
    positions: int
    outputs: int
    itemsize: int

    def units(self, tile: Tile) -> int:
        """Units of all groups."""
        return self.sizes.groups * -(-self.sizes.outputs // tile.width)

    def blocks(self, piece: Piece) -> int:
        """How many blocks of at most that size there are."""
        return -(-self.sizes.batch // piece.images) * -(-self.outputs // piece.outputs)

    def pieces(self, tile: Tile) -> Iterator[Piece]:
        """Sizes of blocks worth a look: larger ones first, of those that fit the cache."""
        images = [Piece(images, self.outputs) for images in _halves(self.sizes.batch)]
        parts = [Piece(1, outputs) for outputs in list(_halves(self.outputs))[1:]]
        *larger, least = [*images, *parts]
        fitting = [piece for piece in larger if self._fits(tile, piece)]
        yield from [*fitting, least][:LOOKS]

    def _fits(self, tile: Tile, piece: Piece) -> bool:
        positions = piece.images * piece.outputs
        met = int(self.met.sum()) * positions / self.outputs
        sums = positions * tile.width * self.itemsize
        return sums <= SUMS * cache_size(2) and met <= TABLE

    def cycles(self, tile: Tile, piece: Piece) -> float:
        """Cycles of a unit on one block."""
        met = self.met * piece.images * piece.outputs / self.outputs
        tiles = int(np.ceil(met / tile.rows).sum())
        products = self.sizes.inputs * tile.rows * tile.vectors / 2 / RATE[tile.rows, tile.vectors]
        begun = BEGIN * -(-self.sizes.inputs // CHUNK)
        stored = STORE * piece.images * piece.outputs * tile.vectors
        return tiles * (products + begun) + stored

    def weight_lines(self, tile: Tile) -> float:
        """Lines of memory of the weights of a unit."""
        numbers = np.count_nonzero(self.met) * self.sizes.inputs * tile.width
        return numbers * self.itemsize / LINE

    def fetches(self, tile: Tile, piece: Piece) -> bool:
        """Whether a block would wait for its weights."""
        weights = self.units(tile) * self.weight_lines(tile) * LINE
        met = self.met.sum() * piece.images * piece.outputs / self.outputs
        used = met / max(1, np.count_nonzero(self.met)) / 2
        return bool(weights > FAR * cache_size(2) and used < FETCHED)

    def input_lines(self, piece: Piece) -> float:
        """Lines of memory of the inputs that a block reads."""
        share = piece.images * piece.outputs / self.outputs
        return self.sizes.inputs * self.positions * share * self.itemsize / LINE


def divide(shape: Shape, tile: Tile, threads: int) -> Division:
    """The division that lasts shortest on so many threads, by the model of tiled/division.py."""
    every: list[tuple[float, Division]] = []
    for piece in shape.pieces(tile):
        each = shape.cycles(tile, piece) + WEIGHTS * shape.weight_lines(tile)
        for units in _halves(shape.units(tile)):
            tasks = shape.blocks(piece) * -(-shape.units(tile) // units)
            task = each * units + READ * shape.input_lines(piece)
            cycles = task * -(-tasks // threads) + division.TASK * tasks / threads
            if tasks > 1 and threads > 1:
                cycles += task * division.IDLE + division.WAKE
            if task > division.MOST:
                cycles *= division.REFUSED
            every.append((cycles, Division(piece, units)))
    return min(every)[1]


def _halves(size: int) -> Iterator[int]:
    yield size
    while size > 1:
        size = -(-size // 2)
        yield size
