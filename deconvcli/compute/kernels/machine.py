"""What the kernel must know of the processor: its vectors, their registers, its caches."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding
import numba.core

config: Any = numba.core.config
CACHE = Path("/sys/devices/system/cpu/cpu0/cache")
USUAL_CACHES = {1: 32 * 1024, 2: 512 * 1024}
"""Bytes by level where the system does not tell; few machines have less."""

LINE = 64
"""Bytes of a line of the caches."""


class Machine(NamedTuple):
    """Vectors of `bits`, of which there are `registers`; 0 bits: nothing is known of them."""

    bits: int
    registers: int

    def lanes(self, itemsize: int) -> int:
        """Numbers in a vector; a plain loop does as well with 8."""
        return self.bits // (8 * itemsize) if self.bits else 8


UNKNOWN = Machine(0, 16)


@cache
def machine() -> Machine:
    """The vectors that code compiled here may use, where they multiply and add in one step."""
    if config.DISABLE_JIT:
        return UNKNOWN
    features = _features()
    if "avx512f" in features:
        return Machine(512, 32)
    if "avx2" in features and "fma" in features:
        return Machine(256, 16)
    has_neon = "neon" in features or platform.machine().lower() in ("arm64", "aarch64")
    return Machine(128, 32) if has_neon else UNKNOWN


def _features() -> set[str]:
    """Names of what the target of Numba's compilations has."""
    if config.CPU_NAME not in (None, "", "host"):  # somebody compiles for another processor
        return {name[1:] for name in (config.CPU_FEATURES or "").split(",") if name[:1] == "+"}
    return {name for name, has in llvmlite.binding.get_host_cpu_features().items() if has}


@cache
def cache_size(level: int) -> int:
    """Bytes of the cache of data that a core has for itself, at level 1 or 2."""
    for index in range(8):
        try:
            told, kind, size = (
                (CACHE / f"index{index}" / name).read_text().strip()
                for name in ("level", "type", "size")
            )
        except OSError:
            break
        is_it = told == str(level) and kind in ("Unified", "Data")
        if is_it and size.removesuffix("K").isdecimal():
            return int(size.removesuffix("K")) * 1024
    return USUAL_CACHES[level]
