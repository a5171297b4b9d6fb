"""The generator of tables, with a fake framework."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.driver.base import Framework
from tests.conformance import measure

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure fakes, so that tables have their names."""
    shelf: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
    monkeypatch.setattr(measure, "FRAMEWORKS", shelf)


def run_measure(folder: Path, line: str) -> Result:
    return CliRunner().invoke(measure.main, [*line.split(), "--folder", str(folder)])


def table(path: Path) -> list[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_a_table_is_made_and_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl.xz"
    done = run_measure(tmp_path, "wrong --add 12 --seed 3")
    assert done.exit_code == 0, done.output
    assert "0 of 0 rows changed, 12 new" in done.output
    rows = table(path)
    assert [row["id"] for row in rows] == [f"torch-drawn-3-{number:04d}" for number in range(12)]
    assert {"error", "values_sha256", "crop"} <= {key for row in rows for key in row}
    assert all(row["dialect_version"] for row in rows)
    again = run_measure(tmp_path, "wrong --check")
    assert (again.exit_code, "0 of 12 rows changed" in again.output) == (0, True)

    good = next(row for row in rows if row.get("crop"))
    bad = [{**row, "output_shape": [7]} if row is good else row for row in rows]
    measure._write(path, bad)
    changed = run_measure(tmp_path, "wrong --check")
    assert changed.exit_code == 1
    assert f"wrong {good['id']}: {json.dumps(good['params'])}\n  output_shape: [7] -> [" in (
        changed.output
    )
    assert table(path) == bad
    assert run_measure(tmp_path, "wrong").exit_code == 0
    assert table(path) == rows


def test_a_missing_framework_is_skipped(tmp_path: Path) -> None:
    measure._write(tmp_path / "absent.jsonl.xz", [])
    done = run_measure(tmp_path, "--check")
    assert (done.exit_code, done.output) == (0, "absent: not installed: no-such-module==1.2\n")
    assert run_measure(tmp_path, "absent --check").exit_code == 1


def test_varying_parts_are_no_change() -> None:
    def row(message: str) -> dict[str, Any]:
        return {"error": {"type": "E", "message": message, "stage": "call"}}

    old = row("at 0x7f1 of conv1d_transpose_3, one of {'a', 'b'}")
    assert not list(
        measure.differences(old, row("at 0x2 of conv1d_transpose_9, one of {'b', 'a'}"))
    )
    assert list(measure.differences(old, row("at 0x2 of conv2d_transpose_9, one of {'b', 'a'}")))


def test_version_texts_are_those_of_the_tables() -> None:
    assert measure.version_text("torch", {"torch": "2.13.0+cpu"}) == "2.13.0+cpu"
    keras = {"keras": "3.15.1", "jax": "0.10.2"}
    assert measure.version_text("keras_jax", keras) == "keras 3.15.1 / jax 0.10.2"
    runtime = {"onnxruntime": "1.31.1", "onnx": "1.23.2"}
    assert measure.version_text("onnx_onnxruntime", runtime) == "onnxruntime 1.31.1"
    assert measure.version_text("tflite", {"ai_edge_litert": "2.3.0"}) == "ai-edge-litert 2.3.0"
