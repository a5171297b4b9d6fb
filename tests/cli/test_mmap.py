"""`deconv run --mmap`: the bytes of a run in memory, within the memory allowed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from deconvcli.compute.kernels import stream
from deconvcli.compute.kernels.stream import Block
from deconvcli.compute.runner import blocks as runner_blocks
from tests.cli.commandline import deconv, refused, rows, saved
from tests.processes import python

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and limits")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    """The blocks of the run, which are small."""
    seen: list[Block] = []
    real = stream.blocks

    def spy(cut: stream.Cut) -> Any:
        for block in real(cut):
            seen.append(block)
            yield block

    monkeypatch.setattr(runner_blocks, "BLOCK_BYTES", 1)
    monkeypatch.setattr(stream, "blocks", spy)
    return seen


def numbers(*shape: int, dtype: str = "float32") -> Any:
    return (np.random.default_rng(0).integers(-99, 100, shape) / 8).astype(dtype)


LAYERS = {
    "torch": ((2, 3, 9, 8), "-D torch -k 4 -s 2 -p 1 --out-channels 5"),
    "keras": ((2, 9, 8, 3), "-D keras -k 3 -s 2 --padding same --out-channels 5"),
    "one image": ((9, 8), "-k 3 -s 2"),
    "channels in the output only": ((9, 8), "-k 3 --out-channels 4"),
    "no batch": ((3, 9, 8), "-D torch -k 3 -d 2"),
    "signals": ((2, 3, 50), "--rank 1 -D torch -k 5 -s 3"),
    "signals, channels last": ((2, 50, 3), "--rank 1 -D keras -k 5 -s 3 --padding valid"),
    "a volume": ((3, 4, 5, 2), "--rank 3 -D keras -k 3 -s 2 --padding same"),
    "volumes": ((2, 2, 3, 4, 5), "-D torch -k 2 -s 2"),
    "holes": ((1, 2, 7, 6), "-D torch -k 2 -s 5"),
    "negative crops": ((1, 2, 7, 6), "-D torch -k 3 -s 4 --op 3"),
    "groups": ((1, 4, 9, 8), "-D torch -k 3 -g 2 --out-channels 6"),
    "another order": ((1, 9, 8, 3), "-D tensorflow -k 3 -s 2 --padding same --output-size 18x16"),
    "spatial first": ((9, 2, 3), "--rank 1 -D jax -k 3 --padding valid"),
}


@pytest.mark.parametrize("engine", ["numba", "reference"])
@pytest.mark.parametrize(("shape", "options"), LAYERS.values(), ids=LAYERS)
def test_every_layout_has_the_bytes_of_a_run_in_memory(
    shape: tuple[int, ...], options: str, engine: str, cut: list[Block]
) -> None:
    line = f"run {saved(Path('x.npy'), numbers(*shape))} {options} --engine {engine} --check"
    whole = deconv(f"{line} --out whole.npy")
    cut.clear()
    parts = deconv(f"{line} --out parts.npy --mmap")
    assert (whole.code, parts.code, len(cut) > 1) == (0, 0, True), (whole, parts)
    assert Path("whole.npy").read_bytes() == Path("parts.npy").read_bytes()
    printed, expected = rows(parts.out), rows(whole.out)
    assert printed["values"].startswith("all ")
    assert printed.pop("values").partition("(")[0] == expected.pop("values").partition("(")[0]
    assert printed.pop("written").replace("parts", "whole") == expected.pop("written")
    assert printed == expected


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f2", ">f2", ">f4", "<f8", ">f8", "<i2", "?"])
def test_every_file_has_the_bytes_of_a_run_in_memory(
    order: Any, dtype: str, cut: list[Block]
) -> None:
    array = np.asarray(numbers(2, 9, 8, 3).astype(dtype), order=order)
    line = f"run {saved(Path('x.npy'), array)} -D keras -k 3 -s 2 --padding same --cast"
    assert deconv(f"{line} --out whole.npy").code == 0
    done = deconv(f"{line} --out parts.npy --mmap --check")
    assert (done.code, len(cut) > 1) == (0, True)
    assert Path("whole.npy").read_bytes() == Path("parts.npy").read_bytes()


def test_float16_overflows_to_infinity(cut: list[Block]) -> None:
    name = saved(Path("x.npy"), np.full((1, 1, 8), 60000, "float16"))
    weights = saved(Path("w.npy"), np.full((1, 1, 3), 2, "float16"))
    line = f"run {name} --rank 1 --weights {weights} --mmap --check --out y.npy"
    assert deconv(line).code == 0
    assert len(cut) > 1
    assert np.isinf(np.load("y.npy")).all()


class TestComparisons:
    LINE = "run x.npy -k 3 -s 2 -p 1 --engine numpy"

    @pytest.fixture(autouse=True)
    def right(self, cut: list[Block]) -> None:
        """An input and what it gives."""
        saved(Path("x.npy"), numbers(7, 6))
        assert deconv(f"{self.LINE} --out right.npy").code == 0

    def test_a_reference(self) -> None:
        done = deconv(f"{self.LINE} --mmap --out y.npy --reference right.npy")
        assert (done.code, rows(done.out)["reference"][:7]) == (0, "all 143")

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_the_first_wrong_value_is_found_where_it_is(self, dtype: str) -> None:
        wrong = np.load("right.npy").astype(dtype)
        wrong[9, 2] += 1
        wrong[4, 5] += 1
        saved(Path("wrong.npy"), wrong)
        line = f"{self.LINE} --reference wrong.npy"
        whole, parts = deconv(line), deconv(f"{line} --mmap --out y.npy")
        assert whole.code == parts.code == 1
        assert "first at (0, 0, 4, 5)" in rows(parts.out)["reference"]
        assert rows(parts.out)["reference"] == rows(whole.out)["reference"]

    def test_a_reference_of_another_shape(self) -> None:
        line = f"{self.LINE} --mmap --out y.npy --reference x.npy"
        refused(deconv(f"{line} -q"), "the reference has shape [7, 6], the output [1, 1, 13, 11]")


def test_infinite_numbers_are_reported(cut: list[Block]) -> None:
    array = numbers(7, 6)
    array[3, 3] = np.nan
    line = f"run -q {saved(Path('x.npy'), array)} -k 3 --mmap --check --out y.npy"
    note = "the input contains NaN or infinite numbers; they propagate as in the definition\n"
    assert deconv(line) == (0, "9x8\n", note)


def test_quiet_is_quiet() -> None:
    line = f"run -q {saved(Path('x.npy'), numbers(7, 6))} -k 3 --mmap --out y.npy"
    assert deconv(line) == (0, "9x8\n", "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run --in 5x5 -k 3 --mmap --out y.npy", ("and INPUT.npy was not given", "both files")),
        ("run x.npy -k 3 --mmap", ("from file to file, and --out Y.npy was not",)),
        ("run x.npy -k 3 --mmap --out y.npy --repeat 3", ("--repeat needs", "drop --mmap")),
        ("run x.npy -k 3 --mmap --out y.npy --against torch", ("--against needs",)),
        ("run x.npy -D flax -k 3 --padding CIRCULAR --mmap --out y.npy", ("a circular layer",)),
        ("run x.npy -k 3 --mmap --out y.npy --max-memory 99", ("even in blocks", "99 B is the")),
        ("run x.npy -k 3 --mmap --out x.npy --force", ("is also read from",)),
    ],
)
def test_what_is_refused_before_any_work(line: str, words: tuple[str, ...], folder: Path) -> None:
    saved(Path("x.npy"), numbers(7, 6))
    refused(deconv(f"{line} -q"), *words)
    assert [path.name for path in folder.iterdir()] == ["x.npy"]


def test_a_run_that_does_not_fit_names_the_way_out() -> None:
    refused(deconv("run --in 9999x9999 -k 3 --max-memory 1MB"), "--mmap")


def test_more_memory_makes_fewer_blocks(cut: list[Block], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_blocks, "BLOCK_BYTES", 1 << 30)
    saved(Path("x.npy"), numbers(4, 64, 20, 20))
    counts = []
    for limit in ("100KB", "300KB", "700KB", "9MB"):
        cut.clear()
        line = f"run -q x.npy -D torch -k 3 --mmap --force --out y.npy --max-memory {limit}"
        assert deconv(line).code == 0
        counts.append(len(cut))
    assert counts == sorted(set(counts), reverse=True)
    assert counts[-1] == 1


def test_a_thick_kernel_gets_blocks_as_thick(cut: list[Block]) -> None:
    saved(Path("x.npy"), numbers(1, 1, 40, 10))
    weights = saved(Path("w.npy"), numbers(1, 1, 7, 3))
    assert deconv(f"run -q x.npy --weights {weights} --mmap --out y.npy").code == 0
    assert cut[0].outputs[2:] == (slice(0, 7), slice(0, 12))


MEASURED = """
import sys
from deconvcli.cli.main import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:
        [peak] = [line for line in status if line.startswith("VmHWM")]
    print(peak.split()[1], file=sys.stderr)
