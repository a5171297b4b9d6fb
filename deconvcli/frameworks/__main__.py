"""`python -m deconvcli.frameworks NAME`: one JSON question a line in, one JSON answer a line out.

The first line out names the versions. A question has `params`, `input_shape` and `weight_shape`;
with `x`, `weight` and `out`, names of .npy files, it is about those arrays in place of the pattern.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from typing import Any, BinaryIO, cast

import numpy as np

from deconvcli.framework import Case, Framework, Trace
from deconvcli.frameworks import FRAMEWORKS
from deconvcli.pattern import fingerprint, pattern_input, pattern_weight

MESSAGE = 160
"""Characters of an error that are told."""


def main(name: str) -> None:
    """Answer until there are no more questions."""
    # Who asks decides when this ends: Ctrl-C reaches every process of a terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = _private_streams()
    framework = load(name)
    _tell(answers, _started(framework))
    for line in questions:
        _tell(answers, answer(framework, json.loads(line)))


def load(name: str) -> Framework:
    """A framework by its name on the shelf, or by the module that holds it."""
    if "." not in name:
        return FRAMEWORKS.take(name)
    return cast(Framework, import_module(name).FRAMEWORK)


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: what a framework prints goes to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return questions, answers


def _tell(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _started(framework: Framework) -> dict[str, Any]:
    try:
        return {"versions": framework.versions()}
    except Exception as error:
        return {"error": _told(error, "import")}


def answer(framework: Framework, question: dict[str, Any]) -> dict[str, Any]:
    """What the framework makes of one layer."""
    trace = Trace()
    told: dict[str, Any] = {"id": question.get("id")}
    try:
        case, x, w = _arrays(question)
        y = framework.run(case, x, w, trace)
        told |= _result(framework, y, question.get("out"))
    except Exception as error:
        told["error"] = _told(error, trace.stage)
    return told | trace.details


def _arrays(question: dict[str, Any]) -> tuple[Case, Any, Any]:
    if "x" in question:
        x, w = np.load(question["x"]), np.load(question["weight"])
    else:
        x = pattern_input(question["input_shape"])
        w = pattern_weight(question["weight_shape"])
    rank = question.get("rank") or w.ndim - 2
    return Case(question["params"], x.shape, w.shape, rank), x, w


def _result(framework: Framework, y: Any, out: str | None) -> dict[str, Any]:
    if not framework.has_values:
        return {"output_shape": list(y)}
    y = np.asarray(y)
    if out is not None:
        np.save(out, y)
        return {"output_shape": list(y.shape)}
    return {"output_shape": list(y.shape), "values_sha256": fingerprint(y)}


def _told(error: Exception, stage: str) -> dict[str, str]:
    return {"type": type(error).__name__, "message": str(error)[:MESSAGE], "stage": stage}


if __name__ == "__main__":
    main(sys.argv[1])
