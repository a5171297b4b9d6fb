"""`deconv run` names what explains that a reference or a framework differs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli.compute.runner
from deconvcli.common.shelf import Shelf
from deconvcli.frameworks import installed
from deconvcli.frameworks.driver.base import Framework
from tests.cli.commandline import deconv, refused, rows, saved

PAGE = Path(deconvcli.compute.runner.__file__).with_name("README.md")
QUICK = "--engine numpy"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reference(line: str) -> str:
    """Return the name of a file with the output of this layer."""
    done = deconv(f"run {line} {QUICK} --force --out reference.npy")
    assert done.code == 0, done
    return "reference.npy"


def difference(line: str, name: str = "reference.npy") -> Any:
    """Return the difference from a file, as data."""
    done = deconv(f"run {line} {QUICK} --reference {name} --format json")
    printed = json.loads(done.out, parse_constant=pytest.fail)
    assert done.code == (0 if printed["checks"]["reference"]["agrees"] else 1)
    return printed["checks"]["reference"]["difference"]


def test_the_page_shows_what_is_printed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    commands, printed = re.findall(
        r"```(?:sh|text)\n(.*?)```", page.split("## What differs?")[1], re.S
    )[:2]
    first, second = commands.splitlines()
    assert deconv(first.removeprefix("deconv ")).code == 0
    done = deconv(second.removeprefix("deconv "))
    assert done.code == 1
    # Rounding differs between processors.
    rounded = re.compile(r"by up to .*")
    shown = [rounded.sub("", line) for line in printed.splitlines()]
    assert shown == [rounded.sub("", line) for line in done.out.splitlines()[3:6]]


@pytest.mark.parametrize(
    ("given", "line", "same"),
    [
        # The layer's own dialect, if it has the other crop; else the first that has it.
        ("-D torch -p 1 --op 1", "-D keras -p same", "torch"),
        ("-D keras -p same", "-D torch -p 1 --op 1", "keras"),
        ("-D onnx --padding 0:1,1:0", "-D onnx --padding 1:0,0:1", "onnx"),
        ("-D tensorflow -p same --output-size 18x16", "-D mlx -p 1 --op 1", "mlx"),
    ],
)
def test_a_shift_names_a_layer_that_gives_it(given: str, line: str, same: str) -> None:
    name = reference(f"--in 9x8 -k 3 -s 2 {given}")
    line = f"--in 9x8 -k 3 -s 2 {line}"
    found = difference(line)
    assert found["same_as"]["dialect"] == same, found
    row = rows(deconv(f"run {line} {QUICK} --reference {name}").out)
    assert row["difference"] == found["text"]
    assert row["matches"].startswith(f"{same}: {found['same_as']['parameters']}, crop ")


def test_reversed_taps_name_a_framework_that_stores_them_so() -> None:
    source, weights = (
        saved(Path(f"{name}.npy"), np.random.default_rng(0).random(shape, "float32"))
        for name, shape in (("x", (1, 2, 9, 8)), ("w", (2, 3, 4, 4)))
    )
    w = saved(Path("flipped.npy"), np.load(weights)[..., ::-1, ::-1].copy())
    line = "-s 2 -D torch -p 1"
    reference(f"{source} --weights {w} {line}")
    found = difference(f"{source} --weights {weights} {line}")
    assert found["text"] == "equal after reversing the taps"
    assert found["same_as"]["dialect"] == "flax"
    assert "padding='SAME'" in found["same_as"]["parameters"]
    # The crop alone comes from a framework that stores the taps as the layer's own does.
    reference(f"{source} --weights {weights} -s 2 -D torch -p 2 --op 1")
    done = deconv(
        f"run {source} --weights {weights} -s 2 -D torch -p 1 {QUICK} --reference reference.npy"
    )
    assert "it is the output of torch: kernel_size=4, stride=2, padding=2, output" in done.err


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("-D torch", (0, 2, 3, 1)),
        ("-D keras", (0, 3, 1, 2)),
    ],
)
def test_a_reference_in_another_layout_is_to_be_transposed(
    line: str, order: tuple[int, ...]
) -> None:
    line = f"--in 9x8 --in-channels 2 --out-channels 3 --batch 2 -k 3 -s 2 {line}"
    y = np.load(reference(line))
    saved(Path("other.npy"), y.transpose(order).copy())
    done = deconv(f"run {line} {QUICK} -q --reference other.npy")
    back = tuple(map(int, np.argsort(order)))
    refused(done, "the reference has shape", f"its axes in the order {back} have that shape")


def test_without_a_mistake_there_is_no_difference() -> None:
    line = "--in 9x8 -k 3 -s 2"
    reference(line)
    assert difference(line) is None
    noise = saved(Path("noise.npy"), np.random.default_rng(1).random((19, 17), "float32"))
    assert difference(line, noise) is None
    done = deconv(f"run {line} {QUICK} --reference {noise}")
    assert "difference" not in rows(done.out)
    assert "(323 of 323 differ, 100 %, by up to " in rows(done.out)["reference"]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("9x8 -k 3 -s 2 -p 1", "equal where both have elements; it is the output of torch: kernel"),
        ("9x8 -k 3 -s 2 -p 1 --op 1", "after a shift by (1, 1) where both have elements"),
        ("9x8 -k 4 -s 2", "give the output of this layer in the same layout"),
    ],
)
@pytest.mark.parametrize("form", ["", " -D torch --in-channels 1 --batch 1"])
def test_a_reference_of_another_size_is_refused_with_its_layer(
    shape: str, words: str, form: str
) -> None:
    name = reference(f"--in {shape}{form}")
    own = "9x8 -k 3 -s 2 -p 0" if "--op" in shape else "9x8 -k 3 -s 2 -p 1 --op 1"
    done = deconv(f"run --in {own}{form} {QUICK} -q --reference {name}")
    if words.startswith("give"):
        refused(done, "the reference has shape", words)
    else:
        assert done.code == 2
        assert "the reference has shape" in done.err
        assert words in done.err


def test_a_reference_of_zeros_is_not_explained_by_its_size() -> None:
    line = "run --in 9x8 -k 3 -s 2 -p 1"
    done = deconv(f"{line} {QUICK} -q --reference {saved(Path('z.npy'), np.zeros((18, 16)))}")
    assert done.code == 2
    assert "help: change the layer or the reference: the reference is 0 everywhere." in done.err


def test_from_file_to_file_a_sample_is_compared() -> None:
    x = np.random.default_rng(0).random((1, 3, 40, 30), "float32")
    saved(Path("x.npy"), x)
    line = "run x.npy -k 4 -s 2 --out-channels 2 --engine numpy"
    assert deconv(f"{line} -p 2 --op 0 -q --out shifted.npy").code == 0
    assert deconv(f"{line} -p 1 -q --out right.npy").code == 0
    saved(Path("wrong.npy"), np.load("right.npy") * 3)
    done = deconv(f"{line} -p 1 --mmap --out y.npy --reference wrong.npy")
    assert done.code == 1
    assert rows(done.out)["difference"] == (
        "equal up to a factor of 3; a sample says so, and a run without --mmap compares all"
        " elements"
    )
    whole = deconv(f"{line} -p 1 --reference wrong.npy")
    assert rows(whole.out)["difference"] == "equal up to a factor of 3"


def test_a_framework_that_differs(
    fakes_can_be_found: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
    fakes.names = ["wrong"]
    monkeypatch.setattr(installed, "FRAMEWORKS", fakes)
    line = f"run --in 2 -k 3 -s 2 -p 1 --in-channels 2 {QUICK} --against torch"
    done = deconv(line)
    data = json.loads(deconv(f"{line} --format json").out)["against"]["torch"]
    assert (done.code, data["agrees"]) == (1, False)
    assert (data["difference"] or {}).get("text") == rows(done.out).get("difference")
