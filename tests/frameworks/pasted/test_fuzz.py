"""A few mutated layers in every form; the module runs as many as one wants."""

from __future__ import annotations

from tests.frameworks.pasted.fuzz import find_errors


def test_mutated_layers_are_read_or_refused() -> None:
    assert list(find_errors(400, seed=7)) == []
