"""Check files in several processes.

`multiprocessing` is not used: its processes import modules from the current folder first, which
may contain anybody's code, and they run the caller's script again.
"""

from __future__ import annotations

import pickle
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import Any

from deconvcli.checks.checking._files import SourceFile
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.common.children import command
from deconvcli.common.threads import map_in_threads

Process = subprocess.Popen[bytes]
WORKER = "deconvcli.checks.checking._worker"


def check_in_processes(
    files: Sequence[SourceFile], settings: Settings, jobs: int
) -> list[CheckedFile | None]:
    """Return what is found in each file, in the order of the files.

    Raises:
        Exception: the first error of a process.
    """
    # Four chunks per process: few enough to hide the cost of a message, and enough that no process
    # waits long for the one with the largest files.
    size = max(1, len(files) // (4 * jobs))
    chunks = [files[first : first + size] for first in range(0, len(files), size)]
    jobs = min(jobs, len(chunks))
    idle: SimpleQueue[Process] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(jobs):
            process = subprocess.Popen(
                command(WORKER), stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            stack.callback(_end, process)
            idle.put(process)

        def check(chunk: Sequence[SourceFile]) -> list[CheckedFile | None]:
            process = idle.get()
            try:
                return _ask(process, (chunk, settings))
            finally:
                idle.put(process)

        return [file for chunk in map_in_threads(check, chunks, jobs) for file in chunk]


def _ask(process: Process, question: Any) -> list[CheckedFile | None]:
    """Return the answer of a process, or raise the error that is its answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(question, process.stdin)
        process.stdin.flush()
        # A pickle can run code: this one comes from a process of our own, over its own pipe.
        answer: list[CheckedFile | None] | Exception = pickle.load(process.stdout)
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        raise RuntimeError("a process that checks files has ended unexpectedly") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def _end(process: Process) -> None:
    process.kill()  # between two questions it has no unsaved work
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        with suppress(OSError):  # closing flushes what the process has not read
            stream.close()
