"""Code that lies in the current folder never runs: not in a command, nor in a process it starts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from deconvcli.cli.commands import COMMANDS
from tests.processes import unmeasured

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")

EXAMPLES = Path(__file__).parent.parent / "examples" / "good"
POISON = "open({marker!r}, 'a').write(__name__ + '\\n')\n"
PACKAGES = ("numpy", "torch", "yaml", "click", "keras", "safetensors", "ml_dtypes")
MODULES = (
    *("onnx", "onnxruntime", "jax", "tensorflow", "numba", "llvmlite", "psutil", "rich"),
    *("sitecustomize", "usercustomize"),
)
BEFORE_US = (
    frozenset(
        ("__future__", "collections", "contextlib", "copyreg", "encodings", "enum", "functools")
    )
    | frozenset(
        (
            "importlib",
            "keyword",
            "linecache",
            "operator",
            "pkgutil",
            "re",
            "reprlib",
            "runpy",
            "site",
        )
    )
    | {
        "sitecustomize",
        "threading",
        "token",
        "tokenize",
        "types",
        "typing",
        "usercustomize",
        "warnings",
    }
)
"""What `python -m` itself may load from the current folder, before any line of ours runs."""

SCRIPT = """
from deconvcli.frameworks import installed
from deconvcli.cli.main import main
from deconvcli.common.shelf import Shelf

installed.FRAMEWORKS = Shelf("tests.fakes", "FRAMEWORK", "framework")
installed.FRAMEWORKS.names = ["agreeable"]
main()
"""
"""The installed script, with a framework that is here on every machine."""

LAYER = "--in 5 -k 3 --dialect torch"
LINES = {
    "bench": f"{LAYER} --seconds 0.01 --threads 1 --frameworks torch --engine numpy",
    "check": ". --jobs 2",
    "completion": "zsh",
    "dialects": "torch",
    "draw": f"{LAYER} -o layer.svg",
    "explain": LAYER,
    "rule": "DCV201",
    "run": f"{LAYER} --against torch --engine numpy --out y.npy",
    "schema": "",
    "shape": LAYER,
    "sizes": "a.yaml",
    "solve": "--in 7x7 --out 28x28 -D all",
    "vectors": f"{LAYER} -o vectors",
    "verify": "--n 3",
    "convert": f"{LAYER} --to keras --weights w.npz --out-weights k.safetensors -o c.txt",
    "weights": f"bilinear {LAYER} -o w.npy",
}
"""Arguments with which each command does all that it can, in processes of its own where it has any.
"""


def poisoned(folder: Path, spared: frozenset[str] = frozenset()) -> Path:
    """The marker, which a module of this folder writes when it is imported."""
    marker = folder / "marker.txt"
    poison = POISON.format(marker=str(marker))
    for name in sorted({*sys.stdlib_module_names, *MODULES} - spared - {*PACKAGES}):
        (folder / f"{name}.py").write_text(poison)
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(poison)
    for name in ("a", "b"):
        shutil.copy(EXAMPLES / "unet_paper.yaml", folder / f"{name}.yaml")
    np.savez(folder / "w.npz", weight=np.ones((2, 1, 3)))
    return marker


def done(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A Python command in this folder."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=unmeasured(),
    )  # fmt: skip


@pytest.fixture
def script(tmp_path: Path) -> str:
    """The path of a script as pip installs it, in a folder of its own."""
    file = tmp_path / "bin" / "deconv"
    file.parent.mkdir()
    file.write_text(SCRIPT)
    return str(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder that somebody else may have filled."""
    (tmp_path / "checkout").mkdir()
    return tmp_path / "checkout"


def test_every_command_has_a_line() -> None:
    assert set(LINES) == set(COMMANDS.names)


@pytest.mark.parametrize("name", LINES)
def test_a_command_runs_no_code_of_the_current_folder(name: str, script: str, folder: Path) -> None:
    marker = poisoned(folder)
    ended = done(folder, script, name, *LINES[name].split())
    assert not marker.exists(), marker.read_text()
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", ["bench", "check", "run"])
def test_nor_does_the_package_run_as_a_module(name: str, folder: Path) -> None:
    marker = poisoned(folder, BEFORE_US)
    line = LINES[name].replace("--frameworks torch", "").replace("--against torch", "")
    ended = done(folder, "-m", "deconvcli", name, *line.split())
    assert not marker.exists(), marker.read_text()
    assert ended.returncode == 0, ended.stderr


def test_the_marker_can_appear(folder: Path) -> None:
    marker = poisoned(folder)
    done(folder, "-c", "import json, numpy, onnx")
    assert {"json", "numpy", "onnx"} <= set(marker.read_text().split())


def test_a_checkout_that_is_not_installed_starts_processes_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m deconvcli` in a checkout: the processes find the checkout's package."""
    monkeypatch.delenv("PYTHONPATH")
    package = Path(sys.modules["deconvcli"].__path__[0])
    shutil.copytree(package, folder / "deconvcli", ignore=shutil.ignore_patterns("__pycache__"))
    version = folder / "deconvcli" / "common" / "version.py"
    version.write_text('"""A version of its own."""\n\n__version__ = "0.0.checkout"\n')
    ended = done(
        folder, "-m", "deconvcli", "bench", "--in", "5", "-k", "3", "--seconds", "0.01",
        "--engine", "numpy", "--format", "json",
    )  # fmt: skip
    assert "0.0.checkout" in json.dumps(json.loads(ended.stdout)), ended.stderr
    (folder / "a.yaml").write_text((EXAMPLES / "unet_paper.yaml").read_text())
    (folder / "b.yaml").write_text((EXAMPLES / "unet_paper.yaml").read_text())
    assert done(folder, "-m", "deconvcli", "check", ".", "--jobs", "2").returncode == 0


def test_a_folder_of_packages_does_not_come_before_the_standard_library(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package beside ours that has a name of the standard library is not taken for it."""
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.chdir(folder)
    (tmp_path / "site").mkdir()
    package = Path(sys.modules["deconvcli"].__path__[0])
    shutil.copytree(package, tmp_path / "site" / "deconvcli")
    marker = tmp_path / "marker.txt"
    for name in ("json", "signal", "runpy", "random", "numpy"):
        poison = POISON.format(marker=str(marker))
        (tmp_path / "site" / f"{name}.py").write_text(poison)
    own = f"import sys; sys.path.append({str(tmp_path / 'site')!r})\n"
    shown = "import deconvcli; assert 'site' in deconvcli.__file__\n"
    hidden = f"sys.path[:] = [one for one in sys.path if one != {str(package.parent)!r}]\n"
    script = tmp_path / "script"
    script.write_text(own + hidden + shown + "from deconvcli.cli.main import main; main()\n")
    line = "bench --in 5 -k 3 --seconds 0.01 --engine numpy"
    ended = done(folder, str(script), *line.split())
    assert ended.returncode == 0, ended.stderr
    assert not marker.exists(), marker.read_text()
