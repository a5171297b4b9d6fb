"""One layer computed by a framework: in its parameters, on arrays in its layouts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.runner import (
    Array,
    canonical_output,
    canonical_weight,
    own_input,
    own_weight,
    plain_input,
)
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.base import Case
from deconvcli.frameworks.driver.process import Answer, DriverProcess, NotStarted
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading, require_numbers


class NoAnswer(Exception):
    """There is no output; the message says why."""


class Question(NamedTuple):
    """A layer in a dialect's parameters, and arrays in its layouts."""

    reading: Reading
    case: Case
    x: Array
    weight: Array

    def with_parameters(self, parameters: Mapping[str, Any]) -> Question:
        """Return the same question with these parameters added."""
        return self._replace(case=self.case._replace(params={**self.case.params, **parameters}))

    def to_canonical(self, y: Array) -> Array:
        """Return an output in the dialect's layout as (N, C, *spatial)."""
        return canonical_output(self.reading, y)


def make_question(reading: Reading, dialect: str, x: Array, weight: Array) -> Question:
    """Return the same layer in another dialect, on the same numbers.

    x, weight: in the reading's own layouts.

    Raises:
        NotExpressible: that dialect cannot express the layer.
    """
    other = respell(reading, dialect)
    given = own_input(other, plain_input(reading, x))
    weights = own_weight(other, canonical_weight(reading, weight))
    # Drivers compute without a bias and say so themselves; a second `bias=` would be refused.
    bias = take(other.spelling.dialect)[0].argument("bias")
    parameters = {
        name: value
        for name, value in other.spelling.arguments.items()
        if bias is None or name != bias.name
    }
    shape = tuple(require_numbers(other.input_shape))
    case = Case(parameters, shape, other.weight_shape, len(other.spatial))
    return Question(other, case, given, weights)


def ask_for_output(process: DriverProcess[Any], question: Question, **more: Any) -> Array:
    """Return the framework's output in its own layout. more: as `DriverProcess.ask` takes it.

    Raises:
        NoAnswer: the framework cannot be imported, refuses, dies, hangs, or has another shape.
    """
    # Arrays travel in files: JSON has neither NaN nor infinity, and writes every number as text.
    with TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, f"{name}.npy") for name in ("x", "weight", "out")}
        np.save(files["x"], question.x)
        np.save(files["weight"], question.weight)
        try:
            answer = process.ask(question.case, **files, **more)
        except NotStarted as error:
            raise NoAnswer(f"cannot be imported: {error}") from error
        if "error" in answer:
            raise NoAnswer(error_text(answer))
        y: Array = np.load(files["out"])
    if y.shape != tuple(question.reading.output_shape):
        raise NoAnswer(f"another shape: {list(y.shape)}")
    return y


def error_text(answer: Answer) -> str:
    """Return the error of an answer in one line."""
    error = answer["error"]
    return f"{error['type']}: {' '.join(error['message'].split())}"
