"""The processor's name and the limit, which the times depend on."""

from __future__ import annotations

import sys
import types

import pytest

from deconvcli.bench.contest.machine import measure_limit, read_processor_name


def test_the_processor_has_a_name_in_one_line() -> None:
    assert read_processor_name().strip()
    assert "\n" not in read_processor_name()


def test_the_limit_is_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = types.SimpleNamespace(flops=lambda dtype, threads: {"float64": 8}[dtype] * threads)
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", kernel)
    assert measure_limit("float64", 3) == 24


def test_there_is_no_limit_where_it_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", None)
    assert measure_limit("float32", 1) is None
