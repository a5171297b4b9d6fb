"""A process that checks files: pickled questions on standard input, pickled answers on its output.

A question is (sources, settings). An answer is the list of what was found, or an exception.
"""

from __future__ import annotations

import os
import pickle
import signal
from typing import BinaryIO

from deconvcli.checks.checking._one import check_source


def main() -> None:
    """Answer until there are no more questions."""
    # Who asks decides when this ends: Ctrl-C reaches every process of a terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(0), "rb") as questions, os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # nothing that is printed gets between the answers
        while questions.peek(1):
            _answer(questions, answers)


def _answer(questions: BinaryIO, answers: BinaryIO) -> None:
    sources, settings = pickle.load(questions)
    answer: object
    try:
        answer = [check_source(source, settings) for source in sources]
        pickled = pickle.dumps(answer)
    except Exception as error:
        pickled = _pickled(error)
    answers.write(pickled)
    answers.flush()


def _pickled(error: Exception) -> bytes:
    """Return the error as bytes, as its text where it is made of what no pickle holds."""
    try:
        pickled = pickle.dumps(error)
        pickle.loads(pickled)
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return pickled


if __name__ == "__main__":
    main()
