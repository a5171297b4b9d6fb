"""A benchmark from Python: planned, run, and summarized without the command."""

from __future__ import annotations

import pytest

import deconvcli
from deconvcli.bench.contest import rounds
from deconvcli.bench.contest.benchmark import check_timeable, plan_benchmark, run_benchmark
from deconvcli.bench.contest.contest import BenchmarkSettings
from deconvcli.common import memory
from deconvcli.common.errors import OutOfMemory, UsageError
from tests.fakes import agreeable, mistaken

LAYER = deconvcli.layer("torch", input_shape=(1, 2, 5), weight_shape=(2, 3, 4), stride=2)
SETTINGS = BenchmarkSettings(threads=1, seconds=0.001, engine="numpy")


@pytest.mark.usefixtures("fakes_can_be_found")
def test_a_benchmark_is_planned_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BURST_SECONDS", 1e-9)
    plan = plan_benchmark([("a", LAYER)], [agreeable.Agreeable(), mistaken.Mistaken()], SETTINGS)
    assert plan.seconds == pytest.approx(0.001 * 4)
    turns: list[float] = []
    benchmark = run_benchmark(plan, turns.append)
    [result] = benchmark.results
    assert result.best == "torch"
    assert result.outcomes["onnx@onnxruntime"].why.startswith("its values differ")
    assert [one.name for one in benchmark.frameworks] == ["torch", "onnx@onnxruntime"]
    assert set(benchmark.means) == {"torch", "onnx@onnxruntime", "best"}
    assert [finding.code for finding in benchmark.findings] == ["other-values"]
    assert not benchmark.is_right
    assert len(turns) == 4 * rounds.MIN_ROUNDS


def test_layers_that_do_not_fit_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    large = deconvcli.layer("torch", input_shape=(1, 64, 512, 512), weight_shape=(64, 64, 2, 2))
    monkeypatch.setattr(memory, "available_bytes", lambda: 20 << 20)
    plan = plan_benchmark([("small", LAYER), ("large", large)], [], SETTINGS)
    assert [name for name, _ in plan.layers] == ["small"]
    assert [why.split(" needs ")[0] for why in plan.skipped] == ["large"]
    with pytest.raises(OutOfMemory, match=r"large needs .* in 2 processes"):
        plan_benchmark([("large", large)], [], SETTINGS)


def test_a_layer_without_products_is_refused() -> None:
    check_timeable(LAYER)
    empty = deconvcli.layer("torch", input_shape=(0, 2, 5), weight_shape=(2, 3, 4))
    with pytest.raises(UsageError, match="multiplies nothing"):
        check_timeable(empty)