"""


def peak(line: str) -> int:
    """Return the largest memory of the command, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *line.split()], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split()[-1]) * 1024


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status"),
    reason="only Linux has VmHWM, the peak of the memory, in /proc",
)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("check", ["", "--check"])
def test_memory_stays_within_the_limit(engine: str, check: str) -> None:
    saved(Path("small.npy"), numbers(1, 4, 64, 64))
    saved(Path("large.npy"), numbers(1, 4, 800, 600))
    saved(Path("w.npy"), numbers(4, 4, 2, 2))
    limit = 8 << 20
    line = f"-s 2 --weights w.npy --mmap --force --max-memory {limit} --engine {engine} {check} -q"
    base = peak(f"run small.npy {line} --out y.npy")
    taken = peak(f"run large.npy {line} --out y.npy") - base
    assert os.path.getsize("large.npy") + os.path.getsize("y.npy") > 4 * limit
    assert taken < limit


@POSIX
def test_a_full_disk_is_reported_before_anything_is_computed(folder: Path) -> None:
    saved(Path("x.npy"), numbers(99, 99))
    script = (
        "import resource, sys; from deconvcli.cli.main import main;"
        "from deconvcli.compute.runner import files; files._fill = None;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); main(sys.argv[1:])"
    )
    line = "run -q x.npy -k 3 --engine numpy --mmap --out y.npy"
    done = subprocess.run(
        [sys.executable, "-c", script, *line.split()], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "y.npy: cannot be written: File too large" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["x.npy"]


@POSIX
def test_ctrl_c_leaves_nothing(folder: Path) -> None:
    saved(Path("x.npy"), numbers(1, 4, 300, 300))
    saved(Path("w.npy"), numbers(4, 32, 31, 31))
    line = "run x.npy -s 2 --weights w.npy --engine reference --mmap --out y.npy"
    with python("-m", "deconvcli", *line.split()) as running:
        while psutil.Process(running.pid).cpu_times().user < 1:  # it is past starting then
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert sorted(path.name for path in folder.iterdir()) == ["w.npy", "x.npy"]
