"""A processor's properties follow from the names of its features and the system's files."""

from __future__ import annotations

import platform
from pathlib import Path

import llvmlite.binding
import pytest

from deconvcli.compute.kernels import machine as room
from deconvcli.compute.kernels.machine import UNKNOWN_MACHINE, USUAL_CACHE_BYTES, Machine


@pytest.fixture(autouse=True)
def _plain_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile for this processor, which is not an ARM."""
    for name, value in (("DISABLE_JIT", 0), ("CPU_NAME", None), ("CPU_FEATURES", None)):
        monkeypatch.setattr(room.config, name, value)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def machine_of(monkeypatch: pytest.MonkeyPatch, *features: str) -> Machine:
    """Return the machine of a host with these features and without avx10."""
    has = {**dict.fromkeys(features, True), "avx10": False}
    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_features", lambda: has)
    return room.machine.__wrapped__()


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (("avx512f", "avx2", "fma"), Machine(512, 32)),
        (("avx2", "fma"), Machine(256, 16)),
        (("avx2",), UNKNOWN_MACHINE),  # a product and its sum would be a call of the C library
        (("avx", "fma"), UNKNOWN_MACHINE),
        (("neon",), Machine(128, 32)),
        ((), UNKNOWN_MACHINE),
    ],
)
def test_features_tell_the_vectors(
    features: tuple[str, ...], expected: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine_of(monkeypatch, *features) == expected


@pytest.mark.parametrize("name", ["arm64", "aarch64", "ARM64"])
def test_64_bit_arm_always_has_vectors(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: name)
    assert machine_of(monkeypatch) == Machine(128, 32)


def test_lanes_are_what_fits() -> None:
    assert [Machine(512, 32).lanes(size) for size in (4, 8)] == [16, 8]
    assert [Machine(128, 32).lanes(size) for size in (4, 8)] == [4, 2]
    assert [UNKNOWN_MACHINE.lanes(size) for size in (4, 8)] == [8, 8]


@pytest.mark.parametrize(
    ("features", "expected"),
    [(None, UNKNOWN_MACHINE), ("", UNKNOWN_MACHINE), ("+avx2,+fma,-avx512f", Machine(256, 16))],
)
def test_another_processor_has_what_numba_was_told(
    features: str | None, expected: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.config, "CPU_NAME", "haswell")
    monkeypatch.setattr(room.config, "CPU_FEATURES", features)
    assert machine_of(monkeypatch, "avx512f") == expected


def test_the_hosts_own_name_is_no_other_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.config, "CPU_NAME", "host")
    assert machine_of(monkeypatch, "avx512f") == Machine(512, 32)


def test_without_compilation_there_are_no_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.config, "DISABLE_JIT", 1)
    assert machine_of(monkeypatch, "avx512f") == UNKNOWN_MACHINE


def test_a_tree_without_data_caches_gives_the_usual_sizes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entries = [(str(level), "Instruction", "64K") for level in range(1, 9)]
    assert caches_of(monkeypatch, tmp_path, *entries) == USUAL_CACHE_BYTES


def caches_of(
    monkeypatch: pytest.MonkeyPatch, root: Path, *entries: tuple[str, str, str]
) -> dict[int, int]:
    """Return the sizes by level from a tree whose entries are (level, type, size)."""
    for index, entry in enumerate(entries):
        folder = root / f"index{index}"
        folder.mkdir()
        for name, text in zip(("level", "type", "size"), entry, strict=True):
            (folder / name).write_text(f"{text}\n")
    monkeypatch.setattr(room, "CACHE_FOLDER", root)
    return {level: room.cache_size.__wrapped__(level) for level in (1, 2)}


FIRST = [("1", "Instruction", "64K"), ("1", "Data", "48K")]


def test_the_caches_of_data_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entries = [*FIRST, ("2", "Unified", "1280K"), ("3", "Unified", "32768K")]
    assert caches_of(monkeypatch, tmp_path, *entries) == {1: 48 << 10, 2: 1280 << 10}


@pytest.mark.parametrize(
    "entries",
    [
        [],
        FIRST[:1],
        [("2", "Instruction", "64K"), ("1", "Data", "")],
        [("1", "Data", "many"), ("2", "Unified", "")],
    ],
)
def test_a_system_that_does_not_tell_has_the_usual_caches(
    entries: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert caches_of(monkeypatch, tmp_path, *entries) == USUAL_CACHE_BYTES
    assert caches_of(monkeypatch, tmp_path / "nowhere") == USUAL_CACHE_BYTES
