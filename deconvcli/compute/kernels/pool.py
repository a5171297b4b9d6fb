"""Tasks shared by the calling thread and helpers, which sleep where there is nothing to do.

Nothing is bound to a core. The caller works too, and waits for no helper that has not begun: a busy
or slow machine costs helpers, not answers. For the helpers' last tasks it stays awake for a moment,
since being put to sleep and woken again takes longer than many layers last. A helper that wakes on
the caller's own core is replaced.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from time import perf_counter
from typing import Any

import numpy as np

from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.machine import core
from deconvcli.compute.kernels.watch import watch

AWAKE = 400_000
"""How often the caller looks whether the helpers are done before it sleeps: about 0.2 ms."""
LEAVING = 20_000
"""Looks while the helper that was last lets go of the interpreter: about 0.01 ms."""
STAY = 0.001
"""Seconds in which no helper is replaced again."""


class _Job:
    """Tasks that are taken one by one by every thread that joins."""

    def __init__(self, work: Callable[[Any], object], tasks: Sequence[Any]) -> None:
        self._work = work
        self._tasks = deque(tasks)
        self._total = len(tasks)
        self._state = threading.Condition()
        self._helping = np.zeros(1, np.int64)
        self._closed = False
        self._error: BaseException | None = None
        self.core = core()

    def lead(self, progress: Progress | None) -> None:
        """Work until nothing is left, then wait for those who still do."""
        try:
            for task in self._taken():
                self._work(task)
                if progress is not None:
                    progress(self._total - len(self._tasks), self._total)
        finally:
            self._tasks.clear()
            with self._state:
                self._closed = True
            self._wait()
            del self._work  # its arrays would live until the last helper has looked at the call
        if self._error is not None:
            raise self._error

    def _wait(self) -> None:
        """Until nobody helps any more."""
        if self._helping[0]:
            watch(self._helping, AWAKE, LEAVING)
            with self._state:
                self._state.wait_for(lambda: not self._helping[0])

    def help(self) -> None:
        """Work beside the leader, if there is anything left to do."""
        with self._joined() as joined:
            for task in self._taken() if joined else ():
                self._work(task)

    def _taken(self) -> Iterator[Any]:
        while True:
            try:
                task = self._tasks.popleft()
            except IndexError:
                return
            yield task

    @contextmanager
    def _joined(self) -> Iterator[bool]:
        with self._state:
            joined = not self._closed
            self._helping[0] += joined
        try:
            yield joined
        except BaseException as error:
            self._error = error
            self._tasks.clear()
        finally:
            with self._state:
                self._state.notify_all()
                self._helping[0] -= joined  # last, because the caller may be watching it


_helpers: list[threading.Thread] = []
_calls: SimpleQueue[_Job] = SimpleQueue()
_lock = threading.Lock()
_moved = 0.0


def share(
    work: Callable[[Any], object],
    tasks: Sequence[Any],
    threads: int,
    progress: Progress | None = None,
) -> None:
    """Do work(task) for all tasks on at most `threads` threads, this one among them.

    progress(done, total) is called here between tasks. An error or Ctrl-C drops the tasks that
    wait, and is raised once all others end.
    """
    helpers = min(threads, len(tasks)) - 1
    if helpers < 1:
        _alone(work, tasks, progress)
        return
    job = _Job(work, tasks)
    _have(helpers)
    for _ in range(helpers):
        _calls.put(job)
    job.lead(progress)


def _alone(work: Callable[[Any], object], tasks: Sequence[Any], progress: Progress | None) -> None:
    for done, task in enumerate(tasks, 1):
        work(task)
        if progress is not None:
            progress(done, len(tasks))


def _have(count: int) -> None:
    with _lock:
        while len(_helpers) < count:
            helper = threading.Thread(target=_serve, name="deconv", daemon=True)
            _helpers.append(helper)
            helper.start()


def _serve() -> None:
    """Help with one call after the other, as long as there is a core for it."""
    while _has_helped(_calls.get()):
        pass


def _has_helped(job: _Job) -> bool:
    """False where the scheduler has put us beside the caller: then another helps from now on."""
    if job.core is not None and job.core == core() and _may_move():
        _have_another(job)
        return False
    job.help()
    return True


def _may_move() -> bool:
    """Whether a helper may be replaced again: beside busy cores another would be no better off."""
    global _moved
    now = perf_counter()
    if now - _moved < STAY:
        return False
    _moved = now
    return True


def _have_another(job: _Job) -> None:
    """A helper in place of this one: for a new thread the scheduler looks for an idle core.

    One that is woken it likes to put on the core of whoever woke it, where it only waits.
    """
    helper = threading.Thread(target=_serve_first, args=([job],), name="deconv", daemon=True)
    with _lock:
        _helpers.remove(threading.current_thread())
        _helpers.append(helper)
    helper.start()


def _serve_first(jobs: list[_Job]) -> None:
    jobs.pop().help()
    _serve()


def _forget() -> None:
    """A forked process has none of its parent's threads."""
    global _calls, _lock
    _helpers.clear()
    _calls, _lock = SimpleQueue(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
