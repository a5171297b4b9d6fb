"""The machine's limit: measured a few times, kept in a file, and zero for unknown vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deconvcli.compute.kernels import limit
from deconvcli.compute.kernels.machine import UNKNOWN_MACHINE, Machine, machine


@pytest.fixture(autouse=True)
def a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(limit, "cache_folder", lambda: tmp_path)
    limit.flops.cache_clear()
    yield tmp_path
    limit.flops.cache_clear()


def measure_each(monkeypatch: pytest.MonkeyPatch, *rates: float) -> list[float]:
    """Return the answers of flops, process by process, for these measurements."""
    left = list(rates)
    monkeypatch.setattr(limit, "machine", lambda: Machine(256, 16))
    monkeypatch.setattr(limit, "_measure", lambda dtype, threads: left.pop(0))
    answers = []
    for _ in range(8):
        limit.flops.cache_clear()
        answers.append(limit.flops("float32", 2))
    return answers


def test_the_best_of_five_processes_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = measure_each(monkeypatch, 3.0, 5.0, 4.0, 1.0, 2.0)
    assert answers == [3.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]


@pytest.mark.parametrize("content", [b"", b"[1", b'{"a": 1}', b"[1, 2, 3]", b"null"])
def test_a_damaged_file_is_measured_again(
    content: bytes, a_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_each(monkeypatch, *[7.0] * 5)
    [file] = a_folder.iterdir()
    file.write_bytes(content)
    assert measure_each(monkeypatch, *[9.0] * 5)[0] == 9.0


def test_no_folder_means_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "cache_folder", lambda: None)
    assert measure_each(monkeypatch, *map(float, range(8)))[7] == 7.0


def test_unknown_vectors_have_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "machine", lambda: UNKNOWN_MACHINE)
    assert limit.flops("float32", 1) == 0.0


@pytest.mark.skipif(not machine().bits, reason="the vectors of this processor are not known")
def test_a_tile_is_really_timed() -> None:
    assert 1e9 < limit.flops("float32", 1) < 1e12
    assert limit.flops("float16", 1) >= limit.flops("float32", 1)  # the same, once more
