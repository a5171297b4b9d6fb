"""The promises of the Numba engine besides correct sums: bits, threads and memory."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from deconvcli.compute.kernels import choice, engine, reference, scatter, stream
from deconvcli.compute.kernels.engine import Step
from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.stream import Budget
from deconvcli.compute.kernels.tiled import division, work
from tests.compute.kernels.test_engines import Layer

needs_compilation = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="takes minutes in plain Python"
)
LARGE = Layer(2, 24, 10, 2, (30, 41), ((4, 2, 1, 1, 1), (5, 2, 1, 2, 1)), seed=1)


@pytest.fixture
def _one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every layer the recipe of small ones: each other takes a second to compile."""
    monkeypatch.setattr(choice, "MIN_GAIN_CYCLES", np.inf)


def step_of(layer: Layer, threads: int = 1) -> tuple[Step, Array]:
    """Return a prepared layer and its input, both of floats."""
    x, w, bias = layer.arrays("float32", "floats")
    return engine.prepare(w, bias, layer.axes, layer.groups, x.shape, threads), x


@needs_compilation
@pytest.mark.usefixtures("_one_kernel")
def test_threads_and_repetition_do_not_change_a_bit() -> None:
    step, x = step_of(LARGE)
    expected = step(x)
    for threads in (1, 2, 3, 5):
        step, _ = step_of(LARGE, threads)
        layer, _ = step._plan(x.shape, LARGE.axes)
        assert len(layer.tasks) >= threads
        for _ in range(3):
            np.testing.assert_array_equal(step(x), expected, strict=True)


@needs_compilation
@pytest.mark.usefixtures("_one_kernel")
def test_one_step_serves_two_threads_at_once() -> None:
    step, x = step_of(LARGE, threads=2)
    inputs = [x, x[::-1], x[:1]]
    expected = [step(one) for one in inputs]
    with ThreadPoolExecutor(3) as callers:
        for _ in range(10):
            for y, right in zip(callers.map(step, inputs), expected, strict=True):
                np.testing.assert_array_equal(y, right, strict=True)


@needs_compilation
@pytest.mark.usefixtures("_one_kernel")
def test_progress_comes_between_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "MAX_TASK_CYCLES", 1e5)
    step, x = step_of(LARGE)
    reports: list[tuple[int, int]] = []
    step(x, progress=lambda done, total: reports.append((done, total)))
    total = len(reports)
    assert total > 8
    assert reports == [(done, total) for done in range(1, total + 1)]


POINTS = [
    Layer(3, 8, 40, 1, (4,), ((3, 3, 1, 0, 0),), seed=1),
    Layer(3, 8, 40, 1, (1,), ((3, 3, 1, 0, -1),), seed=2),
    Layer(2, 5, 8, 2, (2, 3), ((4, 2, 1, 1, 1), (5, 3, 1, 0, 0)), seed=3),
]


@pytest.mark.parametrize("layer", POINTS)
@pytest.mark.parametrize("budget", [1, 600, 4000])
def test_a_block_of_one_position_has_the_bits_of_the_whole(layer: Layer, budget: int) -> None:
    step, x = step_of(layer)
    whole = step(x)
    y = np.full_like(whole, np.nan)
    stream.stream(step, x, y, layer.axes, Budget(budget, 4, 4), np.float32)
    np.testing.assert_array_equal(y, whole)


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("axis", [(9, 2, 0, 0, 0), (9, 1, 0, -1, 0), (9, 3, 0, 1, -2)])
def test_taps_may_all_lie_on_one_place(n: int, axis: AxisNumbers) -> None:
    layer = Layer(2, 3, 8, 1, (n, 1), (axis, (1, 1, 1, 0, 0)), seed=1)
    arguments = (*layer.arrays("float32"), layer.axes, 1)
    expected = reference.transposed_convolution(*arguments)
    np.testing.assert_array_equal(engine.transposed_convolution(*arguments), expected)


