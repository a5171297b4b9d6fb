"""The compilation cache: whatever happens to it, results are right and nothing is printed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deconvcli.compute.kernels import compilation

PROGRAM = """
import sys
from deconvcli.compute.kernels.compilation import compile_kernel

def times(k):
    @compile_kernel
    def product(a):
        return a * k
    return product

@compile_kernel
def plus(a):
    return times_two(a) + 1

times_two, times_three = times(2), times(3)
print(plus(1), times_three(1), plus(1.5))
"""
ANSWER = "3 3 4.0\n"


def command(program: Path) -> list[str]:
    return [sys.executable, "-W", "error", str(program)]


def environment(caches: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    source = str(Path(compilation.__file__).parents[3])
    return {**kept, "XDG_CACHE_HOME": str(caches), "PYTHONPATH": source}


def run(program: Path, caches: Path, **more: str) -> str:
    """Return the output of the program, on both streams."""
    result = subprocess.run(
        command(program),
        env=environment(caches) | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return file


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGE: list[Callable[[Path], object]] = [
    cut,
    flip,
    replace_by_folder,
    lambda file: file.write_bytes(b""),
    lambda file: file.write_bytes(b"\x80\x04garbage" * 20),
]


def test_a_damaged_cache_is_compiled_again(program: Path, tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    assert run(program, caches) == ANSWER
    files = sorted((caches / "deconv/numba").iterdir())
    assert len(files) == len(DAMAGE)  # plus and product by 2 for int and float, product by 3
    whole = {file: file.read_bytes() for file in files}
    for file, damage in zip(files, DAMAGE, strict=True):
        damage(file)
    assert run(program, caches) == ANSWER
    healed = [file.is_file() and len(file.read_bytes()) > 1000 for file in files]
    assert healed.count(True) == len(whole) - 1  # a folder in the way stays
    assert not list(caches.rglob("*.tmp"))


def test_processes_that_start_together_share_the_cache(program: Path, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            command(program), env=environment(tmp_path / "caches"), stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0].decode() for process in processes] == [ANSWER] * 3


def test_a_warm_cache_is_used(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.bin")}
    assert run(program, tmp_path) == ANSWER
    assert before == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.bin")}


ADDRESS = """
import ctypes
from deconvcli.compute.kernels.compilation import compile_kernel

absolute = ctypes.CDLL(None).labs
absolute.argtypes, absolute.restype = [ctypes.c_long], ctypes.c_long

@compile_kernel
def plus(a):
    return absolute(a) + 1

print(plus(-2))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the C library has another name there")
def test_an_address_of_this_process_is_not_cached(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(ADDRESS)
    assert run(program, tmp_path) == "3\n"
    assert not list(tmp_path.rglob("*.bin"))


def test_used_up_memory_is_not_a_failure_of_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(function: Callable[..., object]) -> None:
        raise MemoryError

    monkeypatch.setattr(compilation, "_make_dispatcher", fail)
    with pytest.raises(MemoryError):
        compilation.compile_kernel(fail)


@pytest.mark.parametrize(
    "more",
    [{"NUMBA_DISABLE_JIT": "1"}, {"NUMBA_BOUNDSCHECK": "1"}, {"NUMBA_CACHE_DIR": "/dev/null"}],
)
def test_numbas_own_switches_work(program: Path, tmp_path: Path, more: dict[str, str]) -> None:
    assert run(program, tmp_path, **more) == ANSWER


def folder(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Path | None:
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return compilation.cache_folder.__wrapped__()


def test_the_folder_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = folder(monkeypatch, XDG_CACHE_HOME=str(tmp_path))
    assert found == tmp_path / "deconv/numba"
    assert stat.S_IMODE(found.stat().st_mode) == 0o700


def test_numba_cache_dir_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = folder(monkeypatch, NUMBA_CACHE_DIR=str(tmp_path / "a"), XDG_CACHE_HOME=str(tmp_path))
    assert found == tmp_path / "a/deconv"


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = folder(monkeypatch, XDG_CACHE_HOME="caches", HOME=str(tmp_path))
    assert found == tmp_path / ".cache/deconv/numba"


@pytest.mark.parametrize("place", ["deconv/numba", "deconv"])
@pytest.mark.parametrize("mode", [0o777, 0o702])
def test_a_folder_that_others_can_write_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, mode: int
) -> None:
    (tmp_path / "deconv/numba").mkdir(parents=True)
    (tmp_path / place).chmod(mode)
    assert folder(monkeypatch, XDG_CACHE_HOME=str(tmp_path)) is None


def test_a_folder_of_another_user_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert folder(monkeypatch, XDG_CACHE_HOME=str(tmp_path)) is None


def test_a_file_in_the_way_means_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "deconv").write_text("")
    assert folder(monkeypatch, XDG_CACHE_HOME=str(tmp_path)) is None
