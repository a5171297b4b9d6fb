"""The processor's properties that the kernel depends on: vectors, registers and caches."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding
import numba.core

config: Any = numba.core.config
# Of the first core, which stands for all.
CACHE_FOLDER = Path("/sys/devices/system/cpu/cpu0/cache")
USUAL_CACHE_BYTES = {1: 32 * 1024, 2: 512 * 1024}
"""Bytes by level, for systems that do not report them; few machines have less."""

CACHE_LINE_BYTES = 64
"""Bytes of a cache line."""


class Machine(NamedTuple):
    """Registers for vectors and the bits of each; 0 bits if the vectors are not known."""

    bits: int
    registers: int

    def lanes(self, itemsize: int) -> int:
        """Return the numbers in a vector; 8, which suits plain loops, if vectors are not known."""
        return self.bits // (8 * itemsize) if self.bits else 8


UNKNOWN_MACHINE = Machine(0, 16)


@cache
def machine() -> Machine:
    """Return the vectors that code compiled here may use.

    Vectors that cannot multiply and add in one step count as unknown: such a step would become a
    call of the C library.
    """
    if config.DISABLE_JIT:
        return UNKNOWN_MACHINE
    features = _features()
    if "avx512f" in features:
        return Machine(512, 32)
    if "avx2" in features and "fma" in features:
        return Machine(256, 16)
    # Every 64-bit ARM processor has NEON, whether or not LLVM lists the feature.
    has_neon = "neon" in features or platform.machine().lower() in ("arm64", "aarch64")
    return Machine(128, 32) if has_neon else UNKNOWN_MACHINE


def _features() -> set[str]:
    """Return the names of the features of the processor that Numba compiles for."""
    if config.CPU_NAME not in (None, "", "host"):  # compiling for another processor
        return {name[1:] for name in (config.CPU_FEATURES or "").split(",") if name[:1] == "+"}
    return {name for name, has in llvmlite.binding.get_host_cpu_features().items() if has}


@cache
def cache_size(level: int) -> int:
    """Return the bytes of a core's own data cache at level 1 or 2."""
    for index in range(8):
        try:
            its_level, kind, size = (
                (CACHE_FOLDER / f"index{index}" / name).read_text().strip()
                for name in ("level", "type", "size")
            )
        except OSError:
            break
        is_wanted = its_level == str(level) and kind in ("Unified", "Data")
        if is_wanted and size.removesuffix("K").isdecimal():
            return int(size.removesuffix("K")) * 1024
    return USUAL_CACHE_BYTES[level]
