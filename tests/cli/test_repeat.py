"""`deconv run` reports time and speed: one call on standard error, --repeat in the report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deconvcli.cli.running import timing
from deconvcli.compute.kernels import limit
from deconvcli.compute.runner import Prepared
from tests.cli.commandline import deconv, rows

LINE = "run --in 4x5 -k 3 --in-channels 2 --engine numpy"
# A multiplication and an addition for each channel, input and tap.
FLOP = 2 * 2 * (4 * 5) * (3 * 3)


def clock(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    """Make calls take this long."""
    ticks = [tick for passed in seconds for tick in (0.0, passed)]
    monkeypatch.setattr(timing, "perf_counter", iter(ticks).__next__)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The number types and threads whose limit was requested; the limit is 720 kFLOP/s."""
    requested: list[tuple[str, int]] = []

    def flops(dtype: str, threads: int) -> float:
        requested.append((dtype, threads))
        return FLOP * 1000.0

    monkeypatch.setattr(limit, "flops", flops)
    return requested


def test_one_call_is_reported_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, limits: list[Any]
) -> None:
    clock(monkeypatch, 0.0045)
    done = deconv(LINE)
    assert done.err == "computed in 4.50 ms, 0.000160 GFLOP/s\n"
    assert not {"time", "speed"} & set(rows(done.out))
    assert limits == []


def test_compilation_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 2)
    done = deconv(LINE.replace("numpy", "numba"))
    assert "computed in 2.00 s, 3.60e-07 GFLOP/s, compilation included; --repeat 10" in done.err


def test_repeated_calls_are_reported(
    monkeypatch: pytest.MonkeyPatch, limits: list[tuple[str, int]]
) -> None:
    clock(monkeypatch, 7, 0.003, 0.0021, 0.01234)
    done = deconv(f"{LINE} --repeat 3 --threads 2")
    printed = rows(done.out)
    assert printed["time"] == "median 3.00 ms, 2.10 to 12.3 (3 times)"
    assert printed["speed"] == (
        "0.000240 GFLOP/s, 33 % of this machine's 0.000720 GFLOP/s (2 threads, float32)"
    )
    assert "first call: 7.00 s" in done.err
    assert limits == [("float32", 2)]


def test_float16_is_measured_by_what_it_is_computed_with(
    limits: list[tuple[str, int]],
) -> None:
    printed = rows(deconv(f"{LINE} --repeat 1 --threads 1 --dtype float16").out)
    assert printed["time"].endswith("(1 time)")
    assert printed["speed"].endswith("GFLOP/s (1 thread, float32)")
    assert limits == [("float32", 1)]


def test_a_limit_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "flops", lambda dtype, threads: 0.0)
    printed = rows(deconv(f"{LINE} --repeat 2").out)
    assert printed["speed"].endswith("GFLOP/s, of a limit that cannot be measured here")
    printed = json.loads(deconv(f"{LINE} --repeat 2 --format json").out)
    assert (printed["timing"]["limit_gflops"], printed["timing"]["share"]) == (None, None)


def test_it_calls_once_more_than_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    class Counted(Prepared):
        def __call__(self, *given: Any) -> Any:
            calls.append(given)
            return super().__call__(*given)

    monkeypatch.setattr("deconvcli.compute.runner.prepared.Prepared", Counted)
    assert deconv(f"{LINE} --repeat 4").code == 0
    assert len(calls) == 5


def test_json_always_has_the_time(monkeypatch: pytest.MonkeyPatch, limits: list[Any]) -> None:
    clock(monkeypatch, 0.5)
    once = json.loads(deconv(f"{LINE} --format json").out)["timing"]
    assert once == {
        "seconds": 0.5,
        "fastest": 0.5,
        "slowest": 0.5,
        "repeat": None,
        "compilation": False,
        "gflops": FLOP / 0.5e9,
        "limit_gflops": None,
        "share": None,
    }
    clock(monkeypatch, 9, 0.001, 0.004)
    twice = json.loads(deconv(f"{LINE} --format json --repeat 2").out)["timing"]
    assert (twice["seconds"], twice["fastest"], twice["slowest"]) == (0.0025, 0.001, 0.004)
    assert (twice["repeat"], twice["limit_gflops"]) == (2, FLOP / 1e6)
    assert twice["share"] == pytest.approx(0.4)


def test_quiet_is_quiet(limits: list[Any]) -> None:
    assert deconv(f"{LINE} -q --repeat 2") == (0, "6x7\n", "")


@pytest.mark.parametrize(
    ("number", "text"),
    [(1234567, "1,234,567"), (999.6, "1,000"), (352.4, "352"), (3.5, "3.50"), (0.01234, "0.0123")],
)
def test_three_digits(number: float, text: str) -> None:
    assert timing._format_digits(number) == text
