"""The only way from layers to arrays: layouts and orientation are settled, then an engine runs.

`canonical` moves arrays between a dialect's layouts and (N, C, *spatial), `engines` loads an
engine, and `prepared` joins the two. `checking` compares values with an independent computation,
and `files` computes arrays larger than memory from file to file.
"""

from deconvcli.compute.runner.canonical import (
    Array,
    axes_of,
    canonical_input,
    canonical_output,
    canonical_weight,
    own_input,
    own_output,
    own_weight,
    plain_input,
)
from deconvcli.compute.runner.checking import check_arrays, check_values
from deconvcli.compute.runner.cpus import usable_cpus
from deconvcli.compute.runner.engines import ENGINES, load_engine
from deconvcli.compute.runner.memory import Memory, MemoryLimit, memory_needed, refuse_too_large
from deconvcli.compute.runner.prepared import Prepared, prepare, refuse_without_values, run
from deconvcli.compute.runner.seeded import random_array

__all__ = [
    "ENGINES",
    "Array",
    "Memory",
    "MemoryLimit",
    "Prepared",
    "axes_of",
    "canonical_input",
    "canonical_output",
    "canonical_weight",
    "check_arrays",
    "check_values",
    "load_engine",
    "memory_needed",
    "own_input",
    "own_output",
    "own_weight",
    "plain_input",
    "prepare",
    "random_array",
    "refuse_too_large",
    "refuse_without_values",
    "run",
    "usable_cpus",
]
