"""`python -m deconvcli.frameworks.drivers NAME`: one JSON request a line in, one answer a line out.

The first line out names the versions. A request has `params`, `input_shape` and `weight_shape`.
With `x`, `weight` and `out`, names of .npy files, it uses those arrays in place of the pattern.
With `threads` the layer is prepared and kept, and `{"burst": SECONDS}` then times it.
With `program`, a module that defines `build(weight, bias=None)`, it needs those files alone, and
perhaps `bias`.
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
    """Answer requests until there are no more."""
    # Ctrl-C reaches every process of a terminal, and the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _take_streams()
    driver = load(name)
    _send(answers, _greet(driver))
    answerer = Answerer(driver)
    for line in requests:
        _send(answers, answerer.answer(json.loads(line)))


def load(name: str) -> Driver:
    """Return a driver by its name on the shelf, or by the module that defines it."""
    if "." not in name:
        return FRAMEWORKS.take(name)
    return cast(Driver, import_module(name).FRAMEWORK)


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output, which frameworks then cannot reach."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Frameworks print on standard output, some from C, which would break the lines of JSON.
    os.dup2(2, 1)
    return requests, answers


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _greet(driver: Driver) -> dict[str, Any]:
    try:
        return {"versions": driver.versions()}
    # An import can fail in any way; the parent reports the error and goes on.
    except Exception as error:
        return {"error": describe_error(error, "import")}


if __name__ == "__main__":
    main(sys.argv[1])
