"""Progress bars on standard error, if that is a terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

Advance = Callable[[float], None]
Bars = Callable[[str], Advance]
Report = Callable[[int, int], None]

PATIENCE = 0.5
"""Seconds of work before a bar appears."""

REFRESH = 0.1
"""Seconds between two updates of a bar."""


def _silent(label: str) -> Advance:
    return lambda steps: None


@contextmanager
def progress(total: float) -> Iterator[Bars]:
    """Yield a function that adds a bar of `total` steps, and returns one that moves the bar."""
    if not _is_terminal():
        yield _silent
        return
    from rich.progress import MofNCompleteColumn

    with _make_display(MofNCompleteColumn()) as shown:

        def bar(label: str) -> Advance:
            task = shown.add_task(label, total=total)
            return lambda steps: shown.advance(task, steps)

        yield bar


@contextmanager
def bar(label: str) -> Iterator[Report]:
    """Yield a function to report (done, total) to; long work is shown as a bar.

    Ctrl-C is answered at the next report, at the latest.
    """
    with _interrupts() as answer, ExitStack() as stack:
        shown = stack.enter_context(closing(_Bar(label))).update if _is_terminal() else None

        def report(done: int, total: int) -> None:
            answer()
            if shown is not None:
                shown(done, total)

        yield report


@contextmanager
def _interrupts() -> Iterator[Callable[[], None]]:
    """Yield a function that raises KeyboardInterrupt if Ctrl-C was pressed and got lost."""
    pressed: list[int] = []
    others = sys.unraisablehook

    def press(number: int, frame: Any) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    def answer() -> None:
        if pressed:
            raise KeyboardInterrupt

    def report_others(ended: Any) -> None:
        if ended.exc_type is not KeyboardInterrupt:
            others(ended)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # a caller handles it
        yield answer
        return
    signal.signal(signal.SIGINT, press)
    # It gets lost while LLVM calls back into Python: an exception ends there, as unraisable.
    sys.unraisablehook = report_others
    try:
        yield answer
    finally:
        sys.unraisablehook = others
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _Bar:
    """One bar, without a thread: it appears and moves only at a report."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._next = monotonic() + PATIENCE
        self._shown: Progress | None = None

    def update(self, done: int, total: int) -> None:
        """Show the bar if it is time."""
        if monotonic() < self._next:
            return
        if self._shown is None:
            self._shown = _start(self._label)
        [task] = self._shown.task_ids
        self._shown.update(task, completed=done, total=total, refresh=True)
        self._next = monotonic() + REFRESH

    def close(self) -> None:
        """Remove the bar."""
        if self._shown is not None:
            self._shown.stop()


def _start(label: str) -> Progress:
    from rich.progress import TaskProgressColumn, TimeRemainingColumn

    shown = _make_display(TaskProgressColumn(), TimeRemainingColumn(), auto_refresh=False)
    shown.add_task(label)
    shown.start()
    return shown


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _make_display(*columns: ProgressColumn, **settings: Any) -> Progress:
    """Return Rich's display of a name, a bar, and these columns."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    # Rich would take brackets in a name for its markup.
    first = (TextColumn("{task.description}", markup=False), BarColumn())
    console = Console(stderr=True)
    return Progress(*first, *columns, console=console, transient=True, **settings)
