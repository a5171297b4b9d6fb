"""Processes that tests start: without coverage where it would load modules, and never left over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def unmeasured() -> dict[str, str]:
    """Return our environment without what makes a process measure its coverage.

    Coverage loads modules before the first line of a program, which would hide what we load.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@contextmanager
def python(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start Python with its output in pipes, and kill it if it is still running at the end."""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            # Without it a failing test would wait for the process, which may compute for hours.
            process.kill()
