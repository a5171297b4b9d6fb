"""Our engine in the form in which it is timed."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.bench.contest import ours
from deconvcli.compute.runner import engines, prepare
from deconvcli.frameworks.driver.base import Case, Packing, Trace

X, W = np.ones((1, 2, 5), "float32"), np.ones((2, 3, 4), "float32")


@pytest.mark.parametrize(("packing", "packed"), [(Packing.BEFOREHAND, 1), (Packing.EVERY_CALL, 3)])
def test_weights_are_packed_once_or_in_every_call(
    monkeypatch: pytest.MonkeyPatch, packing: Packing, packed: int
) -> None:
    calls = []

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(named)
        return prepare(*arguments, **named)

    monkeypatch.setattr(ours, "prepare", counted)
    words = {"strides": [2], "pads": [1, 1], "engine": "numpy", "packing": packing}
    step = ours.FRAMEWORK.prepare(Case(words, X.shape, W.shape, 1), X, W, Trace(), 2)
    outputs = [step() for _ in range(3)]
    once = {"once": True} if packing == Packing.EVERY_CALL else {}
    assert calls == [{"threads": 2, "engine": "numpy", **once}] * packed
    layer = deconvcli.layer("torch", input_shape=X.shape, weight_shape=W.shape, stride=2, padding=1)
    for y in outputs:
        np.testing.assert_array_equal(y, deconvcli.run(layer, X, W))


def test_the_versions_are_those_that_compute() -> None:
    assert ours.FRAMEWORK.versions() == {
        name: version(name) for name in ("deconvcli", "numba", "numpy")
    }


def test_another_engine_is_not_timed_under_this_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_not_compiled", ["numba cannot compile here"])
    words = {"engine": "numba", "packing": Packing.BEFOREHAND}
    step = ours.FRAMEWORK.prepare(Case(words, X.shape, W.shape, 1), X, W, Trace(), 1)
    with pytest.raises(RuntimeError, match="numba cannot compile here; numpy computes instead"):
        step()
