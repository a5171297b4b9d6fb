"""Converters and further runtimes: what they were measured to make of layers, row by row.

`rows.jsonl.xz` has a line for each layer: its words, and the size and crop of the output, or the
error; of exporters whether the values were the same. Measured in November 2026 with the releases
of `frameworks/releases.py`, on random layers of which some are illegal.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.converters import CONVERTERS

Row = dict[str, Any]
ROWS = Path(__file__).parent / "rows.jsonl.xz"
# Rows that no rule explains: the simulator takes few words SAME, and ends on two dilated layers.
UNEXPLAINED = {
    "rknn": ("0003", "0220", "0263", "0285", "0291", "0416", "0435"),
    # Of layers with output_shape, these have their values.
    "mnn": ("0080", "0146", "0390"),
    # A dilation along an axis of one element.
    "keras_tflite": ("93",),
}


def list_rows(name: str) -> Iterator[tuple[Row, deconvcli.Reading]]:
    """Yield the rows of a converter with their layers; illegal ones have none."""
    with lzma.open(ROWS, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["converter"] == name and (reading := read(row)) is not None:
                yield row, reading


def read(row: Row) -> deconvcli.Reading | None:
    # TVM accepts some layers that the specification forbids, as others do.
    names = [row["dialect"], *(["onnx@tvm"] if row["dialect"] == "onnx" else [])]
    for name in names:
        try:
            return deconvcli.layer(
                name,
                input_shape=row["input_shape"],
                weight_shape=row.get("weight_shape"),
                **row["params"],
            )
        except DeconvError:
            continue
    return None


def find_disagreement(row: Row, reading: deconvcli.Reading) -> str | None:
    """Return what a converter does otherwise than we say."""
    try:
        found = CONVERTERS.take(row["converter"]).carry(reading)
    except DeconvError as error:
        return None if "error" in row else f"refused: {error.message}"
    # What is meaningless has no crop, and sometimes no answer.
    if found.no_values:
        is_right = not row.get("crop") or row["crop"] != [list(pair) for pair in found.crop]
        return None if is_right or len(reading.spatial) == 3 else "its values have a meaning"
    if "error" in row:
        return f"accepted: {row['error']}"
    if list(found.output_sizes) != row["output"]:
        return f"size {found.output_sizes}"
    crop = row.get("crop")
    if crop is not None and crop != [list(pair) for pair in found.crop]:
        return f"crop {found.crop}"
    # Readers of ONNX were compared with ONNX Runtime, which is not the specification.
    if row["dialect"] == "onnx":
        return None
    is_same = (found.output_sizes, found.crop) == (reading.output_sizes, reading.crop)
    return None if row.get("same", is_same) == is_same else "the values"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("iree", 10),
        ("keras_tflite", 130),
        ("mnn", 300),
        ("onnx2tf", 110),
        ("onnx2torch", 10),
        ("rknn", 150),
        ("tf2onnx", 130),
        ("torch_onnx_dynamo", 70),
        ("torch_onnx_jit", 200),
    ],
)
def test_layers_become_what_was_measured(name: str, least: int) -> None:
    rows = list(list_rows(name))
    assert len(rows) >= least
    wrong = [
        (row["id"], found) for row, reading in rows if (found := find_disagreement(row, reading))
    ]
    known = UNEXPLAINED.get(name, ())
    assert [found for found in wrong if found[0].rpartition("-")[2] not in known] == []
    assert len(wrong) == len(known)


def test_the_comparison_can_fail() -> None:
    row, reading = next(pair for pair in list_rows("rknn") if pair[0].get("crop"))
    assert find_disagreement(row, reading) is None
    assert find_disagreement({**row, "error": "no"}, reading)
    assert find_disagreement({**row, "output": [1, 1]}, reading)
    assert find_disagreement({**row, "crop": [[9, 9]]}, reading)


@pytest.mark.parametrize("name", CONVERTERS.names)
def test_a_converter_says_what_was_measured(name: str) -> None:
    converter = CONVERTERS.take(name)
    assert converter.source.startswith(f"measured with {converter.release}")
    assert converter.takes in ("keras", "onnx", "torch")
