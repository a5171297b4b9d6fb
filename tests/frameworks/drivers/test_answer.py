"""Requests for times: calls fill a burst, and the fastest of them is reported."""

from __future__ import annotations

import time

import pytest

from deconvcli.frameworks.driver.base import function_parameters, to_tuples
from deconvcli.frameworks.drivers import _answer
from deconvcli.frameworks.drivers._answer import (
    IDLE_TIMEOUT,
    MIN_CALLS,
    Answerer,
    time_calls,
    wait_until_idle,
)
from tests.fakes import choosy
from tests.fakes.agreeable import FRAMEWORK

CASE = {"params": {}, "input_shape": [1, 2, 5], "weight_shape": [2, 1, 3]}


def test_a_prepared_layer_answers_with_its_values_and_then_with_times() -> None:
    answerer = Answerer(FRAMEWORK)
    answer = answerer.answer({**CASE, "threads": 1})
    assert answer["values_sha256"] == answerer.answer(CASE | {"threads": 2})["values_sha256"]
    assert 0 < answerer.answer({"burst": 1e-9})["fastest"] < 10


def test_nothing_is_timed_that_is_not_prepared() -> None:
    answerer = Answerer(choosy.FRAMEWORK)
    assert "error" in answerer.answer({"burst": 1e-9})
    assert "error" not in answerer.answer({**CASE, "threads": 1})
    refused = answerer.answer({**CASE, "weight_shape": [2, 1, 4], "threads": 1})
    assert refused["error"]["message"] == "a kernel has a middle"
    assert "error" in answerer.answer({"burst": 1e-9})


def test_lists_at_every_depth_become_tuples() -> None:
    assert to_tuples([1, [[2], (3,)], "ab"]) == (1, ((2,), (3,)), "ab")


def test_a_burst_has_a_warm_call_however_short_it_is() -> None:
    calls: list[int] = []
    time_calls(lambda: calls.append(1), 1e-12)
    assert calls == [1] * MIN_CALLS


def test_the_fastest_call_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now, lasts = 0.0, iter([0.5, 0.25, 0.75, 9.0])

    def step() -> None:
        nonlocal now
        now += next(lasts)

    monkeypatch.setattr("deconvcli.frameworks.drivers._answer.perf_counter", lambda: now)
    assert time_calls(step, 1.0) == 0.25
    assert next(lasts) == 9.0


def test_a_call_lasts_as_long_as_the_clock_says() -> None:
    assert time_calls(lambda: time.sleep(0.01), 1e-9) >= 0.01


class Threads:
    """A process whose threads turn until a time of its own clock."""

    def __init__(self, until: float, share: float = 1.0) -> None:
        self.now, self.used, self.until, self.share = 0.0, 0.0, until, share

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.used += self.share * seconds * (self.now < self.until)


@pytest.mark.parametrize(
    ("threads", "rested"),
    [
        (Threads(0), 0),
        (Threads(0.055), 0.055),
        (Threads(1e9, share=0.05), 0),
        (Threads(1e9), IDLE_TIMEOUT),
    ],
    ids=["asleep", "ONNX Runtime", "a little", "for ever"],
)
def test_a_process_rests_until_its_threads_do(
    threads: Threads, rested: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_answer, "perf_counter", lambda: threads.now)
    monkeypatch.setattr(_answer, "process_time", lambda: threads.used)
    monkeypatch.setattr(_answer, "sleep", threads.sleep)
    wait_until_idle()
    assert threads.now == pytest.approx(rested, abs=3 * _answer.IDLE_CHECK_SECONDS)


def test_words_that_only_a_module_takes() -> None:
    words = {"in_channels": 4, "out_channels": 2, "kernel_size": [3], "stride": [2], "groups": 1}
    assert function_parameters(words) == {"stride": [2], "groups": 1}
