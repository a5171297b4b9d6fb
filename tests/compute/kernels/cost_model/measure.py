"""Time layers x recipes x divisions: `python -m tests.compute.kernels.cost_model.measure`.

One thread, float32. All runs of a layer take turns, so that a busy moment of the machine hits all
of them, and the fastest of many rounds counts. Writes measured.jsonl.xz, or the file that is named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from deconvcli.compute.kernels import limit, pool
from deconvcli.compute.kernels.channels import work as channel_work
from deconvcli.compute.kernels.channels.meetings import counts, outputs
from deconvcli.compute.kernels.channels.plan import (
    ChannelDivision,
    ChannelTile,
    LayerShape,
    division_cycles,
)
from deconvcli.compute.kernels.channels.recipe import recipes as channel_recipes
from deconvcli.compute.kernels.choice import Work
from deconvcli.compute.kernels.machine import cache_size, machine
from deconvcli.compute.kernels.reference import Array, output_size
from deconvcli.compute.kernels.tiled.division import Division, DivisionModel, list_divisions
from deconvcli.compute.kernels.tiled.plan import Plan
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe
from deconvcli.compute.kernels.tiled.recipe import recipes as tiled_recipes
from deconvcli.compute.kernels.tiled.schedule import Schedule
from deconvcli.compute.kernels.tiled.work import TiledWork, tasks
from tests.compute.kernels.cost_model.records import (
    ITEMSIZE,
    MEASURED,
    PROBLEMS,
    Conditions,
    Problem,
    Timing,
    write,
)

RECIPES = 8
"""Recipes of positions of a layer: half of them the cheapest, the others any. The one that layers
share if they gain little comes in addition."""
DIVISIONS = {0: 10, 1: 6}
"""Divisions of the cheapest recipes, by their order; all others have OTHER_DIVISIONS."""
OTHER_DIVISIONS = 2
SPREAD = 4.0
"""A division that the model finds slower than the best one by this factor is not timed."""
FLOAT = np.dtype(np.float32)


class Run(NamedTuple):
    """A layer cut in one way, ready to be computed."""

    recipe: TiledRecipe | ChannelTile
    division: Division | ChannelDivision
    compute: Callable[[], None]


def tiled_runs(problem: Problem, draw: np.random.Generator) -> Iterator[Run]:
    """Yield the runs with vectors of positions."""
    every = list(tiled_recipes(*problem, machine(), ITEMSIZE))
    common = every[0]._replace(copied=False, woven=False)
    every.sort(key=lambda recipe: recipe.cycles(*problem))
    cheap, other = every[: RECIPES // 2], every[RECIPES // 2 :]
    some = sorted(draw.permutation(len(other))[: RECIPES - len(cheap)])
    for order, recipe in enumerate([*cheap, *(other[at] for at in some), common]):
        plan = recipe.plan(*problem)
        for division in divisions(plan, DIVISIONS.get(order, OTHER_DIVISIONS), draw):
            work = TiledWork(plan, FLOAT, threads=1)
            work.schedule = Schedule(plan, division, ITEMSIZE)
            work.tasks = list(tasks(work.schedule))
            yield Run(recipe, division, computation(problem, work, draw))


def divisions(plan: Plan, count: int, draw: np.random.Generator) -> Iterator[Division]:
    """Yield the division that the model chooses, and others that it finds not much slower."""
    grid = list_divisions(plan)
    cycles = DivisionModel(plan, grid, ITEMSIZE, 1).cycles()
    near = np.flatnonzero(cycles < SPREAD * cycles.min())
    chosen = [int(np.argmin(cycles)), *map(int, draw.permutation(near))]
    for at in list(dict.fromkeys(chosen))[:count]:
        yield Division(*(int(number) for number in grid[:, at]))


def channel_runs(problem: Problem, draw: np.random.Generator) -> Iterator[Run]:
    """Yield the runs with vectors of channels, if the layer has small images."""
    sizes, spatial, axes = problem
    for recipe in channel_recipes(*problem, machine(), ITEMSIZE):
        tile = recipe.tile
        shape = LayerShape(
            sizes, counts(spatial, axes), int(np.prod(spatial)), outputs(spatial, axes), ITEMSIZE
        )
        units = shape.units(tile)
        every = [
            ChannelDivision(block_size, each)
            for block_size in shape.block_sizes(tile)
            for each in sorted({units, -(-units // 2), 1})
        ]
        every.sort(key=lambda one: division_cycles(shape, tile, one, 1))
        others = draw.permutation(len(every) - 1)[: OTHER_DIVISIONS - 1] + 1
        for at in (0, *map(int, others)):
            division = every[at]
            with patch.object(channel_work, "divide", lambda *_, division=division: division):
                work = channel_work.ChannelWork(tile, sizes, spatial, axes, FLOAT, 1)
            yield Run(tile, division, computation(problem, work, draw))


def computation(problem: Problem, work: Work, draw: np.random.Generator) -> Callable[[], None]:
    """Return a function that computes a layer that has been cut, on one thread."""
    sizes, spatial, axes = problem
    out = [output_size(n, axis) for n, axis in zip(spatial, axes, strict=True)]
    kernel = [axis[0] for axis in axes]

    def numbers(*shape: int) -> Array:
        return draw.random(shape, np.float32)

    w = numbers(sizes.groups * sizes.inputs, sizes.outputs, *kernel)
    weights = work.pack(w, numbers(sizes.groups * sizes.outputs), inf)
    x = numbers(sizes.batch * sizes.groups * sizes.inputs * int(np.prod(spatial)))
    y = np.empty(sizes.batch * sizes.groups * sizes.outputs * int(np.prod(out)), np.float32)
    do = partial(work.do, x=x, weights=weights, y=y)
    return lambda: pool.share(do, work.tasks, 1)


def fastest(runs: list[Run], rounds: int) -> list[float]:
    """Return the fastest time of each run, in seconds; the first round compiles."""
    times = np.full((rounds + 1, len(runs)), inf)
    for one_round in times:
        for at, run in enumerate(runs):
            begin = perf_counter()
            run.compute()
            one_round[at] = perf_counter() - begin
    return [float(time) for time in times[1:].min(0)]


def measure(rounds: int) -> Iterator[Timing]:
    """Time all layers."""
    for seed, (name, problem) in enumerate(PROBLEMS.items()):
        draw = np.random.default_rng(seed)
        runs = [*tiled_runs(problem, draw), *channel_runs(problem, draw)]
        times = fastest(runs, rounds)
        print(f"{name}: {len(runs)} runs, {min(times) * 1e3:.3f} ms", file=sys.stderr, flush=True)
        for run, seconds in zip(runs, times, strict=True):
            yield Timing(name, run.recipe, run.division, float(f"{seconds:.4g}"))


def conditions(rounds: int) -> Conditions:
    """Return this machine's properties; the clock is that of the best tile without memory."""
    best = max(limit._measure("float32", 1) for _ in range(5))
    bits, registers = machine()
    # Two products of vectors a cycle, each of two operations for every lane.
    clock = best / (4 * machine().lanes(ITEMSIZE))
    return Conditions(bits, registers, cache_size(1), cache_size(2), float(f"{clock:.4g}"), rounds)


def main() -> None:
    """Measure, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=MEASURED)
    parser.add_argument("--rounds", type=int, default=60, help="times that each run is computed")
    arguments = parser.parse_args()
    write(arguments.file, conditions(arguments.rounds), measure(arguments.rounds))


if __name__ == "__main__":
    main()
