"""A table's head says where its lists begin."""

from __future__ import annotations

import numpy as np

from deconvcli.compute.kernels.tiled.tables import table


def test_lists_lie_where_the_head_says() -> None:
    lists = [np.array([7, 8]), np.array([], np.int64), np.array([9])]
    made = table(5, [40, 41], lists)
    assert made.tolist() == [40, 41, 5, 7, 7, 7, 8, 9]
    assert made.dtype == np.int64
