"""`deconv explain`: formulas, numbers and results that agree with the size."""

from __future__ import annotations

import ast
import json
import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import readme
from tests.cli.commandline import deconv, refused, rows

LAYERS = (
    "--in 5x8 -k 3 -s 2 --padding same",
    "--in 5x5 -k 3 -s 2 --padding valid --op 1",
    "--in 6x7 -k 4x3 -s 2 -p 1 --op 1x0",
    "--in 5 -k 3 -d 2 -p 1 -D onnx",
    "--in 5x5 -k 3 -s 2 -p same -D tensorflow --output-size 10x9",
)


def explain_json(line: str) -> dict[str, Any]:
    """Return the explanation as data."""
    done = deconv(f"explain {line} --format json")
    assert done.code == 0
    data: dict[str, Any] = json.loads(done.out)
    return data


@pytest.mark.parametrize("layer", LAYERS)
def test_the_result_is_the_size(layer: str) -> None:
    size = deconv(f"shape -q {layer}").out
    assert deconv(f"explain -q {layer}").out == size
    assert deconv(f"explain {layer}").out.split()[:2] == ["output", size.rstrip()]


@pytest.mark.parametrize(
    ("size", "call", "output"),
    [
        ("64x8x8", "nn.ConvTranspose2d(64, 8, 4, 2, 1)", "8x16x16"),
        ("64x8x8", "nn.ConvTranspose2d(64, ngf, 4, 2, 1)", "(ngf)x16x16"),
        ("2x64x8x8", "nn.ConvTranspose2d(64, 8, 4, 2, 1)", "2x8x16x16"),
        ("Nx64xHx8", "nn.ConvTranspose2d(64, 8, 4, 2, 1)", "Nx8x2Hx16"),
        ("8x64", "Conv1DTranspose(16, 4, strides=2, padding='same')", "16x16"),
    ],
)
def test_the_result_has_the_form_of_the_input(
    size: str, call: str, output: str, tmp_path: Path
) -> None:
    for command in ("shape", "explain"):
        assert deconv(command, "-q", "--in", size, call).out == f"{output}\n"
    if size.replace("x", "").isdecimal():
        out = str(tmp_path / "layer.svg")
        assert rows(deconv("draw", "--in", size, call, "-o", out).out)["output"] == output


@pytest.mark.parametrize("layer", LAYERS)
def test_every_line_is_true(layer: str) -> None:
    axes = explain_json(layer)["axes"]
    assert isinstance(axes, list)
    steps = [step for axis in axes for step in axis["steps"]]
    assert len(steps) >= 5 * len(axes)
    for step in steps:
        shown = compile(ast.parse(step["with_numbers"], mode="eval"), "", "eval")
        assert eval(shown, {"max": max, "min": min}) == step["value"]


def test_the_text() -> None:
    done = deconv("explain --in 5x5 -k 3 -s 2 --padding same")
    assert done.err == ""
    assert "height and width: input n = 5, kernel k = 3, stride s = 2" in done.out
    assert "full        = (n - 1)*s + span         = (5 - 1)*2 + 3    = 11\n" in done.out
    assert "crop_begin  the smaller half goes at the start\n" in done.out


def test_axes_that_differ_are_distinguished() -> None:
    done = deconv("explain --in 5x8 -k 3 -s 2 --padding same")
    assert "\nheight: input n = 5" in done.out
    assert "\nwidth: input n = 8" in done.out


def test_output_padding_adds() -> None:
    done = deconv("explain --in 5x5", "Conv2DTranspose(64, 3, strides=2, output_padding=(1, 1))")
    assert "output_padding 1 adds elements at the end and never removes any: height" in done.out


def test_what_is_inert_is_noted_once() -> None:
    done = deconv("explain --in 5x5", "Conv2DTranspose(64, 3, activation='relu', name='up')")
    assert done.out.count("activation") == 1
    assert "activation, name: no effect on the shape." in done.out


def test_symbols() -> None:
    done = deconv("explain --in N -k 3 -s 2 -p 1")
    assert "= (2N+1) - 1 - 1" in done.out
    assert rows(done.out)["output"] == "2N-1"


def test_markdown_has_a_header_on_every_table() -> None:
    lines = deconv("explain --in 5x5 -k 3 -p 1 --format markdown").out.splitlines()
    heads = [line for line, below in pairwise(lines) if below[:5] == "| ---"]
    assert len(heads) == 6
    assert all(set(head) - set("| ") for head in heads)


def test_the_schema() -> None:
    data = explain_json("--in 5 -k 3 -s 2 -p 1")
    assert data["schema"] == "deconv.explain/1"
    assert data["output"] == [9]


def test_the_layer_stands_beside_its_numbers() -> None:
    data = explain_json("--in 5x5x3 Conv2DTranspose(8,3,strides=2,padding='same')")
    assert (data["input"], data["output"]) == ([5, 5, 3], [10, 10, 8])
    assert data["layer"]["dialect"] == "keras"
    assert data["layer"]["why"] == "the pasted call is Keras 3's"
    assert data["layer"]["weight_shape"] == [3, 3, 8, 3]


def test_every_key_is_on_the_page() -> None:
    page = readme.EXPLANATION.read_text(encoding="utf-8").partition("## As data")[2]
    data = explain_json("--in 5 -k 3 -s 2 -p 1 --why 3")
    axis = data["axes"][0]
    parts = [data, data["layer"], data["overlap"], data["why"], data["why"]["pairs"][0][0]]
    parts += [axis, axis["steps"][0], axis["forward"], axis["insertion"]]
    keys = {key for part in parts for key in part} - {"schema"}
    assert {key for key in keys if f"`{key}`" not in page} == set()


