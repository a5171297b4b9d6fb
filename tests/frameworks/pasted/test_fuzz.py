"""A few mutated layers in each form; the module runs as many as one wants."""

from __future__ import annotations

import pytest

from tests.frameworks.pasted.fuzz import FORMS, tally


@pytest.mark.parametrize("name", FORMS)
def test_mutated_layers_are_read_or_refused(name: str) -> None:
    found = tally(FORMS[name], 100, seed=7)
    assert found.errors == []
    assert min(found.accepted, found.refused) > 0


def test_another_error_is_found() -> None:
    def fail(text: str, dice: object) -> None:
        raise KeyError(text)

    found = tally(FORMS["sizes"]._replace(read=fail), 3, seed=7)
    assert [problem.partition(":")[0] for problem, _ in found.errors] == ["KeyError"] * 3
