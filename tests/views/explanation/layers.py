"""Random layers for the laws of the explanation, all accepted by their dialect."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

import deconvcli
from deconvcli.layers.layer import Reading


def read(dialect: str, n: int, k: int, **words: Any) -> Reading:
    """Return a layer of one axis and one channel, with the sizes in the dialect's own layout."""
    first = dialect in ("torch", "onnx")
    shape = (1, 1, n) if first else (1, n, 1)
    weight = (1, 1, k) if first else (k, 1, 1)
    return deconvcli.layer(dialect, input_shape=shape, weight_shape=weight, **words)


def _torch(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "stride": draw(st.integers(1, 4)),
        "padding": draw(st.integers(0, 4)),
        "output_padding": draw(st.integers(0, 3)),
        "dilation": draw(st.integers(1, 3)),
    }


def _onnx(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "strides": [draw(st.integers(1, 4))],
        "pads": draw(st.lists(st.integers(0, 4), min_size=2, max_size=2)),
        "output_padding": [draw(st.integers(0, 3))],
        "dilations": [draw(st.integers(1, 3))],
    }


def _keras(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "strides": draw(st.integers(1, 4)),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "output_padding": draw(st.none() | st.integers(0, 3)),
    }


def _jax(draw: st.DrawFn) -> dict[str, Any]:
    pair = st.lists(st.integers(0, 4), min_size=2, max_size=2)
    return {
        "strides": [draw(st.integers(1, 4))],
        "padding": draw(st.sampled_from(["VALID", "SAME"]) | st.tuples(pair)),
        "rhs_dilation": [draw(st.integers(1, 3))],
        "transpose_kernel": draw(st.booleans()),
    }


_WORDS = {"torch": _torch, "onnx": _onnx, "keras": _keras, "jax": _jax}


@st.composite
def layers(draw: st.DrawFn) -> Reading:
    """Draw a layer of one axis that its dialect accepts and that leaves an output."""
    dialect = draw(st.sampled_from(sorted(_WORDS)))
    n, k = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    words = _WORDS[dialect](draw)
    try:
        reading = read(dialect, n, k, **words)
    except deconvcli.DeconvError:
        reading = None
    assume(reading is not None)
    assert reading is not None
    [out] = reading.output_sizes
    assume(out > 0)
    return reading
