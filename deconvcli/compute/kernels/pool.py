"""Tasks shared by the calling thread and helper threads that sleep between calls.

No thread is bound to a core. The caller works too and never waits for a helper that has not begun,
so a busy machine costs help, not the result. While helpers finish their last tasks the caller
stays awake for a moment, because sleeping and waking up takes longer than many layers do.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

import numpy as np

from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.watch import watch

T = TypeVar("T")

MAX_LOOKS = 400_000
"""Times that the caller checks for the helpers' end before it sleeps: about 0.2 ms."""
LOOKS_AFTER = 20_000
"""Reads after that, about 0.01 ms, in which the last helper releases the interpreter's lock.

Without them the caller would ask for the lock at once, and be put to sleep for it.
"""


class _Job(Generic[T]):
    """Tasks of one call; every thread that joins takes them one by one."""

    def __init__(self, work: Callable[[T], object], tasks: Sequence[T]) -> None:
        self._work = work
        self._tasks = deque(tasks)
        self._total = len(tasks)
        self._state = threading.Condition()
        # An array, because compiled code watches it without the interpreter's lock.
        self._helping = np.zeros(1, np.int64)
        self._closed = False
        self._error: BaseException | None = None

    def lead(self, progress: Progress | None) -> None:
        """Work until no task is left, then wait for the helpers that are still working."""
        try:
            for task in self._take_tasks():
                self._work(task)
                if progress is not None:
                    progress(self._total - len(self._tasks), self._total)
        finally:
            # No helper may join from here on: the caller returns when those inside have left.
            self._tasks.clear()
            with self._state:
                self._closed = True
            # Also after an error: helpers still write to the arrays of this call.
            self._wait()
            del self._work  # else its arrays would live until the last helper has seen this job
        if self._error is not None:
            raise self._error

    def _wait(self) -> None:
        """Return when no helper is working any more."""
        if self._helping[0]:
            # To fall asleep and be woken takes 70 us, a good part of a layer of half a millisecond.
            watch(self._helping, MAX_LOOKS, LOOKS_AFTER)
            with self._state:
                # With the lock: the last helper may still hold it, or `watch` may have given up.
                self._state.wait_for(lambda: not self._helping[0])

    def help(self) -> None:
        """Work beside the caller, unless the job is closed."""
        with self._join() as joined:
            for task in self._take_tasks() if joined else ():
                self._work(task)

    def _take_tasks(self) -> Iterator[T]:
        while True:
            try:
                # Atomic, so that threads need no lock to share the tasks.
                task = self._tasks.popleft()
            except IndexError:
                return
            yield task

    @contextmanager
    def _join(self) -> Iterator[bool]:
        with self._state:
            joined = not self._closed
            self._helping[0] += joined
        try:
            yield joined
        # Whatever it is: the caller raises it, and the helper lives on for the next call.
        except BaseException as error:
            self._error = error
            self._tasks.clear()
        finally:
            with self._state:
                self._state.notify_all()
                # Last: the caller may be watching it, and must find the error when it is 0.
                self._helping[0] -= joined


_helpers: list[threading.Thread] = []
_calls: SimpleQueue[_Job[Any]] = SimpleQueue()
_lock = threading.Lock()


def share(
    work: Callable[[T], object],
    tasks: Sequence[T],
    threads: int,
    progress: Progress | None = None,
) -> None:
    """Do work(task) for all tasks on at most `threads` threads, including this one.

    progress(done, total) is called on this thread between tasks. An error or Ctrl-C drops the
    tasks that wait, and is raised when those under way have ended.
    """
    helpers = min(threads, len(tasks)) - 1
    if helpers < 1:
        _work_alone(work, tasks, progress)
        return
    job = _Job(work, tasks)
    _start_helpers(helpers)
    # Helpers that come too late find the job closed, and wait for the next one.
    for _ in range(helpers):
        _calls.put(job)
    job.lead(progress)


def _work_alone(work: Callable[[T], object], tasks: Sequence[T], progress: Progress | None) -> None:
    for done, task in enumerate(tasks, 1):
        work(task)
        if progress is not None:
            progress(done, len(tasks))


def _start_helpers(count: int) -> None:
    with _lock:
        while len(_helpers) < count:
            # Daemons: a helper always waits for a call, and must not keep the process alive.
            helper = threading.Thread(target=_serve, name="deconv", daemon=True)
            _helpers.append(helper)
            helper.start()


def _serve() -> None:
    """Help with one call after another, for as long as the process lives."""
    while True:
        _calls.get().help()


def _forget() -> None:
    """Forget the helpers in a forked process, which has none of its parent's threads."""
    global _calls, _lock
    _helpers.clear()
    # New ones: a thread of the parent may have held the old ones while it forked.
    _calls, _lock = SimpleQueue(), threading.Lock()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no forks
    os.register_at_fork(after_in_child=_forget)
