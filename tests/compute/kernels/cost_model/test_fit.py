"""The page of the cost model shows the fit of the stored times."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.compute.kernels.cost_model.fit import fit, list_constants, table

PAGE = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.+?) \| (\S+) \| (\S+) \|$", re.M)


def test_the_page_shows_the_fit_and_the_constants_in_the_code() -> None:
    before = [constant.value for constant in list_constants(32)]
    now, fitted = fit()
    made = {name: numbers for name, *numbers in ROW.findall(table(now, fitted))}
    shown = {name: numbers for name, *numbers in ROW.findall(PAGE)}
    assert shown.keys() == made.keys()
    for name, numbers in list(made.items())[2:]:
        assert [*map(float, shown[name])] == pytest.approx([*map(float, numbers)], rel=0.01), name
    assert fitted.error < now.error
    assert [constant.value for constant in list_constants(32)] == before
