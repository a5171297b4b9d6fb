"""Threads that wait for processes, and that Ctrl-C can interrupt at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOK_SECONDS = 0.1
"""Time between two looks for a signal that arrived just before this thread went to sleep."""


def map_in_threads(
    work: Callable[[Item], Result], items: Sequence[Item], threads: int
) -> list[Result]:
    """Return work(item) for each item, in order, computed on at most this number of threads.

    Other items may still be worked on when this raises, and the caller has to end that work.

    Raises:
        Exception: the first error of `work`.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    # Not a pool of `concurrent.futures`: Ctrl-C there can leave a lock held that its threads need,
    # and it goes unnoticed if it arrives just before the wait. These queues take no Python lock.
    waiting: SimpleQueue[int] = SimpleQueue()
    outcomes: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
    for number in range(len(items)):
        waiting.put(number)

    def serve() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            try:
                outcomes.put((number, work(items[number]), None))
            except BaseException as error:
                outcomes.put((number, None, error))
                return

    for _ in range(min(threads, len(items))):
        # Nobody joins these threads: they end with the work that they wait for.
        Thread(target=serve, daemon=True).start()
    results: dict[int, Result] = {}
    while len(results) < len(items):
        try:
            number, result, error = outcomes.get(timeout=LOOK_SECONDS)
        except Empty:
            continue
        if error is not None:
            raise error
        results[number] = result
    return [results[number] for number in range(len(items))]
