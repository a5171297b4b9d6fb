"""Threads that wait, and Ctrl-C at the worst moment."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from deconvcli.common.threads import map_in_threads

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_results_are_in_order(threads: int) -> None:
    def wait(number: int) -> int:
        time.sleep(0.01 * (5 - number))
        return number * number

    assert map_in_threads(wait, range(5), threads) == [0, 1, 4, 9, 16]


def test_nothing_to_do() -> None:
    assert map_in_threads(abs, [], 2) == []


def test_at_most_this_number_at_once() -> None:
    both = threading.Barrier(2, timeout=10)
    assert map_in_threads(lambda _: both.wait() < 2, range(6), 2) == [True] * 6
    with pytest.raises(threading.BrokenBarrierError):
        map_in_threads(threading.Barrier(2, timeout=0.1).wait, [None, None], 1)


def test_an_error_is_raised_at_once() -> None:
    forever = threading.Event()

    def fail(number: int) -> None:
        if number:
            raise LookupError(number)
        forever.wait()

    with pytest.raises(LookupError, match="1"):
        map_in_threads(fail, [0, 1, 2], 2)
    forever.set()


@POSIX
def test_a_signal_that_wakes_nobody_is_noticed() -> None:
    """The signal goes to the thread that works, as if it had come just before the wait."""
    script = """
import signal, threading, time
from deconvcli.common.threads import map_in_threads

def work(_):
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    time.sleep(60)

try:
    map_in_threads(work, [0], 1)
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "interrupted\n"
