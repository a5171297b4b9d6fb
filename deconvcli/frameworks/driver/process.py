"""A driver in a process of its own: requests go in, answers come out, and a crash is an answer too.

A process that dies or hangs costs one request; the next request starts a new process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from deconvcli.common.children import command
from deconvcli.frameworks.driver.base import Case, Driver

ANSWER_SECONDS = 60.0
"""Time limit for one answer."""

START_SECONDS = 600.0
"""Time limit for the import of a framework, on a cold and busy machine."""

END_SECONDS = 10.0
"""Time limit for an idle process to end by itself."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "NPROC")
"""Variables that libraries read their number of threads from; the second is XLA's."""

CRASH = "ProcessCrash"
Answer = dict[str, Any]
AnyDriver = TypeVar("AnyDriver", bound=Driver)


class NotStarted(Exception):
    """The framework is installed but its import fails; the message says why."""


class Stopped(Exception):
    """Another thread has stopped the process, so nobody waits for the answer any more."""


class DriverProcess(Generic[AnyDriver]):
    """A driver in a process of its own, which starts with the first request.

    seconds: time limit for one answer. threads: the number of threads of the libraries; None
    leaves it to the environment. python: the Python to run in; by default the one that the
    driver's variable names, or ours.
    """

    def __init__(
        self,
        driver: AnyDriver,
        seconds: float = ANSWER_SECONDS,
        threads: int | None = None,
        python: str = "",
    ) -> None:
        self.driver = driver
        self._python = python or os.environ.get(driver.interpreter, "")
        self.versions: dict[str, str] = {}
        self._seconds = seconds
        self._settings = dict(driver.environment)
        if threads is not None:
            self._settings |= dict.fromkeys(THREAD_VARIABLES, str(threads))
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def __enter__(self) -> DriverProcess[AnyDriver]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def stop(self) -> None:
        """End the process for good, whatever it is doing; called from another thread."""
        self._is_stopped = True
        if (process := self._process) is not None:
            process.kill()

    def start(self) -> None:
        """Import the framework now, and not with the first request.

        Raises:
            NotStarted: the framework cannot be imported.
            Stopped: another thread has stopped the process.
        """
        if self._process is None:
            self._start()

    def restart(self) -> None:
        """End the process, which is idle; the next request starts a new one."""
        self._end()

    def ask(self, case: Case, **more: Any) -> Answer:
        """Return the driver's answer, with `error` if it refuses, dies or hangs.

        more: x, weight and out, names of .npy files that replace the pattern; threads, which
        keeps the layer prepared for `time_burst`.

        Raises:
            NotStarted: the framework cannot be imported.
            Stopped: another thread has stopped the process.
        """
        return self._request({**case._asdict(), **more})

    def run_program(self, program: str, **files: str) -> Answer:
        """Return the answer of a module that defines `build(weight, bias=None)`, run as `ask` does.

        files: x, weight and out, names of .npy files, and bias where there is one.

        Raises:
            NotStarted: the framework cannot be imported.
            Stopped: another thread has stopped the process.
        """
        return self._request({"program": program, **files})

    def time_burst(self, seconds: float) -> Answer:
        """Call the prepared layer for this time; return `fastest`, in seconds, or `error`.

        Raises:
            Stopped: another thread has stopped the process.
        """
        return self._request({"burst": seconds})

    def _request(self, request: Mapping[str, Any]) -> Answer:
        answer = self._exchange(self._process or self._start(), request, self._seconds)
        if self._is_stopped:
            raise Stopped
        if CRASH in answer:
            return {"error": {"type": CRASH, "message": answer[CRASH], "stage": "call"}}
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command(
                "deconvcli.frameworks.drivers",
                self.driver.module,
                python=self._python,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Whatever a framework prints goes there, and a pipe that nobody reads would block it.
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self._settings},
        )
        self._process = process
        # `stop` may have been called before there was a process to kill.
        if self._is_stopped:
            self._end()
            raise Stopped
        greeting = self._exchange(process, None, START_SECONDS)
        if "versions" not in greeting:
            self._end()
            error = greeting.get("error", {"message": greeting.get(CRASH, "")})
            raise NotStarted(
                ": ".join(error[part] for part in ("type", "message") if part in error)
            )
        self.versions = greeting["versions"]
        return process

    def _exchange(
        self, process: subprocess.Popen[bytes], request: Mapping[str, Any] | None, seconds: float
    ) -> Answer:
        """Send one line and read one; a crash gives an answer with the key ProcessCrash."""
        assert process.stdin is not None
        assert process.stdout is not None
        is_late = threading.Event()
        timer = threading.Timer(seconds, _kill, (process, is_late))
        # Python waits at its end for every other thread, and this one may have minutes to go.
        timer.daemon = True
        timer.start()
        try:
            if request is not None:
                # An error here means that the process is dead, which shows when its answer is read.
                with suppress(OSError), _block_sigpipe():
                    # Written past the buffer: bytes left there would be sent again by `close`.
                    os.write(process.stdin.fileno(), json.dumps(request).encode() + b"\n")
            line = process.stdout.readline()
        finally:
            timer.cancel()
        # A line without its end comes from a process that died while it wrote.
        if line.endswith(b"\n"):
            answer: Answer = json.loads(line)
            return answer
        code = self._end()
        if is_late.is_set():
            return {CRASH: f"no answer within {seconds:g} s"}
        return {CRASH: f"process ended with {code}"}

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()
        # The process is dead or idle; large libraries need some time to unload.
        try:
            return process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


@contextmanager
def _block_sigpipe() -> Iterator[None]:
    """Make a write to a dead process an error, although our commands let SIGPIPE end them."""
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    try:
        yield
    finally:
        # A pending signal would be delivered, and end us, as soon as the mask is lifted.
        if signal.SIGPIPE in signal.sigpending():
            signal.sigwait({signal.SIGPIPE})
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(process: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()
