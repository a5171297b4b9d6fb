"""What the times depend on: the processor, and how fast it could be at most."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib import import_module


def processor() -> str:
    """Its name as the system tells it."""
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            label, _, name = line.partition(":")
            if label.strip() == "model name":
                return name.strip()
    return platform.processor() or platform.machine()


def limit(dtype: str, threads: int) -> float | None:
    """Operations a second that no kernel exceeds here; None where Numba cannot measure them."""
    try:
        kernel = import_module("deconvcli.compute.kernels.limit")
        return float(kernel.flops(dtype, threads))
    except MemoryError:
        raise
    except Exception:  # of Numba's import or compilation, which may fail in any way
        return None
