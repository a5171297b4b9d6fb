"""The tables and the picture of deconvcli/compute/kernels/README.md show what the engine plans."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deconvcli.compute.kernels.reference import output_size
from deconvcli.compute.kernels.tiled.lines import Line

FOLDER = Path(__file__).parents[3] / "deconvcli" / "compute" / "kernels"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
PICTURE = (FOLDER / "plan.svg").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\| `Line\.of(\(\d.*\))` (.*(?:\n\| \| .*)*)", PAGE, re.M)


def test_the_page_shows_lines() -> None:
    assert len(SHOWN) == 3


@pytest.mark.parametrize(("arguments", "rows"), SHOWN)
def test_the_page_shows_the_taps_of_each_phase(arguments: str, rows: str) -> None:
    shown = re.findall(r"\| (\d+) \| (.*) \|", rows)
    assert shown == [
        (str(r), ", ".join(f"shift {shift}: tap {tap}" for shift, tap in taps.items()) or "none")
        for r, taps in enumerate(Line.of(*ast.literal_eval(arguments)).phases)
    ]


def test_the_picture_draws_every_product_of_its_layer() -> None:
    n, axis = 4, (4, 2, 1, 1, 1)
    drawn = re.findall(r"<title>y\[(\d+)\] \+= w\[(\d+)\] \* x\[(-?\d+)\]</title>", PICTURE)
    kernel, stride, dilation, crop_begin, _ = axis
    # One input more at each end: the zeros around them.
    reached = [
        (i * stride + j * dilation - crop_begin, j, i)
        for i in range(-1, n + 1)
        for j in range(kernel)
    ]
    inside = [product for product in reached if 0 <= product[0] < output_size(n, axis)]
    assert sorted(tuple(map(int, product)) for product in drawn) == sorted(inside)
