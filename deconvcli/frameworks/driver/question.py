"""One layer put to a framework: in its words, on arrays in its layouts, and its output read."""

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
from deconvcli.frameworks.driver.process import Answer, Asked, NotStarted
from deconvcli.frameworks.spelling import convert
from deconvcli.layers.layer import Reading, require_numbers


class NoAnswer(Exception):
    """There is no output; the message says why."""


class Question(NamedTuple):
    """A layer in a dialect's words, and arrays in its layouts."""

    reading: Reading
    case: Case
    x: Array
    weight: Array

    def telling(self, words: Mapping[str, Any]) -> Question:
        """The same with more words."""
        return self._replace(case=self.case._replace(params={**self.case.params, **words}))

    def canonical(self, y: Array) -> Array:
        """(N, C, *spatial) from an output in the dialect's layout."""
        return canonical_output(self.reading, y)


def question(reading: Reading, dialect: str, x: Array, weight: Array) -> Question:
    """The same layer, in another dialect, on the same numbers.

    x, weight: in the reading's own layouts.

    Raises:
        NotExpressible: that dialect has no words for it.
    """
    other = convert(reading, dialect)
    given = own_input(other, plain_input(reading, x))
    weights = own_weight(other, canonical_weight(reading, weight))
    return Question(other, _case(other), given, weights)


def _case(reading: Reading) -> Case:
    """The layer in the framework's own words, without the bias that nobody is to add."""
    bias = take(reading.spelling.dialect)[0].argument("bias")
    words = {
        name: value
        for name, value in reading.spelling.arguments.items()
        if bias is None or name != bias.name
    }
    shape = tuple(require_numbers(reading.input_shape))
    return Case(words, shape, reading.weight_shape, len(reading.spatial))


def output(asked: Asked[Any], question: Question, **more: Any) -> Array:
    """What comes back, in the layout of the question. more: as `Asked.ask` takes it.

    Raises:
        NoAnswer: the framework cannot be imported, refuses, dies, hangs, or has another shape.
    """
    with TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, f"{name}.npy") for name in ("x", "weight", "out")}
        np.save(files["x"], question.x)
        np.save(files["weight"], question.weight)
        try:
            answer = asked.ask(question.case, **files, **more)
        except NotStarted as error:
            raise NoAnswer(f"cannot be imported: {error}") from error
        if "error" in answer:
            raise NoAnswer(error_text(answer))
        y: Array = np.load(files["out"])
    if y.shape != tuple(question.reading.output_shape):
        raise NoAnswer(f"another shape: {list(y.shape)}")
    return y


def error_text(answer: Answer) -> str:
    """The error of an answer in one line."""
    error = answer["error"]
    return f"{error['type']}: {' '.join(error['message'].split())}"
