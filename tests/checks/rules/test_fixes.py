"""Fixes of random broken networks: nothing that they fix is left, and nothing new is wrong."""

from __future__ import annotations

from collections import Counter

import pytest

from deconvcli.checks.documents import Document
from deconvcli.checks.edits import TextEdit
from deconvcli.common.findings import Change
from tests.checks.rules import fuzz_fixes

COUNT = 120


def test_the_first_fix_leaves_nothing_wrong() -> None:
    tried: Counter[str] = Counter()
    assert list(fuzz_fixes.find_problems(COUNT, 20, tried)) == []
    assert tried["fixed"] > 0.8 * tried["errors"] > 0.8 * COUNT


def test_a_fix_that_fixes_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_nothing(document: Document, change: Change) -> TextEdit:
        return TextEdit(1, 1, 1, "", "")

    monkeypatch.setattr(fuzz_fixes, "write_change", write_nothing)
    problems = list(fuzz_fixes.find_problems(10, 20))
    assert len(problems) >= 5
