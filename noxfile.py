"""Every check of this project, for people and for CI.

`nox` runs what needs nothing but pip: the tests with their coverage, and the linters.
`nox -s judges frameworks` asks those who have the last word: the validators of other projects'
formats, and the frameworks themselves. `.ci/run` runs all of it.
"""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests", "lint"]

# Written by compiled code, these arrays are what a wrong index would damage.
INDEXED = (
    "tests/compute/kernels/test_packing.py",
    "tests/compute/kernels/test_channel_order.py",
    "tests/compute/kernels/channels",
)
# The total counts when all parts are measured: the last line compares it with the threshold.
MEASURED = ("--cov", "--cov-append", "--cov-report=", "--cov-fail-under=0")
# What Numba compiles is measured as plain Python: coverage cannot look into machine code.
PLAIN = (*INDEXED, "tests/compute/kernels/test_pool.py", "tests/compute/kernels/tiled")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, then the kernels with every index checked and as plain Python.

    Arguments after `--` go to pytest, and then nothing else runs: `nox -s tests -- tests/cli`.
    """
    session.install("--quiet", "--editable", ".[test]")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("coverage", "erase")
    session.run("pytest", *MEASURED)
    checked = (*INDEXED, "tests/compute/kernels/test_engines.py")
    # What emits the kernels' instructions runs only where they are compiled, not where they are
    # loaded from the disk, as on every second run. So the measured cache is a new one.
    with TemporaryDirectory() as cache:
        compiled = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": cache}
        session.run("pytest", *MEASURED, *checked, env=compiled)
    plain = {"NUMBA_DISABLE_JIT": "1"}
    session.run("pytest", *MEASURED, *PLAIN, env=plain)
    session.run("coverage", "report")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and types."""
    session.install("--quiet", "--editable", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def judges(session: nox.Session) -> None:
    """Ask other projects' validators about our SARIF, our hook and GitHub's files."""
    session.install("--quiet", "--editable", ".[dev]")
    session.run(".ci/judges", external=True)


@nox.session
def frameworks(session: nox.Session) -> None:
    """Compare our predictions with the pinned frameworks: 40 layers of each, and layer objects.

    Then the modules of a few layers of each, in every other framework.
    """
    if sys.version_info >= (3, 14):
        session.skip("TensorFlow has no wheels for this Python yet")
    session.install("--quiet", "--editable", ".[frameworks,test]")
    _run_measured(session, "verify", "--n", "40", "--require")
    # ONNX' reference evaluator refuses an empty batch, and adds up groups of some layers wrongly.
    keras = "keras@jax,keras@tensorflow,keras@torch"
    targets = f"torch,{keras},tensorflow,jax,flax,onnx@onnxruntime"
    _run_measured(session, "verify", "--convert", "--to", targets, "--n", "4", "--require")
    session.run("python", "-m", "tests.frameworks.live_layers")
    required = {"DECONV_REQUIRE_FRAMEWORKS": "1"}
    tests = (
        "frameworks/test_written.py",
        "frameworks/test_onnx_backend.py",
        "conversion/programs",
        "models",
        "networks/porting",
    )
    paths = [f"tests/{name}" for name in tests]
    session.run("pytest", "-n", "2", *MEASURED, *paths, env=required)


def _run_measured(session: nox.Session, *arguments: str) -> None:
    """Run `deconv`, and add the lines that it and its processes reach to those of the tests."""
    session.run("coverage", "run", "-m", "deconvcli", *arguments)
    session.run("coverage", "combine", "--quiet", "--append")


@nox.session
def coverage(session: nox.Session) -> None:
    """Compare what `tests` and then `frameworks` measured together with the threshold of both."""
    session.install("--quiet", "--editable", ".[test]")
    session.run("coverage", "report", "--fail-under", "97")


@nox.session
def newest(session: nox.Session) -> None:
    """Run the tests of the kernels on the newest Numba, pre-releases included.

    The kernels use private names of Numba, so a new release may break them.
    """
    session.install("--quiet", "--editable", ".[test]")
    session.install("--quiet", "--upgrade", "--pre", "numba", "numpy", "llvmlite")
    session.run("pytest", "tests/compute", "tests/cli/test_run.py")
