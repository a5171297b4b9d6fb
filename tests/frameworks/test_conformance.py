"""Every measured row of every framework: shape, refusal, crop, orientation and values."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialects import DIALECTS as SHELF
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.drivers import FRAMEWORKS

HERE = Path(__file__).parents[1] / "conformance"
# Each table is named after the file of its framework.
DIALECTS = {
    name: FRAMEWORKS.take(name).dialect
    for name in sorted(path.name.partition(".")[0] for path in HERE.glob("*.jsonl.xz"))
}
# Accidents that may be answered by the rule instead, with a finding of this code that names them.
BY_RULE = {
    "torch-zero-output-path": "empty-output",
    "torch-dilation0": "dilation",
    "xla-abort": "xla-abort",
    "opencv-channels": "channels",
    "opencv-channels-rank": "rank",
    "opencv4-dilation": "opencv4-dilation",
    "tract-stride0": "strides",
    "keras-openvino-empty": "keras-openvino-empty-output",
    "caffe-opencv-dilation": "caffe-opencv-dilation",
    "caffe-opencv-pad": "caffe-opencv-pad",
    "mxnet-native-dilation": "mxnet-native-dilation",
    "tfjs-number-pad": "tfjs-number-pad",
    "tfjs-output-shape": "tfjs-output-shape",
    "tfjs-wasm-3d": "tfjs-wasm-3d",
}
# Accidents that are answered as they happen, and the finding that names them.
NAMED = {
    "mlx-negative-pad": "mlx-padding-beyond-kernel",
    "ov-1x1-pads-ignored": "openvino-pads-ignored",
    "ov-group-explicit-output_shape": "openvino-pads-ignored",
    "paddle-same-dilation-ignored": "paddle-same-dilation",
    "tf_keras-3d-dilation-ignored": "keras2-3d-dilation",
    "tinygrad-stride0": "tinygrad-stride-zero",
}

Row = dict[str, Any]


@cache
def quirks(table: str) -> dict[str, str]:
    """Row ids of a table to the class of accident that they show."""
    classes = json.loads((HERE / "quirks.json").read_text(encoding="utf-8"))
    return {row: name for name, found in classes.items() for row in found["rows"].get(table, [])}


def rows(table: str) -> Iterator[Row]:
    """All rows of a table."""
    with lzma.open(HERE / f"{table}.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read(table: str, row: Row) -> deconvcli.Reading:
    """The row's layer in its dialect."""
    return deconvcli.layer(
        DIALECTS[table],
        input_shape=row["input_shape"],
        weight_shape=row["weight_shape"],
        **row["params"],
    )


def disagreement(table: str, row: Row) -> str | None:
    """What differs between our answer and the measured one, values aside."""
    try:
        reading = read(table, row)
    except deconvcli.DeconvError as error:
        return None if "error" in row else f"refused: {error.message}"
    if "error" in row:
        return f"accepted as {reading.output_shape}"
    if list(reading.output_shape) != row["output_shape"]:
        return f"shape {reading.output_shape}"
    if row.get("crop_dilation") not in (None, [axis.dilation for axis in reading.layer.axes]):
        return "dilation"
    # What comes back at the other end is no crop, so the one in the table is a coincidence.
    crops = [] if reading.layer.circular else row.get("crop") or []
    for ours, theirs in zip(reading.crop, crops, strict=False):
        if theirs is not None and list(ours) != theirs:
            return f"crop {reading.crop}"
    if row.get("flipped") not in (None, reading.flipped):
        return f"flipped {reading.flipped}"
    return None


def is_named(table: str, row: Row) -> bool:
    """Whether the row shows an accident, and our answer has a finding that says so."""
    code = BY_RULE.get(quirks(table).get(row["id"], ""))
    try:
        findings = read(table, row).findings
    except deconvcli.DeconvError as error:
        findings = error.findings
    return any(finding.differs and finding.code == code for finding in findings)


def disagreements(table: str) -> list[str]:
    """One line for each row that is answered differently and without a word about it."""
    pairs = ((row, disagreement(table, row)) for row in rows(table))
    return [f"{row['id']}: {found}" for row, found in pairs if found and not is_named(table, row)]


def pattern(shape: list[int], factor: int, offset: int, modulus: int) -> np.ndarray[Any, Any]:
    """The tables' own input: small integers, exact in any order of summation."""
    numbers = (factor * np.arange(int(np.prod(shape))) + offset) % modulus - modulus // 2
    return numbers.astype(np.float32).reshape(shape)


def values_hash(table: str, row: Row) -> str:
    """Of what our engine computes, as the tables hash it."""
    x = pattern(row["input_shape"], 7, 3, 11)
    weight = pattern(row["weight_shape"], 5, 1, 7)
    y = deconvcli.run(read(table, row), x, weight)
    return hashlib.sha256(np.ascontiguousarray(y.astype(np.int64)).tobytes()).hexdigest()


@pytest.mark.parametrize("table", DIALECTS)
def test_shape_refusal_crop_and_orientation_are_the_frameworks(table: str) -> None:
    assert disagreements(table) == []


def evidence(name: str) -> Evidence:
    """Of a dialect or of one implementation."""
    dialect, implementation = take(name)
    return dialect.implementations[implementation] if implementation else dialect.evidence


def test_the_evidence_is_these_tables() -> None:
    counted = {name: len(list(rows(table))) for table, name in DIALECTS.items()}
    assert {name: evidence(name).rows for name in counted} == counted
    for name in SHELF.names:
        below = [counted.pop(f"{name}@{other}", 0) for other in SHELF.take(name).implementations]
        assert evidence(name).rows in (counted.pop(name, 0), sum(below))
    assert not counted


@pytest.mark.parametrize("table", [t for t, name in DIALECTS.items() if evidence(name).values])
def test_values_are_the_frameworks(table: str) -> None:
    answered = (row for row in rows(table) if disagreement(table, row) is None)
    measured = [row for row in answered if "values_sha256" in row]
    assert len(measured) > 200
    wrong = [
        row["id"]
        for row in measured
        if not is_named(table, row) and values_hash(table, row) != row["values_sha256"]
    ]
    assert wrong == []


@pytest.mark.parametrize("table", DIALECTS)
def test_an_accident_is_named_where_it_moves_something(table: str) -> None:
    accidents = quirks(table)
    for row in rows(table):
        code = NAMED.get(accidents.get(row["id"], ""))
        if code and "error" not in row and any(any(pair or ()) for pair in row["crop"] or ()):
            assert code in [finding.code for finding in read(table, row).findings], row["id"]


def test_the_comparison_can_fail() -> None:
    row = next(row for row in rows("torch") if row.get("crop") == [[1, 1]])
    assert disagreement("torch", row) is None
    assert disagreement("torch", {**row, "output_shape": [1, 1, 1]})
    assert disagreement("torch", {**row, "crop": [[0, 2]]})
    assert disagreement("torch", {**row, "error": {}})
    assert disagreement("torch", {**row, "params": {**row["params"], "stride": 0}})
    assert not is_named("torch", row)
    assert values_hash("torch", row) == row["values_sha256"]
    shifted = {**row, "params": {**row["params"], "padding": 0}}
    assert values_hash("torch", shifted) != row["values_sha256"]
