"""Bars are shown on a terminal only, and only for long work."""

from __future__ import annotations

import atexit
import ctypes
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deconvcli.cli import progress
from deconvcli.cli.progress import bar
from deconvcli.compute.runner import Prepared
from deconvcli.frameworks.request import LayerRequest
from tests.cli.commandline import deconv, saved


class Terminal(io.StringIO):
    """Standard error that people look at."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """No fixture: pytest replaces standard error between a fixture and its test."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_it_appears_after_half_a_second_and_goes(
    monkeypatch: pytest.MonkeyPatch, passed: Callable[[float], None]
) -> None:
    terminal = on_terminal(monkeypatch)
    with bar("computing") as report:
        passed(0.4)
        report(1, 4)
        assert terminal.getvalue() == ""
        passed(0.2)
        report(2, 4)
        assert "computing" in terminal.getvalue()
        assert " 50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # the line is erased


def test_several_bars_count_their_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with progress.progress(4) as add:
        for label, steps in (("torch", 1), ("keras", 3)):
            add(label)(steps)
    lines = re.split(r"[\r\n]+", terminal.getvalue())
    for label, count in (("torch", "1/4"), ("keras", "3/4")):
        assert any(label in line and count in line for line in lines)
    assert terminal.getvalue().endswith("\x1b[2K")  # the lines are erased


def test_it_moves_ten_times_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch, passed: Callable[[float], None]
) -> None:
    terminal = on_terminal(monkeypatch)
    with bar("computing") as report:
        passed(1)
        report(1, 4)
        before = terminal.getvalue()
        passed(0.05)
        report(2, 4)
        assert terminal.getvalue() == before
        passed(0.05)
        report(3, 4)
        assert " 75%" in terminal.getvalue()


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with bar("computing") as report:
        report(1, 1)
    assert terminal.getvalue() == ""


def test_it_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, passed: Callable[[float], None]
) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with bar("computing") as report:
        passed(9)
        report(1, 2)
        assert isinstance(sys.stderr, io.StringIO)
        assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", None)
    with bar("computing") as report:
        report(1, 2)


def test_a_lost_interrupt_is_heard_and_nothing_else_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda ended: lost.append(ended.exc_type))
    called_back = ctypes.CFUNCTYPE(None)  # as by LLVM
    interrupt = called_back(lambda: signal.raise_signal(signal.SIGINT))
    fail = called_back(lambda: [][0])
    with bar("computing") as report:
        report(1, 3)
        interrupt()
        fail()
        with pytest.raises(KeyboardInterrupt):
            report(2, 3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    fail()
    assert lost == [IndexError, IndexError]


def test_somebody_elses_handler_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with bar("computing") as report:
            signal.raise_signal(signal.SIGINT)
            report(1, 1)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, kept)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[int, int]]]:
    """The reports to each bar, by its label."""
    reports: dict[str, list[tuple[int, int]]] = {}
    real = progress._Bar

    class Seen(real):  # type: ignore[misc, valid-type]
        def __init__(self, label: str) -> None:
            super().__init__(label)
            self.list = reports.setdefault(label, [])

        def update(self, done: int, total: int) -> None:
            self.list.append((done, total))

    monkeypatch.setattr(progress, "_Bar", Seen)
    monkeypatch.setattr(progress, "_is_terminal", lambda: True)
    return reports


def test_computing_checking_and_repeating_are_reported(
    seen: dict[str, list[tuple[int, int]]],
) -> None:
    assert deconv("run -q --in 8x8 -k 3 --engine numpy --check --repeat 3").code == 0
    assert list(seen) == ["computing", "repeating", "checking"]
    assert seen["computing"][-1][0] == seen["computing"][-1][1] > 0
    assert seen["repeating"] == [(1, 3), (2, 3), (3, 3)]
    assert seen["checking"][-1] == (100, 100)


def test_blocks_are_reported(
    seen: dict[str, list[tuple[int, int]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("deconvcli.compute.runner.blocks.BLOCK_BYTES", 1)
    saved(Path("x.npy"), np.ones((8, 8), "f4"))
    line = "run -q x.npy -k 3 --engine numpy --mmap --out y.npy"
    assert deconv(line).code == 0
    reports = seen["computing"]
    assert reports == sorted(reports)
    assert reports[-1] == (100, 100)
    assert len({done for done, _ in reports}) > 2


def test_an_engine_is_given_what_moves_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    class Spy(Prepared):
        def __call__(self, x: Any, report: Any = None) -> Any:
            given.append(report)
            return super().__call__(x, report)

    monkeypatch.setattr("deconvcli.compute.runner.prepared.Prepared", Spy)
    assert deconv("run -q --in 8x8 -k 3 --engine numpy --repeat 1").code == 0
    assert callable(given[0])
    assert given[1:] == [None]  # a bar would be timed too


def test_ctrl_c_ends_the_command_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def understand(*anything: Any) -> None:
        raise KeyboardInterrupt

    at_exit: list[tuple[Any, ...]] = []
    monkeypatch.setattr(LayerRequest, "understand", understand)
    monkeypatch.setattr(atexit, "register", lambda *called: at_exit.append(called))
    assert deconv("shape --in 5 -k 3") == (130, "", "\n")
    assert at_exit[-1] == (os._exit, 130)  # which runs first


def test_nothing_of_an_interrupted_process_is_taken_apart(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import atexit, sys\n"
        "from deconvcli.cli import main\n"
        "from deconvcli.frameworks.request import LayerRequest\n"
        "atexit.register(print, 'taken apart')\n"
        "def understand(*given): raise KeyboardInterrupt\n"
        "if sys.argv[1:]: LayerRequest.understand = understand\n"
        "main.main(['shape', '--in', '5', '-k', '3'])\n"
    )
    ended = [
        subprocess.run([sys.executable, script, *more], capture_output=True, text=True)
        for more in ((), ("interrupted",))
    ]
    assert [done.returncode for done in ended] == [0, 130]
    assert ended[0].stdout.endswith("taken apart\n")
    assert ended[1].stdout == ""
