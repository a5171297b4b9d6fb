"""The number of CPUs that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cpus() -> int:
    """Return the CPUs that this process may use, by affinity and the quota of its control group."""
    # From Python 3.13 on, which also honours PYTHON_CPU_COUNT.
    allowed = getattr(os, "process_cpu_count", None) or _affinity
    return max(1, min(allowed() or 1, *_quota()))


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - macOS, Windows


def _quota() -> list[int]:
    """Return the CPUs of cgroup v2's cpu.max, rounded up; several thousand without a quota."""
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return [-(-int(quota) // int(period))]
    except (OSError, ValueError):
        return [1 << 12]
