"""Damaged files of every reader: no errors but the declared ones, and none takes a second.

`python -m tests.models.fuzz NAME 100000` is the same for longer, with another seed each time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.models.reading import read_model
from tests.models import fuzz

NAMES = ["keras-json", "keras", "config-keras", "h5", "pt2", "graph-pt2", "tflite", "xml"]


@pytest.mark.parametrize("name", NAMES)
def test_mutants_give_declared_errors_only(name: str) -> None:
    assert list(fuzz.find_errors(name, 300, seed=7)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_file_that_is_damaged_is_a_model(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"net.{name.rpartition('-')[2]}"
    fuzz.save(path, name, fuzz.FILES[name]())
    model = read_model(str(path), {})
    assert model.layers
    assert not model.findings
