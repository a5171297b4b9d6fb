"""Fit the cost model to measured times: `python -m tests.compute.kernels.cost_model.fit`.

Prints each constant as it is in the code and as fitted, and for both the error of the model and the
time of its choices. The fit is least squares of logarithms, linearised STEPS times: a term that is
wrong by a factor counts the same in short and in long layers. Nothing depends on the machine that
fits.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from math import exp, log, prod
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from deconvcli.compute.kernels.channels import meetings
from deconvcli.compute.kernels.channels import plan as channels
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import cost, division
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe
from tests.compute.kernels.cost_model.records import (
    ITEMSIZE,
    MEASURED,
    PROBLEMS,
    Conditions,
    Problem,
    Timing,
    read,
)

STEPS = 4
"""Linearisations; the constants of further ones agree to four digits."""
PULL = 1.0
"""Weight of a constant's value in the code, in measurements that are wrong by a factor of e. A
constant that the times say little about stays where it is."""
CHANGE = 0.01
"""Relative change of a constant by which the derivative is taken."""

COST = (
    *("TILE_CYCLES", "PLANAR_FACTOR", "WHOLE_STORE_CYCLES", "PARTIAL_STORE_CYCLES"),
    *("SCALAR_STORE_CYCLES", "PANEL_VECTOR_CYCLES", "PANEL_ROW_CYCLES"),
)
DIVISION = (
    *("SECOND_CACHE_LINE_CYCLES", "WEIGHT_LINE_CYCLES", "SUM_LINE_CYCLES", "RESUME_CYCLES"),
    *("SPILL_SHARE", "TASK_CYCLES"),
)
CHANNELS = ("TILE_CYCLES", "STORE_CYCLES", "WEIGHT_LINE_CYCLES", "INPUT_LINE_CYCLES")
"""The constants that divisions on one thread depend on; see README.md for the others."""

Place = tuple[MutableMapping[Any, float], str | tuple[int, int]]


class Constant(NamedTuple):
    """A constant of the model, and the places that hold its value."""

    name: str
    places: tuple[Place, ...]

    @property
    def value(self) -> float:
        """The value in the first place."""
        holder, key = self.places[0]
        return holder[key]

    def set(self, value: float) -> None:
        """Put a value into all places."""
        for holder, key in self.places:
            holder[key] = value


def list_constants(registers: int) -> list[Constant]:
    """Return the constants of a machine with so many registers."""
    in_cost, in_division, in_channels = vars(cost), vars(division), vars(channels)
    both = {name for name in COST if name in in_division}
    return [
        *(
            Constant(
                f"cost.{name}",
                ((in_cost, name), *(((in_division, name),) if name in both else ())),
            )
            for name in COST
        ),
        *(
            Constant(f"cost.RATES{list(tile)}", ((cost.RATE, tile),))
            for tile in cost.RATES[registers]
        ),
        *(Constant(f"division.{name}", ((in_division, name),)) for name in DIVISION),
        *(Constant(f"channels.{name}", ((in_channels, name),)) for name in CHANNELS),
        *(
            Constant(f"channels.RATES{list(tile)}", ((channels.RATE, tile),))
            for tile in channels.RATES[registers]
        ),
    ]


class Tiled:
    """The modelled cycles of some divisions of a layer with vectors of positions."""

    def __init__(self, problem: Problem, recipe: TiledRecipe, timings: Sequence[Timing]) -> None:
        grid = np.array([timing.division for timing in timings]).T
        self._model = division.DivisionModel(recipe.plan(*problem), grid, ITEMSIZE, threads=1)

    def cycles(self) -> Array:
        """Return the cycles of each division, with the constants as they are now."""
        return self._model.cycles()


class Channels:
    """The modelled cycles of some divisions of a layer with vectors of channels."""

    def __init__(
        self, problem: Problem, tile: channels.ChannelTile, timings: Sequence[Timing]
    ) -> None:
        sizes, spatial, axes = problem
        counts, outputs = meetings.counts(spatial, axes), meetings.outputs(spatial, axes)
        self._shape = channels.LayerShape(sizes, counts, prod(spatial), outputs, ITEMSIZE)
        self._tile = tile
        self._divisions = [timing.division for timing in timings]

    def cycles(self) -> Array:
        """Return the cycles of each division, with the constants as they are now."""
        return np.array(
            [
                channels.division_cycles(self._shape, self._tile, one, threads=1)
                for one in self._divisions
                if isinstance(one, channels.ChannelDivision)
            ]
        )


def model_of(timings: Sequence[Timing]) -> Tiled | Channels:
    """Return the model of timings of one layer and recipe."""
    problem, recipe = PROBLEMS[timings[0].problem], timings[0].recipe
    if isinstance(recipe, TiledRecipe):
        return Tiled(problem, recipe, timings)
    return Channels(problem, recipe, timings)


class Fit(NamedTuple):
    """Constants, the error of the model as a factor, and how much longer its choices take.

    division_loss: the time of the model's choice of a division, over the fastest one that was
    timed; a geometric mean over layers and recipes. choice_loss: the same for a layer's choice of
    recipe and division.
    """

    values: dict[str, float]
    error: float
    division_loss: float
    choice_loss: float


class Model:
    """The model of all timings, as a function of its constants."""

    def __init__(self, known: Conditions, timings: Sequence[Timing]) -> None:
        groups = [
            list(group) for _, group in groupby(timings, lambda one: (one.problem, one.recipe))
        ]
        self.timings = [timing for group in groups for timing in group]
        self.groups = [model_of(group) for group in groups]
        self.ends = np.cumsum([len(group) for group in groups])
        self.measured = np.log([timing.seconds * known.clock for timing in self.timings])
        self.constants = list_constants(known.registers)

    def log_cycles(self, constants: Array) -> Array:
        """Return the logarithms of all modelled cycles, for constants with these logarithms."""
        for constant, value in zip(self.constants, constants, strict=True):
            constant.set(exp(value))
        cycles = np.concatenate([group.cycles() for group in self.groups])
        logs: Array = np.log(cycles)
        return logs

    def fit(self, start: Array) -> Array:
        """Return the logarithms of the constants that fit the times best."""
        logs = start.copy()
        pull = np.eye(len(start)) * PULL
        for _ in range(STEPS):
            now = self.log_cycles(logs)
            slopes = np.stack([self._slope(logs, at, now) for at in range(len(logs))], -1)
            left = np.concatenate([self.measured - now, PULL * (start - logs)])
            logs = logs + np.linalg.lstsq(np.concatenate([slopes, pull]), left, rcond=None)[0]
        return logs

    def _slope(self, logs: Array, at: int, now: Array) -> Array:
        changed = logs.copy()
        changed[at] += CHANGE
        return (self.log_cycles(changed) - now) / CHANGE

    def judge(self, logs: Array) -> Fit:
        """Return the errors of the model with these constants."""
        modelled = self.log_cycles(logs)
        error = exp(float(np.sqrt(np.mean((self.measured - modelled) ** 2))))
        names = [timing.problem for timing in self.timings]
        layers = np.flatnonzero([a != b for a, b in zip(names, [*names[1:], ""], strict=True)]) + 1
        values = {
            constant.name: exp(value) for constant, value in zip(self.constants, logs, strict=True)
        }
        return Fit(values, error, self._loss(modelled, self.ends), self._loss(modelled, layers))

    def _loss(self, modelled: Array, ends: Array) -> float:
        """Return how much longer the choices take than the fastest, of those up to each end."""
        losses = []
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            times = self.measured[begin:end]
            losses.append(times[np.argmin(modelled[begin:end])] - times.min())
        return exp(float(np.mean(losses)))


@contextmanager
def on_machine(known: Conditions) -> Iterator[None]:
    """Give the model the caches of the machine that was measured, and restore its constants."""
    sizes = {1: known.first_cache, 2: known.second_cache}.__getitem__
    constants = list_constants(known.registers)
    values = [constant.value for constant in constants]
    with patch.object(division, "cache_size", sizes), patch.object(channels, "cache_size", sizes):
        try:
            yield
        finally:
            for constant, value in zip(constants, values, strict=True):
                constant.set(value)


def fit(file: Path = MEASURED) -> tuple[Fit, Fit]:
    """Return the model as it is in the code, and as fitted to the times of a file."""
    known, timings = read(file)
    with on_machine(known):
        model = Model(known, timings)
        start = np.array([log(constant.value) for constant in model.constants])
        return model.judge(start), model.judge(model.fit(start))


def table(now: Fit, fitted: Fit) -> str:
    """Return both models side by side, in Markdown."""
    rows = [("constant", "in the code", "fitted"), ("---",) * 3]
    rows += [
        (f"`{name}`", f"{now.values[name]:.4g}", f"{fitted.values[name]:.4g}")
        for name in now.values
    ]
    for name, title in (
        ("error", "error of a time, as a factor"),
        ("division_loss", "time of the chosen division, over the fastest"),
        ("choice_loss", "time of the chosen recipe and division, over the fastest"),
    ):
        rows.append((title, f"{getattr(now, name):.3f}", f"{getattr(fitted, name):.3f}"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Print the constants of a file of measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=MEASURED)
    print(table(*fit(parser.parse_args().file)))


if __name__ == "__main__":
    main()
