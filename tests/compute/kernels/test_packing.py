"""Weights are packed in the order of their use, by the definition and for any size of pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels import packing as room
from deconvcli.compute.kernels.packing import UNUSED_WEIGHT, Packing, Run, Weights
from deconvcli.compute.kernels.reference import Array

GROUPS, INPUTS, OUTPUTS, TAPS, WIDTH = 2, 3, 5, 4, 2
OFFSETS = np.array([0, 4, UNUSED_WEIGHT, 7, 2])
RUNS = [Run(0, 3, 0, 0, 3), Run(1, 2, 1, 1, 2), Run(0, 1, 0, 3, 5)]
PACKING = Packing((GROUPS, INPUTS, OUTPUTS, TAPS), WIDTH, OFFSETS, RUNS)


def pack_one_by_one(w: Array) -> Array:
    """Return (parts, weights of a part), packed one by one."""
    by_group = w.reshape(GROUPS, INPUTS, OUTPUTS, TAPS)

    def weight(group: int, channel: int, first: int, tap: int, offset: int) -> float:
        output, at = divmod(offset, TAPS)
        exists = offset != UNUSED_WEIGHT and first + output < OUTPUTS
        return by_group[group, channel, first + output, at + tap] if exists else 0

    return np.array(
        [
            [
                weight(group, run.channel + c, first, run.tap, int(offset))
                for run in RUNS
                for c in range(run.inputs)
                for offset in OFFSETS[run.first : run.last]
            ]
            for group in range(GROUPS)
            for first in range(0, OUTPUTS, WIDTH)
        ]
    )


def weights_of(dtype: str) -> Array:
    return np.arange(1.0, 1 + GROUPS * INPUTS * OUTPUTS * TAPS).astype(dtype)


@given(st.data())
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_some_parts_are_packed_as_the_definition_has_them(dtype: str, data: st.DataObject) -> None:
    w, wide = weights_of(dtype), np.dtype("float32" if dtype == "float16" else dtype)
    first = data.draw(st.integers(0, PACKING.parts - 1))
    parts = range(first, data.draw(st.integers(first + 1, PACKING.parts)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "PIECE_BYTES", data.draw(st.sampled_from([1, 100, 4 << 20])))
        patch.setattr(room, "TASK_WEIGHTS", data.draw(st.sampled_from([1, 7, 30, 1 << 16])))
        packed = PACKING.pack(w, parts, wide, data.draw(st.integers(1, 3)))
    assert packed.dtype == wide
    np.testing.assert_array_equal(
        packed.reshape(len(parts), -1), pack_one_by_one(w)[parts.start : parts.stop]
    )


def test_a_layer_without_taps_has_no_weights() -> None:
    nothing = Packing((1, 3, 2, 4), 2, np.arange(2), [])
    assert nothing.pack(np.ones(24), range(1), np.dtype(np.float64), 2).size == 0


def test_weights_are_packed_at_once_unless_they_are_too_many() -> None:
    w, bias = weights_of("float32"), np.zeros(12, np.float32)
    whole, first = Weights(PACKING, w, bias, threads=2).for_parts(range(2, 4))
    assert (first, whole.size) == (0, PACKING.parts * PACKING.size)
    some, first = Weights(PACKING, w, bias, threads=2, most=whole.nbytes - 1).for_parts(range(2, 4))
    assert (first, some.size) == (2, 2 * PACKING.size)
    np.testing.assert_array_equal(whole.reshape(6, -1)[2:4].reshape(-1), some)
