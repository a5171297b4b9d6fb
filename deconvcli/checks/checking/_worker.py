"""A process that checks files: pickled questions on standard input, pickled answers on its output.

A question is (files, settings). An answer is the list of checked files, or an exception.
"""

from __future__ import annotations

import os
import pickle
import signal
from typing import BinaryIO

from deconvcli.checks.checking import check_files


def main() -> None:
    """Answer questions until standard input ends."""
    # Ctrl-C reaches every process of a terminal; the process that asks decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(0), "rb") as questions, os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # so that nothing printed can get between the answers
        while questions.peek(1):
            _answer(questions, answers)


def _answer(questions: BinaryIO, answers: BinaryIO) -> None:
    # A pickle can run code: only the process that started this one writes to its input.
    files, settings = pickle.load(questions)
    answer: object
    try:
        # Any error becomes the answer, which the process that asked raises.
        answer = check_files(files, settings)
        pickled = pickle.dumps(answer)
    except Exception as error:
        pickled = _pickle_error(error)
    answers.write(pickled)
    answers.flush()


def _pickle_error(error: Exception) -> bytes:
    """Return the error as bytes; an error that cannot be pickled is sent as its text."""
    try:
        # Read back as well: an error whose __init__ takes other arguments fails only then.
        pickled = pickle.dumps(error)
        pickle.loads(pickled)
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return pickled


if __name__ == "__main__":
    main()
