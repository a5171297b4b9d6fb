"""The processor's name and the limit, which the times depend on."""

from __future__ import annotations

import platform
import sys
import types
from pathlib import Path

import pytest

from deconvcli.bench.contest.machine import measure_limit, read_processor_name


def test_the_processor_has_a_name_in_one_line() -> None:
    assert read_processor_name().strip()
    assert "\n" not in read_processor_name()


def test_a_system_without_a_list_of_processors_names_its_kind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("deconvcli.bench.contest.machine.CPU_LIST", tmp_path / "none")
    kind = platform.processor() or platform.machine()
    assert read_processor_name() == kind
    (tmp_path / "none").write_text("processor : 0\n")
    assert read_processor_name() == kind
    (tmp_path / "none").write_text("processor : 0\nmodel name : A CPU @ 2: GHz \n")
    assert read_processor_name() == "A CPU @ 2: GHz"


def test_the_limit_is_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = types.SimpleNamespace(flops=lambda dtype, threads: {"float64": 8}[dtype] * threads)
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", kernel)
    assert measure_limit("float64", 3) == 24


def test_there_is_no_limit_where_it_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", None)
    assert measure_limit("float32", 1) is None


def test_used_up_memory_is_not_a_missing_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def flops(dtype: str, threads: int) -> float:
        raise MemoryError

    kernel = types.SimpleNamespace(flops=flops)
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", kernel)
    with pytest.raises(MemoryError):
        measure_limit("float32", 1)
