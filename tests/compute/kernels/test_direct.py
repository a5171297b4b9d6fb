"""A step that prepares nothing."""

from __future__ import annotations

import numpy as np

from deconvcli.compute.kernels import reference
from deconvcli.compute.kernels.direct import Direct

W, BIAS = np.array([[[1.0, 2, 3]]]), np.array([10.0])


def test_it_computes_with_its_own_axes_or_those_of_a_block() -> None:
    step = Direct(reference.transposed_convolution, W, BIAS, [(3, 2, 1, 0, 0)], 1, 1)
    x, reports = np.array([[[1.0, 2]]]), list[tuple[int, int]]()
    np.testing.assert_array_equal(step(x), [[[11, 12, 15, 14, 16]]])
    block = step(x, [(3, 2, 1, 1, 2)], lambda done, total: reports.append((done, total)))
    np.testing.assert_array_equal(block, [[[12, 15]]])
    assert reports == [(1, 1)]
