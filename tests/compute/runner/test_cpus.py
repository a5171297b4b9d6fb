"""CPUs by the quota of a control group."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deconvcli.compute.runner import cpus


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("150000 100000\n", 2), ("10000 100000\n", 1), ("max 100000\n", 6), ("", 6), (None, 6)],
)
def test_a_quota_is_rounded_up(
    quota: str | None, expected: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "cpu.max"
    if quota is not None:
        file.write_text(quota)
    monkeypatch.setattr(cpus, "_QUOTA", file)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 6, raising=False)
    assert cpus.usable_cpus() == expected


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux has affinities")
def test_the_affinity_counts_before_python_3_13(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cpus, "_QUOTA", tmp_path / "none")
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {1, 5, 7})
    assert cpus.usable_cpus() == 3
