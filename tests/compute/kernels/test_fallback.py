"""If Numba cannot be imported or cannot compile, NumPy computes, and one line says so once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FAILS = {
    "ImportError": "raise ImportError('no llvm')",
    "SystemError": "raise SystemError('initialization failed')",
    "OSError": "raise OSError('libLLVM.so: no such file')",
    "AttributeError": "raise AttributeError('np.long is gone')",
    "compiling": "",
    "decorating": "",
}
"""Sources of a numba package whose import fails."""

COMPILING = """
import numba.core.dispatcher
def fail(self, signature):
    raise {kind}('in the compiler,\\nover some lines')
numba.core.dispatcher.Dispatcher.compile = fail
"""
DECORATING = """
import numba
def fail(*arguments, **options):
    raise AttributeError('njit takes no such option')
numba.njit = fail
"""
MAIN = "from deconvcli.cli.main import main; main()"
API = """
import numpy as np
import deconvcli
for dialect, shape in (("torch", (1, 2, 5)), ("keras", (1, 5, 2))):
    words = {"kernel_size": 3} | ({"filters": 2} if dialect == "keras" else {"out_channels": 2})
    layer = deconvcli.layer(dialect, input_shape=shape, **words)
    weight = np.ones(layer.weight_shape, "f")
    y = deconvcli.run(layer, np.ones(shape, "f"), weight)
    assert y.shape == layer.output_shape and y.max() == 6, y
    step = deconvcli.prepare(layer, weight)
    assert (step(np.ones(shape, "f")) == y).all()
    assert step.engine == "numpy", step.engine
    assert "numba cannot" in step.why
"""


def python(
    folder: Path, how: str, code: str, *arguments: str, kind: str = "RuntimeError"
) -> subprocess.CompletedProcess[str]:
    """Run a Python process whose Numba, like that of its children, fails in this way."""
    if FAILS.get(how):
        (folder / "numba.py").write_text(FAILS[how])
    first = {"compiling": COMPILING.format(kind=kind), "decorating": DECORATING}.get(how, "")
    # Loaded at the start of every process, as a broken installation is.
    (folder / "sitecustomize.py").write_text(first)
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[3])])
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "XDG_CACHE_HOME": str(folder / "cache"),
        "NUMBA_CACHE_DIR": "",
    }
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


every_failure = pytest.mark.parametrize("how", FAILS)


@every_failure
def test_run(how: str, tmp_path: Path) -> None:
    line = "run -q --in 5x5 -k 3 --check --repeat 1 --format json"
    done = python(tmp_path, how, MAIN, *line.split())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == "numpy"
    says_so_once(done.stderr)


@every_failure
def test_bench(how: str, tmp_path: Path) -> None:
    line = "bench -q --in 5x5 -k 3 --seconds 0.01 --threads 1 --format json"
    done = python(tmp_path, how, MAIN, *line.split())
    assert done.returncode == 0, done.stderr
    assert '"numpy"' in done.stdout
    says_so_once(done.stderr)


@every_failure
def test_the_library(how: str, tmp_path: Path) -> None:
    done = python(tmp_path, how, API)
    assert (done.returncode, done.stderr) == (0, "")


def says_so_once(err: str) -> None:
    """Require one line that says what happened and what to do."""
    [line] = [line for line in err.splitlines() if not line.startswith("assumed: ")]
    assert line.startswith("numba cannot ")
    assert line.endswith("; numpy computes instead: reinstall numba to be fast again, or choose"
                         " the engine numpy")  # fmt: skip


def test_from_file_to_file(tmp_path: Path) -> None:
    import numpy as np

    source, out = str(tmp_path / "x.npy"), str(tmp_path / "y.npy")
    np.save(source, np.ones((1, 1, 5, 5), "f"))
    line = f"run -q {source} -k 3 --rank 2 --mmap --out {out} --check"
    done = python(tmp_path, "compiling", MAIN, *line.split())
    assert done.returncode == 0, done.stderr
    says_so_once(done.stderr)


def test_used_up_memory_is_not_taken_for_a_compiler_that_fails(tmp_path: Path) -> None:
    line = "run -q --in 5x5 -k 3"
    done = python(tmp_path, "compiling", MAIN, *line.split(), kind="MemoryError")
    assert done.returncode == 2
    assert done.stderr.startswith("error[memory]")
    done = python(tmp_path, "compiling", MAIN, *line.split(), kind="KeyboardInterrupt")
    assert done.returncode == 130


def test_the_engine_that_works_is_taken(tmp_path: Path) -> None:
    done = python(tmp_path, "", MAIN, *["run", "-q", "--in", "5x5", "-k", "3", "--format", "json"])
    assert json.loads(done.stdout)["engine"] == "numba"
    assert done.stderr == ""
