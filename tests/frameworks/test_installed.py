"""The frameworks that a name selects, as if all of them were installed."""

from __future__ import annotations

import pytest

from deconvcli.frameworks.installed import select_frameworks, select_timed
from deconvcli.frameworks.releases import Need


@pytest.fixture(autouse=True)
def all_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find every module."""
    monkeypatch.setattr(Need, "is_installed", lambda need: True)


def test_a_name_selects_a_dialect_or_one_implementation() -> None:
    selection = select_frameworks(["keras", "keras@torch"])
    names = [framework.dialect for framework in selection.installed]
    assert names == [f"keras@{name}" for name in ("jax", "openvino", "tensorflow", "torch")]
    assert selection.missing == []
    assert [framework.dialect for framework in select_frameworks(["torch"]).installed] == ["torch"]


def test_those_that_are_timed_are_some_of_all() -> None:
    timed = {framework.dialect for framework in select_timed().installed}
    everything = {framework.dialect for framework in select_frameworks().installed}
    assert {"torch", "onnx@onnxruntime"} < timed < everything
