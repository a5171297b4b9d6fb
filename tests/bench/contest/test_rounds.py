"""Engines take turns: the order, and when it ends."""

from __future__ import annotations

from itertools import count

import pytest

from deconvcli.bench.contest.rounds import BURST_SECONDS, MIN_ROUNDS, take_turns


class Machine:
    """A clock that runs while engines compute."""

    def __init__(self) -> None:
        self.time = 100.0
        self.log: list[str] = []


class Engine:
    """A runner whose bursts last `lasts` seconds; it fails after `bursts` of them."""

    def __init__(
        self, machine: Machine, name: str, lasts: float = BURST_SECONDS, bursts: int = 10**6
    ):
        self.machine, self.name, self.lasts, self.left = machine, name, lasts, count(bursts - 1, -1)

    def time_burst(self, seconds: float) -> bool:
        assert seconds == BURST_SECONDS
        self.machine.time += self.lasts
        self.machine.log.append(self.name)
        return next(self.left) > 0


def race(seconds: float, *engines: Engine) -> tuple[list[str], list[float]]:
    """Return the engines in the order of their bursts, and the reported seconds."""
    machine, reported = engines[0].machine, list[float]()
    take_turns(engines, seconds, reported.append, lambda: machine.time)
    return machine.log, reported


def test_one_burst_each_in_turn() -> None:
    machine = Machine()
    log, reported = race(0.09, Engine(machine, "a"), Engine(machine, "b"))
    assert log == ["a", "b"] * 5
    assert reported == pytest.approx([BURST_SECONDS] * 10)


@pytest.mark.parametrize(
    ("seconds", "rounds"), [(0.001, MIN_ROUNDS), (0.09, 5), (0.19, 10), (0.41, 21)]
)
def test_seconds_are_for_each_engine(seconds: float, rounds: int) -> None:
    machine = Machine()
    log, _ = race(seconds, Engine(machine, "a"), Engine(machine, "b"), Engine(machine, "c"))
    assert log.count("b") == rounds


def test_a_slow_engine_has_as_many_rounds_as_the_others() -> None:
    machine = Machine()
    log, _ = race(0.1, Engine(machine, "slow", lasts=2), Engine(machine, "fast"))
    assert log.count("slow") == log.count("fast") == MIN_ROUNDS


def test_a_failed_engine_is_left_out_of_later_rounds() -> None:
    machine = Machine()
    log, _ = race(0.25, Engine(machine, "a", bursts=2), Engine(machine, "b"))
    assert "".join(log) == "abab" + "b" * (len(log) - 4)


def test_it_ends_when_all_engines_have_failed() -> None:
    log, _ = race(0.25, Engine(Machine(), "a", bursts=3))
    assert log == ["a"] * 3
