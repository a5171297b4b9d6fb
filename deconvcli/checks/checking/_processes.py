"""Check files in several processes.

Not with `multiprocessing`: its processes look for modules in the current folder first, where
anybody's code may lie, and run the caller's own script once more.
"""

from __future__ import annotations

import pickle
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import Any

from deconvcli.checks.checking._files import Source
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import Checked
from deconvcli.common.children import command

Process = subprocess.Popen[bytes]
WORKER = "deconvcli.checks.checking._worker"


def in_processes(found: Sequence[Source], settings: Settings, jobs: int) -> list[Checked | None]:
    """Return what is found in each file, in the order of the files.

    Raises:
        Exception: the first error of a process.
    """
    each = max(1, len(found) // (4 * jobs))
    chunks = [found[first : first + each] for first in range(0, len(found), each)]
    jobs = min(jobs, len(chunks))
    idle: SimpleQueue[Process] = SimpleQueue()
    # Each thread waits for one process; on Ctrl-C the processes end first, and so do the threads.
    with ThreadPoolExecutor(jobs) as threads, ExitStack() as stack:
        for _ in range(jobs):
            process = subprocess.Popen(
                command(WORKER), stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            stack.callback(_end, process)
            idle.put(process)

        def checked(chunk: Sequence[Source]) -> list[Checked | None]:
            process = idle.get()
            try:
                return _asked(process, (chunk, settings))
            finally:
                idle.put(process)

        return [one for chunk in threads.map(checked, chunks) for one in chunk]


def _asked(process: Process, question: Any) -> list[Checked | None]:
    """Return the answer of a process, or raise the error that is its answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(question, process.stdin)
        process.stdin.flush()
        answer: list[Checked | None] | Exception = pickle.load(process.stdout)
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        raise RuntimeError("a process that checks files has died") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def _end(process: Process) -> None:
    process.kill()  # between two questions it has nothing to lose
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        with suppress(OSError):  # what it had not read yet
            stream.close()
