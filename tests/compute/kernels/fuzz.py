"""Random layers on the Numba engine: `python -m tests.compute.kernels.fuzz --n 10000 --seed 0`.

Each layer is computed on integers, where every sum must be exact; on floats, which bound.py checks;
and on floats once more in blocks, where every bit must be the same. Some are also divided at random
in guarded memory. Layer i depends on the seed and i alone: `--first i --n 1` repeats it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from math import inf, prod
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from deconvcli.compute.kernels import bound, choice, engine, scatter
from deconvcli.compute.kernels.channels import work
from deconvcli.compute.kernels.channels.plan import RATES, ChannelTile
from deconvcli.compute.kernels.channels.recipe import ChannelRecipe
from deconvcli.compute.kernels.machine import Machine, machine
from deconvcli.compute.kernels.reference import Array, AxisNumbers, accumulator, output_size
from deconvcli.compute.kernels.stream import Budget, stream
from deconvcli.compute.kernels.tiled import division
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.recipe import recipes
from tests.compute.kernels.planning import forget
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import compute_layer, plan_layer, sizes_of

MACHINES = {128: Machine(128, 32), 256: Machine(256, 16), 512: Machine(512, 32)}
"""Machines by the bits of a vector; LLVM emulates vectors that this processor does not have."""
LONGEST = {1: (300, 20), 2: (24, 7), 3: (9, 4)}
"""The largest size and kernel, by rank."""
PRODUCTS = 4e6
"""Products of a case; with more, checks only take longer."""
FEW = [(4, 2), (3, 1), (2, 2), (3, 3)]
"""(kernel, stride) of layers that are cut like large ones: each has kernels to compile."""
TASK = 3000
"""Cycles of a task, so few that small layers have many tasks."""


class Case(NamedTuple):
    """A layer and how it is computed: is_large means by the recipe that a large one would have.

    by_channels: by vectors of output channels, whatever that costs.
    """

    layer: Layer
    dtype: str
    has_bias: bool
    threads: int
    budget: int
    is_large: bool
    by_channels: bool
    is_guarded: bool

    @property
    def kind(self) -> str:
        """The way it is computed: vectors of channels, tiles of one or any recipe, or NumPy."""
        layer = self.layer
        strides, dilations = zip(*(axis[1:3] for axis in layer.axes), strict=True)
        empty = layer.batch == 0 or min(outputs(layer)) == 0
        if empty or min(dilations) == 0 or prod(strides) > engine.MAX_PHASES:
            return "numpy"
        if self.by_channels:
            return "channels"
        return "any recipe" if self.is_large else "one recipe"


class Draw:
    """The random choices of one case."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = np.random.default_rng([seed, number])

    def between(self, low: int, high: int) -> int:
        """Draw from low ... high; low if high is smaller."""
        return int(self._rng.integers(low, max(low, high) + 1))

    def up_to(self, most: int) -> int:
        """Draw from 1 ... most, as often below the root of `most` as above."""
        return min(most, int((most + 1) ** self._rng.random()))

    def one_of(self, values: list[Any]) -> Any:
        """Draw one of these."""
        return values[self.between(0, len(values) - 1)]

    def happens(self, share: float) -> bool:
        """Return True with this probability."""
        return bool(self._rng.random() < share)

    def case(self) -> Case:
        """Draw a case that is small enough for a quick check."""
        is_large = self.happens(0.3)
        layer = self._layer(is_large)
        while products(layer) > PRODUCTS:
            layer = self._layer(is_large)
        dtype = self.one_of(["float16", "float32", "float32", "float64"])
        has_bias, threads, budget = self.happens(0.9), self.between(1, 3), self.up_to(1 << 18)
        by_channels = not is_large and self.happens(0.4)
        case = Case(layer, dtype, has_bias, threads, budget, is_large, by_channels, False)
        tiled = dtype != "float16" and has_bias and case.kind.endswith("recipe")
        return case._replace(is_guarded=tiled and self.happens(0.4))

    def _layer(self, is_large: bool) -> Layer:
        rank = self.between(1, 3)
        pick = self._few if is_large else self._any
        axes = [pick(rank) for _ in range(rank)]
        most = LONGEST[rank][0]
        sizes = [1 if self.happens(0.1) else self.between(1, most) for _ in axes]
        if self.happens(0.05):
            sizes = [1] * rank
        outputs, inputs, groups = self.up_to(48), self.up_to(48), self.up_to(3)
        if self.happens(0.15):
            outputs, inputs, groups = 1, 1, self.up_to(20)
        batch = 0 if self.happens(0.01) else self.up_to(5)
        least = 0 if self.happens(0.02) else 1
        axes = [crop(n, axis, least) for n, axis in zip(sizes, axes, strict=True)]
        seed = self.between(0, 1 << 30)
        return Layer(batch, inputs, outputs, groups, tuple(sizes), tuple(axes), seed)

    def _any(self, rank: int) -> AxisNumbers:
        kernel, stride, dilation = self.up_to(LONGEST[rank][1]), self.up_to(20), self.up_to(4)
        if self.happens(0.03):
            stride = self.between(1, 400)
        if self.happens(0.02):
            dilation = self.one_of([0, 50])
        reach = stride + dilation * (kernel - 1)
        begin, end = (self.between(-5, self.one_of([2, reach, 2 * reach])) for _ in range(2))
        return kernel, stride, dilation, begin, end

    def _few(self, rank: int) -> AxisNumbers:
        kernel, stride = self.one_of(FEW)
        return kernel, stride, 1, self.between(0, 1), self.between(-1, 1)


