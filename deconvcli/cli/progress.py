"""A bar on standard error for what goes on, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[float], None]
Bars = Callable[[str], Advance]


def _silent(label: str) -> Advance:
    return lambda steps: None


@contextmanager
def progress(total: float) -> Iterator[Bars]:
    """A function that adds a bar of `total` steps and gives the one that moves it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _silent
        return
    # Rich, which nobody else pays for.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:

        def bar(label: str) -> Advance:
            task = shown.add_task(label, total=total)
            return lambda steps: shown.advance(task, steps)

        yield bar
