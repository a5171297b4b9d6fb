"""Bars on standard error, on a terminal and nowhere else."""

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
Told = Callable[[int, int], None]

PATIENCE = 0.5
"""Seconds of work before a bar appears."""

REFRESH = 0.1
"""Seconds between two looks of it."""


def _silent(label: str) -> Advance:
    return lambda steps: None


@contextmanager
def progress(total: float) -> Iterator[Bars]:
    """A function that adds a bar of `total` steps and gives the one that moves it."""
    if not _is_terminal():
        yield _silent
        return
    from rich.progress import MofNCompleteColumn

    with _shown(MofNCompleteColumn()) as shown:

        def bar(label: str) -> Advance:
            task = shown.add_task(label, total=total)
            return lambda steps: shown.advance(task, steps)

        yield bar


@contextmanager
def bar(what: str) -> Iterator[Told]:
    """A function that is told how much is done and of how much, and shows that of long work.

    Ctrl-C is answered when it is told something, at the latest.
    """
    with _interrupts() as answer, ExitStack() as stack:
        shown = stack.enter_context(closing(_Bar(what))).tell if _is_terminal() else None

        def tell(done: int, of: int) -> None:
            answer()
            if shown is not None:
                shown(done, of)

        yield tell


@contextmanager
def _interrupts() -> Iterator[Callable[[], None]]:
    """A function that raises KeyboardInterrupt if Ctrl-C was pressed and nobody heard it.

    It is not heard while LLVM calls back into Python: an exception ends there, and is not told.
    """
    pressed: list[int] = []
    tell = sys.unraisablehook

    def press(number: int, frame: Any) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    def answer() -> None:
        if pressed:
            raise KeyboardInterrupt

    def tell_others(ended: Any) -> None:
        if ended.exc_type is not KeyboardInterrupt:
            tell(ended)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody else's affair
        yield answer
        return
    signal.signal(signal.SIGINT, press)
    sys.unraisablehook = tell_others
    try:
        yield answer
    finally:
        sys.unraisablehook = tell
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _Bar:
    """One bar, without a thread: it appears and moves only while it is told something."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = monotonic() + PATIENCE
        self._shown: Progress | None = None

    def tell(self, done: int, of: int) -> None:
        """Show it if it is time."""
        if monotonic() < self._next:
            return
        if self._shown is None:
            self._shown = _started(self._what)
        [task] = self._shown.task_ids
        self._shown.update(task, completed=done, total=of, refresh=True)
        self._next = monotonic() + REFRESH

    def close(self) -> None:
        """Take it away."""
        if self._shown is not None:
            self._shown.stop()


def _started(what: str) -> Progress:
    from rich.progress import TaskProgressColumn, TimeRemainingColumn

    shown = _shown(TaskProgressColumn(), TimeRemainingColumn(), auto_refresh=False)
    shown.add_task(what)
    shown.start()
    return shown


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _shown(*columns: ProgressColumn, **settings: Any) -> Progress:
    """Rich's display, which nobody else pays for: a name, a bar, and these columns."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    first = (TextColumn("{task.description}", markup=False), BarColumn())
    console = Console(stderr=True)
    return Progress(*first, *columns, console=console, transient=True, **settings)
