"""A prediction compared with an answer: each kind of agreement and disagreement."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.errors import Refused
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.driver import compare as comparing
from deconvcli.frameworks.driver.base import Case
from deconvcli.frameworks.driver.compare import Kind, Prediction, compare
from deconvcli.frameworks.drivers._answer import Answerer
from tests.fakes import wrong

FAKE = wrong.FRAMEWORK


def case(n: int, **params: Any) -> Case:
    return Case(params, (1, 2, n), (2, 1, 3), 1)


def answer(case: Case) -> dict[str, Any]:
    """Return the fake's own answer, computed in this process."""
    return Answerer(FAKE).answer(case._asdict())


@pytest.mark.parametrize(
    ("n", "params", "kind", "ours", "theirs"),
    [
        (1, {}, Kind.SHAPE, "1x1x3", "1x1x2"),
        (2, {}, Kind.VALUES, "1x1x4", "1x1x4"),
        (3, {}, Kind.REFUSAL, "1x1x5", "a refusal (ValueError: three is too many)"),
        (4, {"output_padding": 1}, Kind.REFUSAL, "a refusal (torch: output_padding 1", "1x1x7"),
        (5, {}, Kind.AGREE, "1x1x7", "1x1x7"),
        (
            5,
            {"stride": 0},
            Kind.REFUSED,
            "a refusal (torch: stride",
            "a refusal (Refused: torch: s",
        ),
    ],
)
def test_kinds(n: int, params: Any, kind: Kind, ours: str, theirs: str) -> None:
    result = compare(FAKE, case(n, **params), answer(case(n, **params)), 17)
    assert result.kind == kind
    assert result.ours.startswith(ours)
    assert result.theirs.startswith(theirs)
    assert (result.number, result.accepted) == (17, not result.theirs.startswith("a refusal"))


def test_a_crash_is_no_answer() -> None:
    error = {"type": "ProcessCrash", "message": "process ended with -6", "stage": "call"}
    result = compare(FAKE, case(5), {"error": error})
    assert (result.kind, result.theirs) == (Kind.REFUSAL, "nothing (process ended with -6)")


def test_sizes_alone_are_enough_where_there_are_no_values() -> None:
    assert compare(FAKE, case(5), {"output_shape": [1, 1, 7]}).kind == Kind.AGREE


def test_a_finding_that_says_so_makes_a_known_deviation(monkeypatch: pytest.MonkeyPatch) -> None:
    def predict(dialect: str, case: Case) -> Prediction:
        differs = case.params["stride"] == 2
        seen = Diagnostic("zero", Severity.NOTE, "it was seen to", differs=differs)
        return Refused("no", help="none.", findings=(seen,))

    monkeypatch.setattr(comparing, "predict", predict)
    accepted = {"output_shape": [1, 1, 0]}
    assert compare(FAKE, case(5, stride=2), accepted).kind == Kind.KNOWN
    assert compare(FAKE, case(5, stride=1), accepted).kind == Kind.REFUSAL
    answer = {"error": {"type": "ValueError", "message": "", "stage": "call"}}
    assert compare(FAKE, case(5, stride=2), answer).kind == Kind.REFUSED


def test_a_bug_of_ours_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "predict", lambda *given: 1 / 0)
    result = compare(FAKE, case(5), {"output_shape": [1, 1, 7]})
    assert (result.kind, result.ours) == (Kind.BUG, "ZeroDivisionError: division by zero")
