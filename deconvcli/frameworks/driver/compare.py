"""Our prediction for one layer compared with a framework's own answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.compute.runner import run
from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from deconvcli.frameworks.driver.process import CRASH, Answer
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

Prediction = Reading | DeconvError


class Kind(StrEnum):
    """The outcome of one comparison; the last four are disagreements.

    unsteady: the values differ from ours, and from themselves when the layer is computed again.
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


class Comparison(NamedTuple):
    """One layer, with our prediction and the framework's answer as texts.

    number: its place among the layers drawn. accepted: whether the framework computed it.
    """

    number: int
    case: Case
    kind: Kind
    accepted: bool
    ours: str
    theirs: str


def compare(framework: Framework, case: Case, answer: Answer, number: int = 0) -> Comparison:
    """Return how our prediction for this layer compares with the answer."""
    accepted = "error" not in answer
    try:
        prediction = predict(framework.dialect, case)
        kind = _compare_prediction(prediction, case, answer)
        ours = _prediction_text(prediction)
    # A bug of ours is one more disagreement; the layers after it are still compared.
    except Exception as error:
        kind, ours = Kind.BUG, f"{type(error).__name__}: {error}"
    return Comparison(number, case, kind, accepted, ours, _answer_text(answer))


def predict(dialect: str, case: Case) -> Prediction:
    """Return our reading of the layer, or the error with which we refuse it."""
    try:
        return read_layer(dialect, case.params, case.input_shape, case.weight_shape)
    except DeconvError as error:
        return error


def _compare_prediction(prediction: Prediction, case: Case, answer: Answer) -> Kind:
    kind = _find_difference(prediction, case, answer)
    # The finding was given before the framework was asked, and covers a difference of any kind.
    if kind in DISAGREEMENTS and any(finding.differs for finding in prediction.findings):
        return Kind.KNOWN
    return kind


def _find_difference(prediction: Prediction, case: Case, answer: Answer) -> Kind:
    if isinstance(prediction, DeconvError):
        return Kind.REFUSED if "error" in answer else Kind.REFUSAL
    if "error" in answer:
        return Kind.REFUSAL
    if list(prediction.output_shape) != answer["output_shape"]:
        return Kind.SHAPE
    # Absent if the framework infers shapes only.
    theirs = answer.get("values_sha256")
    if theirs is not None:
        x, weight = pattern_input(case.input_shape), pattern_weight(case.weight_shape)
        if fingerprint(run(prediction, x, weight, engine="numpy")) != theirs:
            return Kind.VALUES
    return Kind.AGREE


def _prediction_text(prediction: Prediction) -> str:
    if isinstance(prediction, DeconvError):
        return f"a refusal ({prediction.message})"
    return _shape_text(prediction.output_shape)


def _answer_text(answer: Answer) -> str:
    error: dict[str, Any] | None = answer.get("error")
    if error is None:
        return _shape_text(answer["output_shape"])
    if error["type"] == CRASH:
        return f"nothing ({error['message']})"
    message = " ".join(error["message"].split())
    return f"a refusal ({error['type']}: {message})"


def _shape_text(shape: Any) -> str:
    return "x".join(map(str, shape)) or "a shape without axes"
