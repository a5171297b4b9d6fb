"""`deconv explain`: formulas, numbers and results that agree with the size."""

from __future__ import annotations

import ast
import json
from itertools import pairwise

import pytest

from tests.cli.commandline import deconv, refused, rows

LAYERS = (
    "--in 5x8 -k 3 -s 2 --padding same",
    "--in 5x5 -k 3 -s 2 --padding valid --op 1",
    "--in 6x7 -k 4x3 -s 2 -p 1 --op 1x0",
    "--in 5 -k 3 -d 2 -p 1 -D onnx",
    "--in 5x5 -k 3 -s 2 -p same -D tensorflow --output-size 10x9",
)


def told(line: str) -> dict[str, object]:
    """The explanation as data."""
    done = deconv(f"explain {line} --format json")
    assert done.code == 0
    data: dict[str, object] = json.loads(done.out)
    return data


@pytest.mark.parametrize("layer", LAYERS)
def test_the_result_is_the_size(layer: str) -> None:
    size = deconv(f"shape -q {layer}").out
    assert deconv(f"explain -q {layer}").out == size
    assert deconv(f"explain {layer}").out.split()[:2] == ["output", size.rstrip()]


@pytest.mark.parametrize("layer", LAYERS)
def test_every_line_is_true(layer: str) -> None:
    axes = told(layer)["axes"]
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


def test_axes_that_differ_are_told_apart() -> None:
    done = deconv("explain --in 5x8 -k 3 -s 2 --padding same")
    assert "\nheight: input n = 5" in done.out
    assert "\nwidth: input n = 8" in done.out


def test_output_padding_adds() -> None:
    done = deconv("explain --in 5x5", "Conv2DTranspose(64, 3, strides=2, output_padding=(1, 1))")
    assert "output_padding 1 adds at the end and never removes: height is 11" in done.out


def test_what_is_inert_is_noted_once() -> None:
    done = deconv("explain --in 5x5", "Conv2DTranspose(64, 3, activation='relu', name='up')")
    assert done.out.count("activation") == 1
    assert "activation, name do not touch the shape" in done.out


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
    data = told("--in 5 -k 3 -s 2 -p 1")
    assert data["schema"] == "deconv.explain/1"
    assert data["output"] == [9]


def test_all_is_for_shape() -> None:
    refused(deconv("explain --in 5 -k 3 -D all"), "only deconv shape does", "name one dialect")
