"""The layers that the cost model is fitted to, and the file of their measured times."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from deconvcli.compute.kernels.channels.plan import BlockSize, ChannelDivision, ChannelTile
from deconvcli.compute.kernels.reference import AxisNumbers
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import LayerSizes
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe

MEASURED = Path(__file__).parent / "measured.jsonl.xz"
ITEMSIZE = 4
"""Bytes of float32, the number type of all measurements."""


class Problem(NamedTuple):
    """A layer and the size of its input; channels are those of one group."""

    sizes: LayerSizes
    spatial: tuple[int, ...]
    axes: tuple[AxisNumbers, ...]


def _problem(
    batch: int, groups: int, inputs: int, outputs: int, spatial: tuple[int, ...], axis: AxisNumbers
) -> Problem:
    """Return a layer with the same numbers along each axis."""
    return Problem(LayerSizes(batch, groups, inputs, outputs), spatial, (axis,) * len(spatial))


PROBLEMS = {
    "k4s2, 32x32": _problem(1, 1, 128, 64, (32, 32), (4, 2, 1, 1, 1)),
    "k4s2, 8x8": _problem(1, 1, 256, 128, (8, 8), (4, 2, 1, 1, 1)),
    "k4s2, 4x4": _problem(1, 1, 512, 128, (4, 4), (4, 2, 1, 1, 1)),
    "k4s1, 1x1": _problem(8, 1, 128, 256, (1, 1), (4, 1, 1, 0, 0)),
    "k4s2, batch 4": _problem(4, 1, 32, 32, (32, 32), (4, 2, 1, 1, 1)),
    "k4s2, three outputs": _problem(1, 1, 64, 3, (64, 64), (4, 2, 1, 1, 1)),
    "k4s2, many inputs": _problem(1, 1, 1024, 48, (12, 12), (4, 2, 1, 1, 1)),
    "k4s2, groups": _problem(1, 48, 1, 1, (28, 28), (4, 2, 1, 1, 1)),
    "k3s1, 56x56": _problem(1, 1, 64, 64, (56, 56), (3, 1, 1, 1, 1)),
    "k3s1, 8x8": _problem(1, 1, 192, 192, (8, 8), (3, 1, 1, 1, 1)),
    "k3s2, 14x14": _problem(8, 1, 64, 32, (14, 14), (3, 2, 1, 0, 1)),
    "k3s2, 7x7": _problem(4, 1, 128, 64, (7, 7), (3, 2, 1, 1, 0)),
    "k3d2, 40x40": _problem(1, 1, 48, 48, (40, 40), (3, 1, 2, 2, 2)),
    "k2s2, 64x64": _problem(1, 1, 128, 64, (64, 64), (2, 2, 1, 0, 0)),
    "k2s2, few channels": _problem(2, 1, 8, 3, (96, 96), (2, 2, 1, 0, 0)),
    "k5s2, 16x16": _problem(1, 1, 128, 64, (16, 16), (5, 2, 1, 2, 1)),
    "k7s1, three outputs": _problem(1, 1, 16, 3, (64, 64), (7, 1, 1, 3, 3)),
    "k9s4, one output": _problem(1, 1, 32, 1, (28, 28), (9, 4, 1, 4, 1)),
    "k16s8, 12x12": _problem(1, 1, 21, 21, (12, 12), (16, 8, 1, 4, 4)),
    "k1s1, 32x32": _problem(1, 1, 192, 192, (32, 32), (1, 1, 1, 0, 0)),
    "one axis, k16s8": _problem(1, 1, 64, 32, (1000,), (16, 8, 1, 4, 4)),
    "one axis, k4s2": _problem(1, 1, 32, 16, (4000,), (4, 2, 1, 1, 1)),
    "three axes, k2s2": _problem(1, 1, 32, 16, (16, 16, 16), (2, 2, 1, 0, 0)),
    "three axes, k3s1": _problem(1, 1, 32, 32, (8, 8, 8), (3, 1, 1, 1, 1)),
}
"""Layers of a tenth of a millisecond to some milliseconds, which cover every term of the model."""


class Conditions(NamedTuple):
    """The machine of a measurement, as far as the model depends on it.

    clock: cycles per second at which a core makes two products of vectors a cycle.
    """

    bits: int
    registers: int
    first_cache: int
    second_cache: int
    clock: float
    rounds: int


class Timing(NamedTuple):
    """The fastest measured time of one layer, recipe and division on one thread."""

    problem: str
    recipe: TiledRecipe | ChannelTile
    division: Division | ChannelDivision
    seconds: float


def write(path: Path, conditions: Conditions, timings: Iterable[Timing]) -> None:
    """Write the conditions in the first line, and a timing in each of the others."""
    lines = [json.dumps(conditions._asdict()), *(json.dumps(timing) for timing in timings)]
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))


def read(path: Path = MEASURED) -> tuple[Conditions, list[Timing]]:
    """Read a file of `write`."""
    first, *others = lzma.decompress(path.read_bytes()).decode().splitlines()
    return Conditions(**json.loads(first)), [_parse_timing(line) for line in others]


def _parse_timing(line: str) -> Timing:
    problem, recipe, division, seconds = json.loads(line)
    if len(recipe) == len(ChannelTile._fields):
        (images, outputs), units = division
        cut = ChannelDivision(BlockSize(images, outputs), units)
        return Timing(problem, ChannelTile(*recipe), cut, seconds)
    return Timing(problem, TiledRecipe(*recipe), Division(*division), seconds)
