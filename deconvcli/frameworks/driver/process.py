"""A framework in a process of its own: questions go in, answers come out, crashes are answers too.

A process that dies or hangs costs one question and is started anew for the next.
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
from deconvcli.frameworks.driver.base import Askable, Case

SECONDS = 60.0
"""For one answer."""

STARTING = 600.0
"""Seconds for the import of a framework, on a cold and busy machine."""

ENDING = 10.0
"""Seconds for a process without questions to end by itself."""

THREADS = ("OMP_NUM_THREADS", "NPROC")
"""What libraries read their number of threads from; the second is XLA's."""

CRASH = "ProcessCrash"
Answer = dict[str, Any]
Whom = TypeVar("Whom", bound=Askable)


class NotStarted(Exception):
    """The framework is installed and cannot be imported; the message says why."""


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class Asked(Generic[Whom]):
    """A framework that can be asked; its process starts with the first question.

    seconds: for one answer. threads: None for as many as its environment says.
    """

    def __init__(
        self, framework: Whom, seconds: float = SECONDS, threads: int | None = None
    ) -> None:
        self.framework = framework
        self.versions: dict[str, str] = {}
        self._seconds = seconds
        self._settings = dict(framework.environment)
        if threads is not None:
            self._settings |= dict.fromkeys(THREADS, str(threads))
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def __enter__(self) -> Asked[Whom]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def stop(self) -> None:
        """From another thread: end the process, whatever it is doing, for good."""
        self._stopped = True
        if (process := self._process) is not None:
            process.kill()

    def ask(self, case: Case, **more: Any) -> Answer:
        """The framework's answer, with `error` where it refuses, dies or hangs.

        more: x, weight and out, names of .npy files, in place of the pattern; threads, to stay
        ready for `burst`.

        Raises:
            NotStarted: the framework cannot be imported.
            Stopped: by another thread.
        """
        return self._answered({**case._asdict(), **more})

    def burst(self, seconds: float) -> Answer:
        """`fastest`, in seconds, of the calls that fill this time, or `error`; as `ask`."""
        return self._answered({"burst": seconds})

    def _answered(self, question: Mapping[str, Any]) -> Answer:
        answer = self._exchange(self._process or self._started(), question, self._seconds)
        if self._stopped:
            raise Stopped
        if CRASH in answer:
            return {"error": {"type": CRASH, "message": answer[CRASH], "stage": "call"}}
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command("deconvcli.frameworks.drivers", self.framework.module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self._settings},
        )
        self._process = process
        if self._stopped:
            self._end()
            raise Stopped
        greeting = self._exchange(process, None, STARTING)
        if "versions" not in greeting:
            self._end()
            error = greeting.get("error", {"message": greeting.get(CRASH, "")})
            raise NotStarted(
                ": ".join(error[part] for part in ("type", "message") if part in error)
            )
        self.versions = greeting["versions"]
        return process

    def _exchange(
        self, process: subprocess.Popen[bytes], question: Mapping[str, Any] | None, seconds: float
    ) -> Answer:
        """One line each way; a crash is an answer with the key ProcessCrash."""
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()
        timer = threading.Timer(seconds, _kill, (process, late))
        timer.daemon = True
        timer.start()
        try:
            if question is not None:
                # A dead process is seen where its answer is read.
                with suppress(OSError), _sigpipe_held_back():
                    # Past the buffer, which would be tried again when it is closed.
                    os.write(process.stdin.fileno(), json.dumps(question).encode() + b"\n")
            line = process.stdout.readline()
        finally:
            timer.cancel()
        if line.endswith(b"\n"):
            answer: Answer = json.loads(line)
            return answer
        code = self._end()
        if late.is_set():
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
        # It has died, or has nothing left to do; large libraries take their time to unload.
        try:
            return process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


@contextmanager
def _sigpipe_held_back() -> Iterator[None]:
    """Writing to a dead process is an error here, although commands let SIGPIPE end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    try:
        yield
    finally:
        if signal.SIGPIPE in signal.sigpending():
            signal.sigwait({signal.SIGPIPE})
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()