def crop(n: int, axis: AxisNumbers, least: int) -> AxisNumbers:
    """Return the axis, cropped less if fewer than `least` outputs would be left."""
    begin = min(axis[3], output_size(n, (*axis[:3], 0, 0)) - least)
    return *axis[:3], begin, min(axis[4], output_size(n, (*axis[:3], begin, 0)) - least)


def outputs(layer: Layer) -> list[int]:
    """Return the sizes of its output."""
    return [output_size(n, axis) for n, axis in zip(layer.sizes, layer.axes, strict=True)]


def products(layer: Layer) -> int:
    """Return the products of the full scatter, or the outputs if these are more."""
    channels = layer.batch * layer.groups * layer.outputs
    taps = prod(axis[0] for axis in layer.axes) * layer.inputs
    return channels * max(prod(layer.sizes) * taps, prod(outputs(layer)))


def complaints(case: Case) -> Iterator[str]:
    """List the errors of the engine's results."""
    layer = case.layer
    integers, floats = (arrays(case, fill) for fill in ("integers", "floats"))
    exact = scatter.transposed_convolution(*integers, layer.axes, layer.groups)
    if not np.array_equal(compute_in_blocks(case, *integers), exact):
        yield "integers are not exact"
    if case.is_guarded and not np.array_equal(compute_guarded(case), exact):
        yield "integers are not exact in guarded memory"
    y = compute_in_blocks(case, *floats)
    agreement = bound.check(y, *floats, layer.axes, layer.groups)
    if not agreement.agrees:
        yield f"floats: {agreement}"
    if case.kind != "numpy" and not np.array_equal(in_blocks(case, *floats), y):
        yield "floats have other bits in blocks"


def arrays(case: Case, fill: str) -> tuple[Array, Array, Array | None]:
    """Return x, w and bias."""
    x, w, bias = case.layer.arrays(case.dtype, fill)
    return x, w, bias if case.has_bias else None


def compute_in_blocks(case: Case, x: Array, w: Array, bias: Array | None) -> Array:
    """Compute y with the engine."""
    layer = case.layer
    return engine.transposed_convolution(x, w, bias, layer.axes, layer.groups, case.threads)


def in_blocks(case: Case, x: Array, w: Array, bias: Array | None) -> Array:
    """Compute y with the engine, block by block."""
    layer = case.layer
    step = engine.prepare(w, bias, layer.axes, layer.groups, x.shape, case.threads)
    y = np.full((layer.batch, layer.groups * layer.outputs, *outputs(layer)), np.nan, x.dtype)
    budget = Budget(max(case.budget, y.nbytes // 50), 4, 4)
    stream(step, x, y, layer.axes, budget, accumulator(x.dtype))
    return y


def compute_guarded(case: Case) -> Array:
    """Compute y of integers by the recipe of small layers, in guarded memory."""
    layer, draw = case.layer, np.random.default_rng(case.layer.seed)
    itemsize = np.dtype(case.dtype).itemsize
    first = next(recipes(sizes_of(layer), layer.sizes, layer.axes, machine(), itemsize))
    recipe = first._replace(woven=False, copied=bool(draw.integers(2)))
    plan = plan_layer(layer, recipe)
    most = (plan.rows, plan.last.size, plan.units, layer.inputs, plan.units)
    division = Division(*(int(draw.integers(1, size + 1)) for size in most))
    x, w, bias = layer.arrays(case.dtype)
    return compute_layer(layer, recipe, (x, w, bias), division, front=bool(draw.integers(2)))


def find_errors(case: Case, known: Machine) -> list[str]:
    """List the errors of a case on such a machine."""
    gain = 0 if case.is_large else inf
    chosen = patch.multiple(choice, MIN_GAIN_CYCLES=gain, machine=lambda: known)
    if case.by_channels:
        rows, vectors = Draw(case.layer.seed, 0).one_of(list(RATES[known.registers]))
        tile = ChannelTile(rows, vectors, known.lanes(accumulator(np.dtype(case.dtype)).itemsize))
        chosen = patch.object(engine, "_choose", lambda *_: ChannelRecipe(tile))
    in_place = patch.object(work, "MAX_IN_PLACE_INPUTS", inf if case.layer.seed % 2 else 0)
    forget()
    with chosen, in_place, patch.object(division, "MAX_TASK_CYCLES", TASK):
        return list(complaints(case))


def main(arguments: list[str]) -> int:
    """Check `--n` cases and print their errors; return 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m tests.compute.kernels.fuzz")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--bits", type=int, choices=MACHINES, help="vectors of another machine")
    given = parser.parse_args(arguments)
    known = MACHINES[given.bits] if given.bits else machine()
    kinds, bad, start = Counter[str](), 0, time.monotonic()
    for number in range(given.first, given.first + given.n):
        case = Draw(given.seed, number).case()
        kinds.update([case.kind, case.dtype, *["guarded"] * case.is_guarded])
        found = find_errors(case, known)
        bad += bool(found)
        for complaint in found:
            print(f"{number}: {complaint}: {case}", flush=True)
    seconds = time.monotonic() - start
    print(f"{given.n} layers on {known}, {seconds:.0f} s, {bad} bad: {dict(kinds)}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