@pytest.mark.usefixtures("_one_kernel")
@pytest.mark.parametrize("once", [False, True])
def test_large_weights_are_kept_packed_unless_they_are_used_once(
    once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_ONCE_PACKED_BYTES", 0)
    x, w, bias = LARGE.arrays("float32")
    step = engine.prepare(w, bias, LARGE.axes, LARGE.groups, x.shape, 1, once)
    [weights] = step._packed.values()
    assert (weights._packed is None) == once
    expected = scatter.transposed_convolution(x, w, bias, LARGE.axes, LARGE.groups)
    np.testing.assert_array_equal(step(x), expected)


@pytest.mark.usefixtures("_one_kernel")
def test_axes_of_one_input_and_one_tap_cost_nothing() -> None:
    axis = (4, 2, 1, 1, 1)
    flat = Layer(2, 3, 4, 1, (9,), (axis,), seed=1)
    point, none = (1, 2, 3, 0, 0), (1, 2, 3, 0, -1)
    for sizes, axes in (((1, 9, 1), (point, axis, point)), ((9, 1), (axis, point))):
        layer = flat._replace(sizes=sizes, axes=axes)
        x, w, bias = layer.arrays("float32")
        step = Step(w, bias, axes, 1, x.shape, 1)
        planned, _ = step._plan(x.shape, axes)
        assert isinstance(planned, work.TiledWork)
        assert [line.n for line in planned.plan.lines] == [9]
        expected = reference.transposed_convolution(x, w, bias, axes, 1)
        np.testing.assert_array_equal(step(x), expected)
        # Another size or crop, and all of its axes count.
        for n, other in ((2, axes[-1]), (1, none if axes[-1] is point else axis)):
            more, given = (*axes[:-1], other), np.repeat(x, n, axis=-1)
            expected = reference.transposed_convolution(given, w, bias, more, 1)
            np.testing.assert_array_equal(step(given, more), expected)
    x, w, bias = Layer(1, 2, 3, 1, (1, 1), (point, point), seed=1).arrays("float32")
    y = Step(w, bias, (point, point), 1, x.shape, 1)(x)
    np.testing.assert_array_equal(y, reference.transposed_convolution(x, w, bias, (point,) * 2, 1))


def test_inputs_of_many_sizes_are_taken_and_few_are_remembered() -> None:
    layer = Layer(1, 2, 3, 1, (3,), ((3, 2, 1, 1, 0),), seed=1)
    _, w, bias = layer.arrays("float32")
    step = engine.prepare(w, bias, layer.axes, 1, (1, 2, 3), 1)
    for n in [*range(1, 20), *range(1, 20)]:
        x, _, _ = layer._replace(sizes=(n,)).arrays("float32")
        expected = reference.transposed_convolution(x, w, bias, layer.axes, 1)
        np.testing.assert_array_equal(step(x), expected)
    assert len(step._ways) == engine.MAX_KEPT_LAYERS


def test_layers_of_too_many_phases_are_computed_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    layer = Layer(1, 2, 1, 1, (2, 3), ((2, 70, 1, 0, 0), (2, 70, 1, 0, 0)), seed=1)
    arguments = (*layer.arrays("float32"), layer.axes, 1)
    expected = scatter.transposed_convolution(*arguments)

    def compute(*arguments: object) -> Array:
        calls.append(arguments)
        return expected

    monkeypatch.setattr(scatter, "transposed_convolution", compute)
    assert engine.transposed_convolution(*arguments) is expected
    assert len(calls) == 1


FOOTPRINTS = {
    "long input": Layer(1, 1, 1, 1, (1_500_000,), ((3, 2, 1, 0, 0),), seed=1),
    "huge stride": Layer(1, 8, 1, 1, (200_000,), ((11, 40, 1, 0, 0),), seed=2),
    "many images": Layer(30_000, 9, 2, 1, (3, 3), ((2, 2, 1, 0, 0),) * 2, seed=3),
    "large weights": Layer(1, 1024, 512, 1, (4, 4), ((4, 2, 1, 1, 1),) * 2, seed=4),
    "one position": Layer(1, 512, 512, 1, (1, 1), ((6, 1, 1, 0, 0),) * 2, seed=5),
}


@needs_compilation
@pytest.mark.usefixtures("_one_kernel")
@pytest.mark.parametrize("name", FOOTPRINTS)
def test_memory_beside_the_arrays_is_bounded(name: str) -> None:
    layer = FOOTPRINTS[name]
    x, w, bias = (np.zeros(a.shape, np.float32) for a in layer.arrays("float32"))
    run = partial(engine.transposed_convolution, x, w, bias, layer.axes, 1, 2)
    output = run().nbytes  # compiles, too
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - output <= x.nbytes + (64 << 20)


@needs_compilation
def test_steps_of_one_geometry_share_their_tables_and_not_their_weights() -> None:
    x, w, bias = LARGE.arrays("float32")
    one, other = (Step(weight, bias, LARGE.axes, LARGE.groups, x.shape, 1) for weight in (w, 2 * w))
    (layer, packed), (same, others) = (step._plan(x.shape, LARGE.axes) for step in (one, other))
    assert layer is same
    assert packed is not others
    expected = scatter.transposed_convolution(x, 2 * w, bias, LARGE.axes, LARGE.groups)
    np.testing.assert_allclose(other(x), expected, rtol=1e-3, atol=1e-3)
