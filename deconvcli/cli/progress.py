"""A bar a framework on standard error, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deconvcli.framework import Framework

Bars = Callable[["Framework"], Callable[[Any], None]]


def _silent(framework: Framework) -> Callable[[Any], None]:
    return lambda result: None


@contextmanager
def progress(count: int) -> Iterator[Bars]:
    """A function that adds a bar of `count` steps and gives the one that moves it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _silent
        return
    # Rich, which nobody else pays for.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:

        def bar(framework: Framework) -> Callable[[Any], None]:
            task = shown.add_task(framework.dialect, total=count)
            return lambda result: shown.advance(task)

        yield bar
