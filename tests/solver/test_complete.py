"""What is found is exactly what a slow search through each dialect's own reading finds."""

from __future__ import annotations

import pytest

from tests.solver.fuzz import list_names, run


@pytest.mark.parametrize("name", list_names())
def test_a_search_finds_all_layers_and_no_others(name: str) -> None:
    assert run(6, seed=2016, names=[name]) == []
