"""What a process loads before it does anything: heavy libraries only where numbers are computed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import unmeasured

HEAVY = ("numpy", "numba", "llvmlite", "rich", "psutil", "scipy", "asyncio", "ssl")
PROBE = """
import sys
from pathlib import Path
sys.argv = ["deconv", *{arguments!r}]
try:
    {action}
except SystemExit as end:
    assert not end.code, end.code
loaded = [name for name in {heavy!r} if name in sys.modules]
print("LOADED", *loaded)
"""
MAIN = "from deconvcli.cli.main import main; main()"


def loaded_by(action: str, *arguments: str, heavy: tuple[str, ...] = HEAVY) -> set[str]:
    """The heavy modules in sys.modules after an action in a fresh interpreter."""
    probe = PROBE.format(arguments=list(arguments), action=action, heavy=heavy)
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=unmeasured(),
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("shape", "--help"),
        ("run", "--help"),
        ("bench", "--help"),
        ("bench", "--list", "--suite", "few"),
        ("shape", "--in", "5x5", "-k", "3", "-s", "2", "--padding", "valid"),
        ("shape", "--in", "5x5", "nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)"),
        ("shape", "--in", "5x5", "-k", "3", "--dialect", "all", "--format", "json"),
        ("draw", "--help"),
        ("explain", "--in", "5x5", "-k", "3", "-s", "2", "--padding", "same"),
        ("explain", "--in", "5x5", "-k", "3", "-s", "2", "-p", "1", "--why", "4,4"),
        ("explain", "--in", "5x5", "-k", "3", "--compare", "all", "--format", "html"),
        ("check", "tests/examples/good/dcgan.yaml"),
        ("schema",),
        ("rule", "DCV201"),
        ("sizes", "tests/examples/good/unet_paper.yaml"),
    ],
)
def test_nothing_heavy_is_loaded(arguments: tuple[str, ...]) -> None:
    assert loaded_by(MAIN, *arguments) == set()


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_a_picture_needs_nothing_heavy(ending: str, tmp_path: Path) -> None:
    out = str(tmp_path / f"layer.{ending}")
    assert loaded_by(MAIN, "draw", "--in", "5", "-k", "3", "-o", out) == set()


def test_a_plain_size_loads_no_library_for_mistakes_tables_and_documents() -> None:
    arguments = ("shape", "--in", "5x5", "-k", "3", "-s", "2", "-p", "1", "-q")
    unneeded = ("difflib", "textwrap", "pkgutil", "json", "dataclasses")
    assert loaded_by(MAIN, *arguments, heavy=(*HEAVY, *unneeded)) == set()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("-k", "3"), set()),
        (("nn.ConvTranspose2d(8, 4, 3)",), set()),
        (("L.Deconvolution2D(8, 4, 3)",), {"deconvcli.frameworks.pasted.borrowed.haiku"}),
    ],
)
def test_frameworks_without_a_dialect_are_loaded_for_their_calls(
    call: tuple[str, ...], expected: set[str]
) -> None:
    readers = ("deconvcli.frameworks.pasted.borrowed.haiku",)
    assert loaded_by(MAIN, "shape", "-q", "--in", "5x5", *call, heavy=readers) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [("dcgan.yaml", set()), ("autoencoder.json", {"deconvcli.frameworks.pasted.python_call"})],
)
def test_a_config_loads_a_reader_of_calls_only_for_calls(config: str, expected: set[str]) -> None:
    readers = ("deconvcli.frameworks.pasted.python_call", "deconvcli.networks.pasted.network")
    arguments = ("check", f"tests/examples/good/{config}", "--isolated")
    assert loaded_by(MAIN, *arguments, heavy=readers) == expected


def test_the_library_loads_neither_click_nor_arrays() -> None:
    action = 'import deconvcli; deconvcli.layer("torch", input_shape=(1, 1, 5), kernel_size=3)'
    assert loaded_by(action, heavy=(*HEAVY, "click", "json", "dataclasses")) == set()


def test_importing_the_package_loads_no_room() -> None:
    rooms = (
        "deconvcli.api",
        "deconvcli.frameworks.dialects",
        "deconvcli.layers.layer",
        "deconvcli.common.errors",
    )
    assert loaded_by("import deconvcli", heavy=(*HEAVY, *rooms, "click")) == set()


def test_one_layer_loads_one_dialect() -> None:
    names = (
        "deconvcli.frameworks.dialects.torch",
        "deconvcli.frameworks.dialects.onnx",
        "deconvcli.frameworks.dialects.keras",
    )
    action = 'import deconvcli; deconvcli.layer("torch", input_shape=(1, 1, 5), kernel_size=3)'
    assert loaded_by(action, heavy=names) == {"deconvcli.frameworks.dialects.torch"}


def test_the_probe_can_fail() -> None:
    assert "numpy" in loaded_by("import numpy")
    assert {"numpy", "numba"} <= loaded_by(MAIN, "run", "--in", "3", "-k", "2", "-q")


def test_forty_more_dialects_would_be_forty_more_names_and_nothing_else(tmp_path: Path) -> None:
    names = tuple(f"framework{number}" for number in range(40))
    for name in names:
        (tmp_path / f"{name}.py").write_text(f'"""{name}."""\nraise SystemExit(99)\n')
    action = (
        f"import deconvcli.frameworks.dialects as d; d.__path__.append({str(tmp_path)!r}); {MAIN}"
    )
    heavy = tuple(
        f"deconvcli.frameworks.dialects.{name}" for name in (*names, "keras", "torch", "onnx")
    )
    layer = ("--in", "5x5", "-k", "3", "-s", "2", "--padding", "valid")
    assert loaded_by(action, "shape", *layer, heavy=heavy) == {
        "deconvcli.frameworks.dialects.keras"
    }
    assert loaded_by(action, "shape", "--help", heavy=heavy) == set()
    known = f"import deconvcli.frameworks.dialects as d; d.__path__.append({str(tmp_path)!r})"
    names_seen = f"{known}; assert set({names!r}) <= set(d.DIALECTS.names)"
    assert loaded_by(names_seen, heavy=heavy) == set()


def test_a_plain_size_looks_for_no_cyclic_garbage() -> None:
    script = (
        "import atexit, gc, sys; from deconvcli.cli.main import main; looks = []\n"
        "atexit.register(lambda: print(len(looks), gc.get_freeze_count() > 0))\n"
        "gc.callbacks.append(lambda *look: looks.append(look)); main()"
    )
    arguments = ("shape", "--in", "5x5", "-k", "3", "-s", "2", "-q")
    run = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120, env=unmeasured())
    assert done.stdout == "11x11\n0 True\n"
