"""Each task is done once, by any thread that has time, and no busy thread is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deconvcli.compute.kernels import pool

ROOT = Path(__file__).parents[3]
SOON = 20.0
"""Seconds after which a test gives up; a busy machine may need some of them."""


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_every_task_is_done_once(threads: int, count: int) -> None:
    done: list[int] = []
    pool.share(done.append, range(count), threads)
    assert sorted(done) == list(range(count))


def test_helpers_help() -> None:
    both = threading.Barrier(2, timeout=SOON)
    workers = set[int]()

    def meet(_: int) -> None:
        both.wait()
        workers.add(threading.get_ident())

    pool.share(meet, range(2), 2)
    assert threading.get_ident() in workers
    assert len(workers) == 2


def test_one_thread_works_alone() -> None:
    workers = set[int]()
    pool.share(lambda _: workers.add(threading.get_ident()), range(50), 1)
    assert workers == {threading.get_ident()}


@pytest.mark.parametrize("fails", ["caller", "helper"])
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_drops_what_waits_and_is_raised_when_the_others_have_ended(
    error: type[BaseException], fails: str
) -> None:
    both, caller = threading.Barrier(2, timeout=SOON), threading.get_ident()
    begun, ended = list[int](), list[int]()

    def work(task: int) -> None:
        begun.append(task)
        if task < 2:
            both.wait()
            if (threading.get_ident() == caller) == (fails == "caller"):
                ended.append(task)
                raise error
        time.sleep(0.01)
        ended.append(task)

    with pytest.raises(error):
        pool.share(work, range(2000), 2)
    assert sorted(begun) == sorted(ended)
    assert len(begun) < 1000


def test_ctrl_c_ends_the_job_between_tasks() -> None:
    done: list[int] = []

    def work(task: int) -> None:
        done.append(task)
        if task == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        pool.share(work, range(2000), 1)
    assert done == [0, 1, 2, 3]


def test_an_error_in_progress_ends_the_job() -> None:
    done: list[int] = []

    def report(_: int, __: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pool.share(done.append, range(2000), 1, report)
    assert done == [0]


def test_progress_rises_on_the_calling_thread() -> None:
    reports: list[tuple[int, int, int]] = []
    pool.share(
        lambda _: time.sleep(0.001),
        range(60),
        3,
        lambda done, total: reports.append((done, total, threading.get_ident())),
    )
    numbers = [done for done, _, _ in reports]
    assert numbers == sorted(set(numbers))
    assert 1 <= numbers[0] <= numbers[-1] <= 60
    assert {(total, thread) for _, total, thread in reports} == {(60, threading.get_ident())}


def test_without_helpers_progress_ends_at_all() -> None:
    reports: list[tuple[int, int]] = []
    pool.share(lambda _: None, range(3), 1, lambda done, total: reports.append((done, total)))
    assert reports == [(1, 3), (2, 3), (3, 3)]


def test_two_callers_at_once_have_their_own_tasks() -> None:
    def call(name: str) -> Counter[tuple[str, int]]:
        done: list[tuple[str, int]] = []
        for _ in range(30):
            pool.share(lambda task: done.append((name, task)), range(20), 3)
        return Counter(done)

    with ThreadPoolExecutor(2) as callers:
        for name, done in zip("ab", callers.map(call, "ab"), strict=True):
            assert done == Counter({(name, task): 30 for task in range(20)})


def test_a_busy_helper_is_not_waited_for() -> None:
    everyone = len(pool._helpers) + 2
    all_busy, free = threading.Barrier(everyone + 1, timeout=SOON), threading.Event()
    freed: list[bool] = []

    def block(_: int) -> None:
        all_busy.wait()
        freed.append(free.wait(SOON))

    other = threading.Thread(target=lambda: pool.share(block, range(everyone), everyone))
    other.start()
    all_busy.wait()
    done: list[int] = []
    pool.share(done.append, range(5), 2)
    forgotten = is_forgotten()
    free.set()
    other.join()
    assert freed == [True] * everyone
    assert done == [0, 1, 2, 3, 4]
    assert forgotten


def is_forgotten() -> bool:
    """Whether no thread keeps a job, with all its arrays, after its end."""

    class Work:
        def __call__(self, task: int) -> None:
            time.sleep(0.001)

    work = Work()
    pool.share(work, range(10), 3)
    alive = weakref.ref(work)
    del work
    return alive() is None


def test_a_job_that_is_done_is_forgotten() -> None:
    assert is_forgotten()


def test_nothing_runs_where_there_is_nothing_to_do() -> None:
    pool.share(lambda _: time.sleep(0.001), range(20), 3)
    time.sleep(0.05)
    before = time.process_time()
    time.sleep(0.3)
    assert time.process_time() - before < 0.03


FORK = """
import os, threading
from deconvcli.compute.kernels import pool

def both_work():
    both = threading.Barrier(2, timeout=20)
    pool.share(lambda task: both.wait(), range(2), 2)

both_work()
child = os.fork()
both_work()
if child:
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_forked_process_has_helpers_of_its_own() -> None:
    # Python 3.12 warns of every fork beside threads.
    command = [sys.executable, "-W", "ignore", "-c", FORK]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("0\n", "")
