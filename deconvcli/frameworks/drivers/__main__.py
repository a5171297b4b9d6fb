"""`python -m deconvcli.frameworks.drivers NAME`: a JSON question a line in, an answer a line out.

The first line out names the versions. A question has `params`, `input_shape` and `weight_shape`;
with `x`, `weight` and `out`, names of .npy files, it is about those arrays in place of the pattern.
With `threads` the layer is prepared and kept, and `{"burst": SECONDS}` then asks how fast it is.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from typing import Any, BinaryIO, cast

from deconvcli.frameworks.driver.base import Driver
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.drivers._answer import Answerer, describe_error


def main(name: str) -> None:
    """Answer until there are no more questions."""
    # Who asks decides when this ends: Ctrl-C reaches every process of a terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = _private_streams()
    framework = load(name)
    _tell(answers, _started(framework))
    answering = Answerer(framework)
    for line in questions:
        _tell(answers, answering.answer(json.loads(line)))


def load(name: str) -> Driver:
    """A framework by its name on the shelf, or by the module that holds it."""
    if "." not in name:
        return FRAMEWORKS.take(name)
    return cast(Driver, import_module(name).FRAMEWORK)


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: what a framework prints goes to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return questions, answers


def _tell(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _started(framework: Driver) -> dict[str, Any]:
    try:
        return {"versions": framework.versions()}
    except Exception as error:
        return {"error": describe_error(error, "import")}


if __name__ == "__main__":
    main(sys.argv[1])
