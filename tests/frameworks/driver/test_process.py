"""A driver in a process of its own: its output, refusals, crashes, hangs and files."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import deconvcli
from deconvcli.frameworks.driver.base import Case
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from deconvcli.frameworks.driver.process import DriverProcess, NotStarted, Stopped
from tests.fakes import agreeable, broken, frail, wrong

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")


def case(n: int, **params: int) -> Case:
    return Case(params, (1, 2, n), (2, 1, 3), 1)


def test_chatter_does_not_reach_the_answers() -> None:
    with DriverProcess(agreeable.FRAMEWORK) as running:
        answers = [running.ask(case(n, stride=2)) for n in (1, 4)]
        assert running.versions == {"deconvcli": deconvcli.__version__}
    assert [answer["output_shape"] for answer in answers] == [[1, 1, 3], [1, 1, 9]]
    assert all(answer["eof"] for answer in answers)


def test_libraries_receive_their_number_of_threads() -> None:
    with DriverProcess(agreeable.FRAMEWORK, threads=3) as running:
        assert running.ask(case(4))["threads"] == ["3", "3"]


def test_values_have_the_fingerprint_of_the_tables_pattern() -> None:
    with DriverProcess(agreeable.FRAMEWORK) as running:
        answer = running.ask(case(4, stride=2))
    layer = deconvcli.layer("torch", input_shape=(1, 2, 4), weight_shape=(2, 1, 3), stride=2)
    y = deconvcli.run(layer, pattern_input((1, 2, 4)), pattern_weight((2, 1, 3)))
    assert answer["values_sha256"] == fingerprint(y)
    assert fingerprint(y) != fingerprint(y + 1)


def test_an_exception_is_an_answer_with_its_stage() -> None:
    with DriverProcess(wrong.FRAMEWORK) as running:
        error = running.ask(case(3))["error"]
    assert error == {"type": "ValueError", "message": "three\n is too many", "stage": "construct"}


def test_a_crash_costs_one_request() -> None:
    with DriverProcess(frail.FRAMEWORK) as running:
        assert running.ask(case(frail.DIES))["error"] == {
            "type": "ProcessCrash",
            "message": "process ended with 7",
            "stage": "call",
        }
        assert running.ask(case(frail.ANSWERS))["output_shape"] == [1, 1, 5]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_a_process_that_is_gone_before_the_request_is_a_crash_too() -> None:
    with DriverProcess(frail.FRAMEWORK) as running, deadly_sigpipe():
        running.ask(case(frail.ANSWERS))
        process = running._process
        assert process is not None
        process.kill()
        process.wait()
        assert running.ask(case(frail.ANSWERS))["error"]["message"] == "process ended with -9"
        assert "output_shape" in running.ask(case(frail.ANSWERS))


@contextmanager
def deadly_sigpipe() -> Iterator[None]:
    """Let a closed pipe end the process, as our commands do."""
    kept = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, kept)


def test_a_hang_costs_its_time_and_one_request() -> None:
    with DriverProcess(frail.FRAMEWORK, seconds=20) as running:
        running.ask(case(frail.ANSWERS))  # started: what follows is the request's own time
        running._seconds = 0.5
        error = running.ask(case(frail.HANGS))["error"]
        assert (error["type"], error["message"]) == ("ProcessCrash", "no answer within 0.5 s")
        running._seconds = 20
        assert "output_shape" in running.ask(case(frail.ANSWERS))


def test_a_failing_import_is_an_error_with_its_reason() -> None:
    with (
        DriverProcess(broken.FRAMEWORK) as running,
        pytest.raises(NotStarted, match="ImportError: libm"),
    ):
        running.ask(case(3))


def test_the_process_ends_with_its_owner() -> None:
    with DriverProcess(agreeable.FRAMEWORK) as running:
        running.ask(case(3))
        process = running._process
        assert process is not None
        assert process.poll() is None
    assert process.poll() == 0


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows has no such signal")
def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deconvcli.frameworks.driver.process.END_SECONDS", 0.05)
    with DriverProcess(agreeable.FRAMEWORK) as running:
        running.ask(case(3))
        process = running._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
    assert process.poll() == -signal.SIGKILL


def test_a_process_is_stopped_in_the_middle_of_an_answer() -> None:
    with DriverProcess(frail.FRAMEWORK) as running:
        running.ask(case(frail.ANSWERS))
        threading.Timer(0.2, running.stop).start()
        with pytest.raises(Stopped):
            running.ask(case(frail.HANGS))


def test_a_process_that_is_stopped_before_it_starts_never_answers() -> None:
    with DriverProcess(agreeable.FRAMEWORK) as running:
        running.stop()
        with pytest.raises(Stopped):
            running.ask(case(3))
        assert running._process is None


def test_arrays_of_files_take_the_place_of_the_pattern(tmp_path: Path) -> None:
    x = np.arange(8, dtype="float32").reshape(1, 2, 4)
    w = np.ones((2, 1, 3), "float32")
    names = {name: str(tmp_path / f"{name}.npy") for name in ("x", "weight", "out")}
    np.save(names["x"], x)
    np.save(names["weight"], w)
    with DriverProcess(agreeable.FRAMEWORK) as running:
        answer = running.ask(case(4, stride=2), **names)
    layer = deconvcli.layer("torch", input_shape=x.shape, weight_shape=w.shape, stride=2)
    np.testing.assert_array_equal(np.load(names["out"]), deconvcli.run(layer, x, w))
    assert (answer["output_shape"], "values_sha256" in answer) == ([1, 1, 9], False)
