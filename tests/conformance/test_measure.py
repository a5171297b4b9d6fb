"""The generator of tables, with a fake framework."""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import deconvcli
from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.releases import Need
from tests.conformance import measure
from tests.conformance.newest import NotInstalled, has_newest

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> Shelf[Framework]:
    """Measure fakes, so that tables have their names."""
    shelf: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
    monkeypatch.setattr(measure, "FRAMEWORKS", shelf)
    return shelf


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


class FakeEnvironment:
    """Our own Python in place of a new environment; every distribution is released as 7.0+cpu."""

    newest = "7.0+cpu"
    python = Path(sys.executable)

    def __init__(self, folder: Path) -> None:
        """Make nothing."""

    def find_newest(self, needs: Iterable[Need]) -> dict[str, str]:
        """Return the same release for all, except for what does not exist."""
        names = [need.distribution for need in needs]
        if "no-such-module" in names:
            raise NotInstalled("No matching distribution found for no-such-module")
        return dict.fromkeys(names, self.newest)

    def install(self, needs: Iterable[Need]) -> None:
        """Everything is installed."""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> type[FakeEnvironment]:
    monkeypatch.setattr(measure, "Environment", FakeEnvironment)
    return FakeEnvironment


def test_newest_releases_are_compared_and_nothing_is_written(
    tmp_path: Path, environment: type[FakeEnvironment]
) -> None:
    assert run_measure(tmp_path, "wrong newer --add 30").exit_code == 0
    same = run_measure(tmp_path, "--newest wrong newer")
    release = deconvcli.__version__
    assert same.output.splitlines() == [
        f"wrong: deconvcli {release} -> 7.0: 0 of 30 rows changed",
        "newer: deconvcli 0.0.1 -> 7.0: 0 of 30 rows changed",
    ]
    assert same.exit_code == 0

    path = tmp_path / "wrong.jsonl.xz"
    rows = table(path)
    spoiled = [
        {**row, "error": {**row["error"], "message": "two"}}
        if "error" in row
        else {**row, "output_shape": [7]}
        for row in rows[10:]
    ]
    refused = sum("error" in row for row in spoiled)
    assert 0 < refused < sum("error" in row for row in rows)
    stored = rows[:10] + spoiled
    measure._write(path, stored)
    # Not named, so that only what changed counts, and what comes after it is still measured.
    measure._write(tmp_path / "absent.jsonl.xz", [])
    done = run_measure(tmp_path, "--newest")
    heads = done.output.splitlines()[:3]
    assert heads == [
        "absent: not measured: No matching distribution found for no-such-module",
        "newer: deconvcli 0.0.1 -> 7.0: 0 of 30 rows changed",
        f"wrong: deconvcli {release} -> 7.0: 20 of 30 rows changed"
        f" ({refused} of them refused as before, in other words)",
    ]
    assert done.output.count("\nwrong torch-drawn-") == 5
    assert "\n  output_shape: [7] -> [" in done.output
    assert done.output.endswith("\nwrong: and 15 more\n")
    assert done.exit_code == 1
    assert table(path) == stored


def test_a_release_that_is_the_newest_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: type[FakeEnvironment]
) -> None:
    monkeypatch.setattr(environment, "newest", deconvcli.__version__ + "+cpu")
    # Measuring this row would raise.
    measure._write(tmp_path / "wrong.jsonl.xz", [{"id": "no row"}])
    measure._write(tmp_path / "shifted.jsonl.xz", [{"id": "no row"}])
    done = run_measure(tmp_path, "--newest")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert (done.exit_code, done.output) == (
        0,
        f"shifted, wrong: the newest for {python} is the measured release: "
        f"deconvcli {deconvcli.__version__}\n",
    )


def test_only_a_named_table_must_be_measured(
    tmp_path: Path, environment: type[FakeEnvironment], fakes: Shelf[Framework]
) -> None:
    measure._write(tmp_path / "absent.jsonl.xz", [])
    broken = measure.draw_rows(fakes.take("broken"), "broken", 1, seed=0)
    measure._write(tmp_path / "broken.jsonl.xz", broken)
    for line, code in (("--newest", 0), ("--newest absent", 1), ("--newest broken", 1)):
        done = run_measure(tmp_path, line)
        assert done.exit_code == code
        assert done.output.count(": not measured: ") == len(done.output.splitlines()) > 0


def test_the_environment_answers_and_not_our_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: type[FakeEnvironment]
) -> None:
    assert run_measure(tmp_path, "newer --add 1").exit_code == 0
    monkeypatch.setattr(environment, "python", tmp_path / "absent")
    assert isinstance(run_measure(tmp_path, "--newest").exception, OSError)


def test_newest_adds_nothing(tmp_path: Path) -> None:
    done = run_measure(tmp_path, "wrong --newest --add 3")
    assert (done.exit_code, "--newest writes nothing" in done.output) == (2, True)


def test_the_monthly_workflow_measures_every_table_that_pip_can_install() -> None:
    path = Path(__file__).parents[2] / ".github" / "workflows" / "monthly.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = workflow["jobs"]["drift"]["strategy"]["matrix"]["tables"]
    tables = [path.name.removesuffix(".jsonl.xz") for path in sorted(measure.HERE.glob("*.xz"))]
    expected: dict[tuple[Need, ...], list[str]] = {}
    for name in tables:
        if has_newest(needs := FRAMEWORKS.take(name).needs):
            expected.setdefault(needs, []).append(name)
    assert lines == [" ".join(names) for names in expected.values()]
