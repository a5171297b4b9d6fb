"""Our prediction held against a framework's own answer, one drawn layer after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.compute.runner import run
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from deconvcli.frameworks.driver.process import CRASH, Answer, Asked
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

AGAIN = 3
"""How often a question is asked again whose values are not ours."""

Prediction = Reading | DeconvError


class Kind(StrEnum):
    """What came of one comparison; the last four are disagreements.

    unsteady: other values than ours, and others again for the same question.
    """

    AGREE = "agree"
    REFUSED = "refused by both"
    KNOWN = "known deviation"
    UNSTEADY = "unsteady"
    REFUSAL = "refusal"
    SHAPE = "shape"
    VALUES = "values"
    BUG = "bug"


DISAGREEMENTS = (Kind.REFUSAL, Kind.SHAPE, Kind.VALUES, Kind.BUG)


class Result(NamedTuple):
    """One layer: what we said and what the framework said, as sentences."""

    number: int
    case: Case
    kind: Kind
    accepted: bool
    ours: str
    theirs: str


def has_dialect(framework: Framework) -> bool:
    """Whether the framework speaks a dialect that we have."""
    try:
        take(framework.dialect)
    except UsageError:
        return False
    return True


def cases(framework: Framework, count: int, seed: int) -> Iterator[Case]:
    """The same layers for the same seed, whatever else is verified."""
    random = Random(f"{framework.dialect}:{seed}")
    for _ in range(count):
        yield framework.draw(random)


def verify(asked: Asked[Framework], count: int, seed: int, told: Callable[[Result], None]) -> None:
    """Ask for `count` drawn layers and tell each result.

    Raises:
        NotStarted: the framework cannot be imported.
    """
    for number, case in enumerate(cases(asked.framework, count, seed)):
        answer = asked.ask(case)
        result = compare(asked.framework, case, answer, number)
        if result.kind is Kind.VALUES and _changes(asked, case, answer):
            result = result._replace(kind=Kind.UNSTEADY)
        told(result)


def _changes(asked: Asked[Framework], case: Case, answer: Answer) -> bool:
    """Whether the same question gets other answers, as where foreign memory is read."""
    hashes = {asked.ask(case).get("values_sha256") for _ in range(AGAIN)}
    return hashes != {answer["values_sha256"]}


def compare(framework: Framework, case: Case, answer: Answer, number: int = 0) -> Result:
    """Prediction and answer for one layer."""
    accepted = "error" not in answer
    try:
        prediction = predict(framework.dialect, case)
        kind = _kind(prediction, case, answer)
        ours = _said(prediction)
    except Exception as error:  # what a bug of ours hides must be told, and the rest still asked
        kind, ours = Kind.BUG, f"{type(error).__name__}: {error}"
    return Result(number, case, kind, accepted, ours, _answered(answer))


def predict(dialect: str, case: Case) -> Prediction:
    """What we say of the layer, a refusal included."""
    try:
        return read_layer(dialect, case.params, case.input_shape, case.weight_shape)
    except DeconvError as error:
        return error


def _kind(prediction: Prediction, case: Case, answer: Answer) -> Kind:
    differing = _difference(prediction, case, answer)
    if differing in DISAGREEMENTS and any(f.differs for f in prediction.findings):
        return Kind.KNOWN
    return differing


def _difference(prediction: Prediction, case: Case, answer: Answer) -> Kind:
    if isinstance(prediction, DeconvError):
        return Kind.REFUSED if "error" in answer else Kind.REFUSAL
    if "error" in answer:
        return Kind.REFUSAL
    if list(prediction.output_shape) != answer["output_shape"]:
        return Kind.SHAPE
    hashed = answer.get("values_sha256")
    if hashed is not None and _computed(prediction, case) != hashed:
        return Kind.VALUES
    return Kind.AGREE


def _computed(reading: Reading, case: Case) -> str:
    x, weight = pattern_input(case.input_shape), pattern_weight(case.weight_shape)
    return fingerprint(run(reading, x, weight, engine="numpy"))


def _said(prediction: Prediction) -> str:
    if isinstance(prediction, DeconvError):
        return f"refused ({prediction.message})"
    return _shape_text(prediction.output_shape)


def _answered(answer: Answer) -> str:
    error: dict[str, Any] | None = answer.get("error")
    if error is None:
        return _shape_text(answer["output_shape"])
    if error["type"] == CRASH:
        return f"no answer ({error['message']})"
    message = " ".join(error["message"].split())
    return f"refused ({error['type']}: {message})"


def _shape_text(shape: Any) -> str:
    return "x".join(map(str, shape)) or "a shape without axes"
