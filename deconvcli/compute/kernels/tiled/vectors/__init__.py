"""Vector instructions in Numba: a register tile of a matrix product, and moves in and out of it.

Numba's own vectoriser keeps no tile of accumulators in registers. Explicit LLVM vectors do, and
reach the rate of the multipliers. Every function has a plain twin of the same name in loops.py.

All arrays are flat and of one float dtype, and tables are int64. The last arguments are literals,
and one version is compiled for each. Nothing is checked here: the tables of schedule.py must keep
every access inside its array.
"""

from __future__ import annotations

from deconvcli.compute.kernels.tiled.vectors._fill import fill
from deconvcli.compute.kernels.tiled.vectors._multiply import multiply
from deconvcli.compute.kernels.tiled.vectors._store import MAX_WOVEN_PHASES, store

__all__ = ["MAX_WOVEN_PHASES", "fill", "multiply", "store"]