def test_all_is_for_shape() -> None:
    refused(deconv("explain --in 5 -k 3 -D all"), "all is not a name here", "deconv shape -D all")


def test_further_dialects_are_compared_with_the_first() -> None:
    layer = "--in 5 -k 3 -s 2 -p 1"
    found = explain_json(f"{layer} -D torch,keras -D mlx")
    assert [one["dialect"] for one in found["elsewhere"]] == ["keras", "mlx"]
    assert found == explain_json(f"{layer} -D torch --compare keras,mlx")


def test_why_lists_the_pairs() -> None:
    done = deconv("explain --in 5x5 -k 3 -s 2 -p 1 --why 1,2")
    assert "Output element 1,2 is the sum of 2 (input, tap) pairs; along each" in done.out
    assert "\n1,1    0,1  1*2 + 0*1 - 1 = 1 " in done.out
    assert deconv("explain -q --in 5x5 -k 3 -s 2 -p 1 --why 1,2").out == "1,1 0,1\n0,1 2,1\n"
    assert deconv("explain -q --in 5x5 -k 3 -s 2 -p 1 --why 2").out == "1,1 1,1\n"
    assert "is the sum of 1 (input, tap) pair; along" in deconv("explain --in 5 -k 1 --why 3").out


def test_why_of_a_gap_and_of_many() -> None:
    gap = deconv("explain --in 5 -k 1 -s 2 --why 1")
    assert "pair reaches output element 1: its value is the bias, or 0" in gap.out
    assert deconv("explain -q --in 5 -k 1 -s 2 --why 1").out == "no pair\n"
    assert "Only the first 36 pairs are listed." in deconv("explain --in 20x20 -k 9 --why 12").out


def test_why_as_data() -> None:
    why = explain_json("--in 5x5 -k 3 -s 2 -p 1 --why 1,2")["why"]
    assert (why["element"], why["total"]) == ([1, 2], 2)
    assert why["pairs"][0][0] == {"input": 1, "tap": 0, "place": "1*2 + 0*1 - 1 = 1"}


@pytest.mark.parametrize("element", ["9,0", "0,-1", "1,2,3", "99999999999"])
def test_why_outside_says_the_valid_range(element: str) -> None:
    done = deconv(f"explain --in 5x5 -k 3 -s 2 -p 1 --why {element}")
    refused(done, "is outside the output 9x9", "numbered from 0: height 0 to 8, width 0 to 8.")


@pytest.mark.parametrize("element", ["a", "1.5", "1,", "", "9" * 30])
def test_why_that_is_no_element_is_refused(element: str) -> None:
    refused(deconv("explain --in 5x5 -k 3 -s 2 -p 1 --why", element), "--why")


def test_why_needs_numbers() -> None:
    refused(deconv("explain --in N -k 3 --why 1"), "no elements to explain", "as numbers")


def test_compare_names_dialects() -> None:
    layer = "explain --in 5 -k 3 -s 2 -p same"
    assert "\ntorch    kernel_size=3" in deconv(layer).out
    assert "In other dialects" not in deconv(f"{layer} --compare none").out
    mlx = explain_json("--in 5 -k 3 -s 2 -p same --compare mlx,keras")["elsewhere"]
    assert [found["dialect"] for found in mlx] == ["mlx"]
    every = explain_json("--in 5 -k 3 -s 2 -p same --compare all")["elsewhere"]
    assert len(every) > 15
    refused(
        deconv(f"{layer} --compare pytorhc"), "'pytorhc' is not known", "did you mean 'pytorch'"
    )
    refused(deconv(f"{layer} --compare torch --why 1"), "--why compares no dialects")
    refused(deconv(f"{layer} -D keras,torch --why 1"), "--why compares no dialects")


def test_sizes_beyond_a_page_show_a_corner_and_say_so() -> None:
    out = deconv("explain --in 512x512 -k 4 -s 2 -p 1").out
    assert "each output element; the first 16x39 of 1024x1024\n" in out
    assert "1 [1 2 2 2 2 2 2 2 ... 2 2 2 2 2 2 2 1] 1\n" in out
    small = deconv("explain --in 4x4 -k 4 -s 2 -p 1").out
    assert "each output element\n1 2 2 2 2 2 2 1\n" in small


@pytest.mark.parametrize("size", ["999999999999", "1000000x1000000"])
def test_huge_layers_are_answered(size: str) -> None:
    done = deconv(f"explain --in {size} -k 1000001 -s 1000000 -p 7")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80


def test_a_page_has_everything_the_text_has() -> None:
    layer = "explain --in 5x5 -k 3 -s 2 --padding same"
    page = deconv(f"{layer} --format html").out
    shown = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
    words = [word for word in deconv(layer).out.split() if word not in shown.split()]
    assert words == []


def test_hostile_names_are_harmless_on_a_page() -> None:
    call = "Conv2DTranspose(4, 3, name='<script>alert(1)</script>')"
    page = deconv("explain --in 5x5 --format html", call).out
    assert "<script" not in page


def test_every_number_is_in_the_data() -> None:
    data = explain_json("--in 5x5 -k 3 -s 2 -p same")
    overlap, [height, _] = data["overlap"], data["axes"]
    assert height["forward"] == {
        "word": "same",
        "around": [0, 1],
        "smallest": 9,
        "largest": 10,
        "back": 5,
    }
    assert height["insertion"] == {
        "between": 1,
        "spread": 9,
        "before": 2,
        "behind": 1,
        "output_size": 10,
    }
    assert (overlap["least"], overlap["most"], overlap["ratio"]) == (1, 4, 4.0)
    assert overlap["period"] == [2, 2]
    assert data["closing"] == "The output is exactly twice the input."
