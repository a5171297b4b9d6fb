"""The search for crops, on layers cut by hand and on every kind of measured row."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.compute.runner import run
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from tests.conformance.axes import Measurement, read_measurement
from tests.conformance.crops import (
    AMBIGUOUS,
    EMPTY,
    NOWHERE,
    ZERO,
    CropMatch,
    find_crop,
    full_scatter,
)
from tests.frameworks.test_conformance import DIALECTS, evidence

HERE = Path(__file__).parent


def layer(
    n: tuple[int, ...], k: tuple[int, ...], s: int, d: int = 1, groups: int = 1
) -> tuple[Measurement, Any]:
    """Return a measurement without its output, and the full scatter."""
    x, w = pattern_input((2, 2 * groups, *n)), pattern_weight((2 * groups, 3, *k))
    rank = len(n)
    measurement = Measurement(x, w, np.zeros((2, 3 * groups, *n)), [s] * rank, [d] * rank, groups)
    return measurement, full_scatter(measurement, False)


def test_the_full_scatter_is_the_definition() -> None:
    x, w = np.array([[[1, 2]]]), np.array([[[1, 10, 100]]])
    measurement = Measurement(x, w, x, [2], [1], 1)
    assert full_scatter(measurement, False).tolist() == [[[1, 10, 102, 20, 200]]]
    assert full_scatter(measurement, True).tolist() == [[[100, 10, 201, 20, 2]]]
    assert full_scatter(measurement._replace(dilations=[2], strides=[1]), False).tolist() == [
        [[1, 2, 10, 20, 100, 200]]
    ]


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("begin", "end"), [(0, 0), (1, 2), (2, 0), (-1, -3), (0, -2)])
def test_a_cut_is_found(begin: int, end: int, groups: int) -> None:
    measurement, whole = layer((4, 3), (3, 2), 2, groups=groups)
    padded = np.pad(whole, [(0, 0), (0, 0), (9, 9), (9, 9)])
    y = padded[..., 9 + begin : -9 - end, 10:-9]
    assert find_crop(measurement._replace(y=y)) == CropMatch([[begin, end], [1, 0]], False)
    reversed_ = np.flip(measurement.w, axis=(2, 3))
    assert find_crop(measurement._replace(y=y, w=reversed_)) == CropMatch(
        [[begin, end], [1, 0]], True
    )


def test_an_undecided_crop_is_none() -> None:
    measurement, whole = layer((4,), (3,), 2)
    assert find_crop(measurement._replace(y=whole[..., :0])) == CropMatch(None, None, EMPTY)
    assert find_crop(measurement._replace(y=np.zeros((2, 3, 4)))) == CropMatch(None, None, ZERO)
    assert find_crop(measurement._replace(y=whole + 1)) == CropMatch(None, None, NOWHERE)
    assert find_crop(measurement._replace(y=whole, strides=[0])) == CropMatch(None, None, NOWHERE)
    ones = Measurement(np.ones((1, 1, 4)), np.ones((1, 1, 2)), np.ones((1, 1, 1)), [2], [1], 1)
    assert find_crop(ones) == CropMatch(None, None, AMBIGUOUS)
    sided = Measurement(
        np.ones((1, 1, 1)), np.array([[[1, 2, 2]]]), np.full((1, 1, 1), 2), [1], [1], 1
    )
    assert find_crop(sided) == CropMatch(None, None, AMBIGUOUS)


@pytest.mark.parametrize("table", [t for t, name in DIALECTS.items() if evidence(name).values])
def test_our_values_lie_where_the_frameworks_did(table: str) -> None:
    checked = 0
    with lzma.open(HERE / f"{table}.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows[::9]:
        if "values_sha256" not in row or "crop_dilation" in row:
            continue
        x, w = pattern_input(row["input_shape"]), pattern_weight(row["weight_shape"])
        sizes = {key: row[key] for key in ("input_shape", "weight_shape")}
        try:
            reading = deconvcli.layer(DIALECTS[table], **sizes, **row["params"])
            y = run(reading, x, w, engine="numpy")
        except deconvcli.DeconvError:
            continue
        if fingerprint(y) == row["values_sha256"] and "crop_note" not in row:
            place = find_crop(read_measurement(DIALECTS[table], row, x, w, y))
            assert (place.crop, place.flipped) == (row["crop"], row["flipped"]), row
            checked += 1
    assert checked > 20
