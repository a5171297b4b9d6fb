"""From file to file in Python, as the room's page shows it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import OutOfMemory, UsageError
from deconvcli.compute.runner import MemoryLimit, blocks
from deconvcli.compute.runner.blocks import cut_for_files
from deconvcli.compute.runner.checking import BlockChecks, check_arrays
from deconvcli.compute.runner.files import Files, run_files

PAGE = Path(blocks.__file__).with_name("README.md")
LIMIT = MemoryLimit(1 << 30)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_of_the_page_runs(folder: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
    assert sorted(path.name for path in folder.iterdir()) == ["x.npy", "y.npy"]


def test_blocks_are_checked_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1)
    layer = deconvcli.layer("torch", input_shape=(2, 3, 40), weight_shape=(3, 5, 4), stride=2)
    x, weight = np.ones((2, 3, 40), "float32"), np.ones((3, 5, 4), "float32")
    np.save("x.npy", x)
    y = deconvcli.run(layer, x, weight)
    np.save("reference.npy", y + (y > 5))
    cut = cut_for_files(layer, "float32", LIMIT, checked=True)
    files = Files("x.npy", "y.npy", y.shape, "float32", "reference.npy")
    checks = BlockChecks(layer, x.dtype, weight, None, ("values", "reference"))
    reports: list[tuple[int, int]] = []
    done = run_files(
        deconvcli.prepare(layer, weight), files, cut, checks, lambda *report: reports.append(report)
    )
    assert done.is_finite
    assert checks.agreements["values"].agrees
    assert not checks.agreements["reference"].agrees
    outputs = {"values": y, "reference": np.load("reference.npy")}
    assert checks.agreements == check_arrays(layer, x, weight, None, outputs)
    assert reports[-1] == (y.size, y.size)
    assert len(reports) > 2


def test_too_little_memory_is_an_error() -> None:
    layer = deconvcli.layer("torch", input_shape=(2, 3, 40), weight_shape=(3, 5, 4))
    with pytest.raises(OutOfMemory, match=r"even in blocks .* more than is allowed"):
        cut_for_files(layer, "float32", MemoryLimit(99), checked=False)


def test_a_circular_layer_is_refused() -> None:
    layer = deconvcli.layer(
        "flax", input_shape=(2, 40, 3), weight_shape=(4, 3, 5), padding="CIRCULAR"
    )
    cut = cut_for_files(layer, "float32", LIMIT, checked=False)
    step = deconvcli.prepare(layer, np.ones((4, 3, 5), "float32"))
    with pytest.raises(UsageError, match="beyond both ends"):
        run_files(step, Files("x.npy", "y.npy", (2, 40, 5), "float32"), cut)
