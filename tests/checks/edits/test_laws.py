"""Laws of edits: each fixes its finding, adds no problem, and changes no size that was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from deconvcli.checks.checking import (
    CheckedFile,
    Settings,
    SourceFile,
    _file_check,
    check_bytes,
)
from deconvcli.checks.checking._fixing import fix_data
from deconvcli.checks.rules import rules
from deconvcli.common.findings import Diagnostic, Severity
from tests.checks.edits.edits import apply_each, check_text, network, sizes
from tests.networks.graph.graphs import transposed, windows

KERNEL_RULES = ("DCV201", "DCV202")
DIALECTS = ("torch", "keras", "onnx")


@st.composite
def layers(draw: st.DrawFn) -> str:
    """Return a layer, on one line, that its dialect may refuse or that is uneven."""
    dialect = draw(st.sampled_from(DIALECTS))
    kind = draw(st.sampled_from(["conv_transpose", "conv_transpose", "conv"]))
    words = draw(transposed(dialect) if kind == "conv_transpose" else windows(dialect))
    channels = draw(st.sampled_from([4, 6, 8]))
    groups = {"groups": draw(st.integers(1, 5))} if draw(st.booleans()) else {}
    return line({"op": kind, **words, "out_channels": channels, **groups, "dialect": dialect})


def line(words: Mapping[str, Any]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in words.items())}}}"


@st.composite
def networks(draw: st.DrawFn) -> str:
    targets = draw(st.sampled_from(["", "targets: [keras]\n", "targets: [onnxruntime, torch]\n"]))
    size = draw(st.sampled_from(["8x8", "9x12", "HxW", "7"]))
    return network(*draw(st.lists(layers(), min_size=1, max_size=3)), size=size, head=targets)


def is_error(found: Diagnostic) -> bool:
    return rules()[found.code][1].severity == "error"


def places(findings: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    """Return how often each code is found at each place, but notes, which request nothing."""
    return count_codes(found for found in findings if found.severity is not Severity.NOTE)


def count_codes(findings: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((found.code, found.where.path if found.where else "") for found in findings)


def failing(one: CheckedFile) -> set[int]:
    """Return the numbers of the layers without a shape."""
    return {number for number, shape in enumerate(sizes(one)) if shape is None}


@settings(max_examples=150, deadline=None)
@given(networks())
def test_an_edit_fixes_its_finding_and_adds_no_problem(text: str) -> None:
    for found, before, after in apply_each(text):
        place = found.where.path if found.where else ""
        every = count_codes(before.findings) - count_codes(after.findings)
        assert every[found.code, place] >= 1
        if is_error(found):
            assert len(failing(after)) <= len(failing(before))
            assert sum(map(is_error, after.findings)) <= sum(map(is_error, before.findings))
        else:
            assert places(after.findings) <= places(before.findings)
            assert sizes(after) == sizes(before)


@settings(max_examples=25, deadline=None)
@given(networks(), st.booleans())
def test_fixes_together_add_no_problem_and_leave_nothing_to_fix(text: str, unsafe: bool) -> None:
    chosen, file = Settings(fix=True, unsafe=unsafe), SourceFile("a.yaml", "a.yaml")
    fixed = fix_data(file, text.encode(), chosen)
    assert fixed is not None
    assert fixed.rewrite is not None
    before, after = check_text(text), check_text(fixed.rewrite.after.decode())
    assert len(failing(after)) <= len(failing(before))
    assert sum(map(is_error, after.findings)) <= sum(map(is_error, before.findings))
    assert bool(fixed.rewrite.fixed) == fixed.rewrite.is_change
    assert not [fix for fix in after.fixes.values() if unsafe or fix.is_safe]
    assert fixed.rewrite.unsafe == len(after.fixes)
    twice = fix_data(file, fixed.rewrite.after, chosen)
    assert twice is not None
    assert twice.rewrite is not None
    assert not twice.rewrite.is_change


@pytest.mark.parametrize("code", ["DCV104", "DCV108", "DCV201", "DCV202", "DCV203", "DCV204"])
def test_the_law_meets_every_rule(code: str) -> None:
    def is_edited(text: str) -> bool:
        return any(code in (found.code, *found.also) for found in check_text(text).fixes)

    find(networks(), is_edited)


@settings(max_examples=150, deadline=None)
@given(networks())
def test_what_one_edit_fixes_in_a_kernel_is_one_finding(text: str) -> None:
    """Where the kernel is the cause, the same edit is not shown for two findings."""
    shown = [fix for found, fix in check_text(text).fixes.items() if found.code in KERNEL_RULES]
    assert len(set(shown)) == len(shown)


MANY = {
    "uneven": "{op: conv_transpose, out_channels: 4, kernel: 3, stride: 2, dialect: keras,"
    " padding: same, inputs: input}",
    "failing": "{op: conv, out_channels: 4, kernel: 3, groups: 3, inputs: input}",
}


@pytest.mark.parametrize("layer", MANY.values(), ids=MANY)
def test_edits_of_many_findings_take_bounded_work(
    layer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks for edits are limited by the file's size; every finding is still reported."""
    checks = 0

    def counted(*given: Any) -> CheckedFile:
        nonlocal checks
        checks += 1
        return check_bytes(*given)

    monkeypatch.setattr(_file_check, "check_bytes", counted)
    one = check_text(network(*[layer] * 250))
    assert len(one.findings) >= 250
    assert checks < 10
