"""The command as a user runs it: in this process, or in one of its own where that matters.

Not in conftest.py: only one module of a type check may have that name.
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from deconvcli.cli.main import main


class Done(NamedTuple):
    """The exit code and the output of a command."""

    code: int | str | None
    out: str
    err: str


def deconv(line: str, *arguments: str, stdin: bytes = b"", out: io.StringIO | None = None) -> Done:
    """Run the command in this process: words without spaces in one text, then whole arguments."""
    out, err = out or io.StringIO(), io.StringIO()
    with _input(stdin), _signals(), redirect_stdout(out), redirect_stderr(err):
        try:
            main([*line.split(), *arguments])
        except SystemExit as end:
            return Done(end.code, out.getvalue(), err.getvalue())


@contextmanager
def _input(data: bytes) -> Iterator[None]:
    kept, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(data))
    try:
        yield
    finally:
        sys.stdin = kept


@contextmanager
def _signals() -> Iterator[None]:
    """Restore the signals: the command lets a closed pipe end the process, pytest included."""
    kept = signal.getsignal(signal.SIGPIPE) if hasattr(signal, "SIGPIPE") else None
    try:
        yield
    finally:
        if kept is not None:
            signal.signal(signal.SIGPIPE, kept)


def process(line: str, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[Any]:
    """Run the command in a process of its own; with text=False its output is bytes."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    settings = {**pipes, "timeout": 60, "text": True, **settings}
    return subprocess.run(
        [sys.executable, "-m", "deconvcli", *line.split(), *arguments],
        check=False,
        **settings,
    )


def rows(out: str) -> dict[str, str]:
    """Return the labelled lines of the text format."""
    pairs = (line.split(None, 1) for line in out.splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def refused(done: Done, *words: str, code: int = 2) -> None:
    """Assert one error with help and nothing else: no result, no traceback, nothing raw."""
    assert done.code == code, done
    assert done.out == ""
    assert done.err.startswith("error[")
    assert done.err.count("error[") == 1
    assert done.err.count("\n  help: ") == 1
    assert "Traceback" not in done.err
    assert all(c.isprintable() or c == "\n" for c in done.err)
    for word in words:
        assert word in done.err


def saved(path: Path, array: Any) -> str:
    """Save a new .npy file, and return its name."""
    np.save(path, array)
    return str(path)
