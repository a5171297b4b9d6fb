"""Findings with one cause are one finding."""

from __future__ import annotations

import pytest

from deconvcli.common.findings import Diagnostic, DocumentFix, Severity, merge_causes

KERNEL = ("net", "up", "kernel")
UNEVEN = Diagnostic("DCV201", Severity.WARNING, "up: overlaps unevenly", "use 4.", cause=KERNEL)
CROP = Diagnostic("DCV203", Severity.NOTE, "up: crops 1:0", "use 5.", cause=KERNEL)
OTHER = Diagnostic("DCV205", Severity.WARNING, "up: another order", cause=("net", "up", "order"))


def test_the_others_are_named_in_the_first() -> None:
    [found] = merge_causes([UNEVEN, CROP])
    assert found.message == "up: overlaps unevenly; crops 1:0 (DCV203)"
    assert (found.code, found.severity, found.help) == ("DCV201", "warning", "use 4.")
    assert found.also == ("DCV203",)


def test_the_most_severe_is_the_first() -> None:
    [found] = merge_causes([CROP, UNEVEN, CROP._replace(code="DCV204", severity=Severity.ERROR)])
    assert (found.code, found.severity) == ("DCV204", "error")
    assert found.message == "up: crops 1:0; overlaps unevenly (DCV201) (DCV203)"
    assert found.also == ("DCV201", "DCV203")


def test_other_causes_stay_apart() -> None:
    below = CROP._replace(cause=("net", "down", "kernel"), message="down: crops 1:0")
    unknown = [CROP._replace(cause=()), UNEVEN._replace(cause=())]
    assert merge_causes([UNEVEN, OTHER, below, *unknown]) == [UNEVEN, OTHER, below, *unknown]


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("", "up: overlaps unevenly; crops 1:0 (DCV203)"),
        ("where keras crops 0:1", "up: overlaps unevenly; where keras crops 0:1 (DCV203)"),
        ("overlaps", "up: overlaps unevenly (DCV203)"),
    ],
    ids=["the message", "a clause", "nothing new"],
)
def test_what_one_adds_to_another(clause: str, message: str) -> None:
    [found] = merge_causes([UNEVEN, CROP._replace(clause=clause)])
    assert found.message == message


def test_a_layer_with_another_name_keeps_its_name() -> None:
    [found] = merge_causes([UNEVEN, CROP._replace(message="down: crops 1:0")])
    assert found.message == "up: overlaps unevenly; down: crops 1:0 (DCV203)"


def test_each_way_to_fix_is_kept_once() -> None:
    one, two = DocumentFix(()), DocumentFix((), "it moves")
    [found] = merge_causes([UNEVEN._replace(fixes=(one,)), CROP._replace(fixes=(two, one))])
    assert found.fixes == (one, two)


def test_a_copy_of_a_rule_is_reported_under_its_own_code() -> None:
    copy = UNEVEN._replace(code="DCV299")
    found = merge_causes([UNEVEN, CROP, copy])
    assert [(each.code, each.also) for each in found] == [("DCV201", ("DCV203",)), ("DCV299", ())]
