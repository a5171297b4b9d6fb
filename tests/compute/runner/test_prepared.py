"""A prepared layer whose compiler fails late, and one too large to be reordered at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest

import deconvcli
from deconvcli.compute.kernels import stream
from deconvcli.compute.kernels.failure import NotCompiled
from deconvcli.compute.runner import Array, Prepared, engines, prepared
from deconvcli.layers.layer import Reading

WEIGHT = np.arange(3 * 3 * 2 * 3, dtype="float32").reshape(3, 3, 2, 3)
X = np.arange(9 * 8 * 3, dtype="float32").reshape(1, 9, 8, 3) % 7


@pytest.fixture(autouse=True)
def _numba_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_not_compiled", [])


def keras() -> Reading:
    """Return a layer with channels last, which the engines compute with channels first."""
    return deconvcli.layer(
        "keras",
        input_shape=X.shape,
        weight_shape=WEIGHT.shape,
        filters=2,
        kernel_size=3,
        strides=2,
    )


def channels_first(x: Array, threads: int) -> Array:
    return np.moveaxis(x, -1, 1).copy()


def fail(*arguments: Any) -> NoReturn:
    raise NotCompiled("no such vector")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("_steps", {X.dtype: fail}),
        ("_channel_order", SimpleNamespace(channels_first=fail)),
        ("_channel_order", SimpleNamespace(channels_first=channels_first, channels_last=fail)),
    ],
    ids=["step", "input", "output"],
)
def test_numpy_computes_if_a_call_cannot_be_compiled(
    field: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = prepared.run(keras(), X, WEIGHT, engine="numpy")
    layer = deconvcli.prepare(keras(), WEIGHT)
    assert layer.engine == "numba"
    monkeypatch.setattr(layer, field, value)
    np.testing.assert_array_equal(layer(X), expected)
    assert layer.engine == "numpy"
    assert layer.why.startswith("numba cannot compile here (no such vector); numpy computes")
    assert deconvcli.prepare(keras(), WEIGHT).why == layer.why  # it is not tried again


def test_a_large_output_is_reordered_in_blocks_with_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer, streams = deconvcli.prepare(keras(), WEIGHT), []
    expected = layer(X)

    def counted(*arguments: Any) -> None:
        streams.append(arguments)
        stream.stream(*arguments)

    monkeypatch.setattr(prepared, "stream", counted)
    monkeypatch.setattr(prepared, "MAX_REORDERED_BYTES", 512)
    np.testing.assert_array_equal(layer(X), expected, strict=True)
    assert len(streams) == 1


@pytest.mark.parametrize(
    ("name", "error"), [("numba", MemoryError), ("numpy", ImportError), ("numpy", MemoryError)]
)
def test_these_errors_are_not_answered_with_numpy(
    name: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_to_import(module: str) -> None:
        raise error

    monkeypatch.setattr(engines, "import_module", fail_to_import)
    with pytest.raises(error):
        Prepared(keras(), WEIGHT, None, 1, name, False)
