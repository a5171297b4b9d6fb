"""The machine that the times depend on: its processor, and the speed that no kernel exceeds."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib import import_module
from pathlib import Path

CPU_LIST = Path("/proc/cpuinfo")


def read_processor_name() -> str:
    """Return the processor's name as the system reports it."""
    with suppress(OSError), CPU_LIST.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            label, _, name = line.partition(":")
            if label.strip() == "model name":
                return name.strip()
    # Not Linux, or an ARM machine, whose list has no model name.
    return platform.processor() or platform.machine()


def measure_limit(dtype: str, threads: int) -> float | None:
    """Return the operations a second that no kernel exceeds here, or None without Numba."""
    try:
        kernel = import_module("deconvcli.compute.kernels.limit")
        return float(kernel.flops(dtype, threads))
    except MemoryError:
        raise
    # Numba's import and its compilation fail with errors of many types.
    except Exception:
        return None
