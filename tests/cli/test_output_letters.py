"""Letters in the requested output size."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.commandline import deconv, refused, rows

# The dialects with an output size, with the padding that lets them double the input.
DOUBLING = [
    ("torch", "-p 1"),
    ("paddle", "-p 1"),
    ("tensorflow", "-p same"),
    ("tflite", "-p same"),
    ("coreml", "-p same"),
    ("onnx", ""),
    ("onnx@onnxruntime", ""),
    ("onnx@shape_inference", ""),
    ("openvino", ""),
    ("mxnet", "-p 1"),
    ("webnn", "-p 1"),
    ("cudnn", "-p 1"),
    ("onednn", "-p 1"),
]


@pytest.mark.parametrize(("dialect", "padding"), DOUBLING)
@pytest.mark.parametrize("size", ["2Hx2W", "2H,2W"])
def test_the_output_size_may_have_the_letters_of_the_input(
    dialect: str, padding: str, size: str
) -> None:
    options = f"shape --in HxW -D {dialect} -k 4 -s 2 {padding} --output-size {size}"
    assert deconv(options, "-q").out == "2Hx2W\n"
    printed = rows(deconv(options).out)
    assert "2H, 2W" in printed["layer"]
    assert printed["for"] == "H >= 1, W >= 1"


def test_one_size_stands_for_both_axes() -> None:
    for dialect, padding in DOUBLING:
        done = deconv(f"shape -q --in NxN -D {dialect} -k 4 -s 2 {padding} --output-size 2N")
        assert done.out == "2Nx2N\n", dialect


def _document(options: str) -> Any:
    return json.loads(deconv(f"shape {options} --format json").out)


@pytest.mark.parametrize(
    ("size", "options", "requested"),
    [
        ("N", "-D onnx -k 5 -s 1", "3N"),
        ("N", "-D onnx -k 4 -s 2", "4N"),
        ("2N-3", "-D onnx -k 5 -s 1", "4N"),
        ("N-4", "-D onnx -k 3 -s 3", "3N"),
        ("N", "-D openvino -k 5 -s 1", "3N"),
        ("N", "-D openvino -k 5 -s 1", "N+20"),
        ("2N", "-D mxnet@native -k 5 -s 3", "4N"),
        ("N", "-D torch -k 5 -s 2 -p 2", "2N"),
        ("N", "-D paddle -k 9 -s 2 -p 4", "2N-1"),
        ("N", "-D tensorflow -k 5 -s 3 -p same", "3N-2"),
        ("N", "-D onnx@onnxruntime -k 4 -s 2 -p 1", "2N"),
    ],
)
def test_the_condition_is_the_smallest_number_that_gives_the_formula(
    size: str, options: str, requested: str
) -> None:
    printed = rows(deconv(f"shape --in {size} {options} --output-size {requested}").out)
    letter, _, smallest = printed["for"].partition(" >= ")
    formula = _document(f"--in {size} {options} --output-size {requested}")

    def holds(number: int) -> bool:
        numbers = [_insert(text, letter, number) for text in (size, requested)]
        if min(numbers) < 1:
            return False
        found = deconv(
            f"shape --in {numbers[0]} {options} --output-size {numbers[1]} --format json"
        )
        answer = json.loads(found.out) if found.code == 0 else {}
        crop = [[_insert(one, letter, number) for one in pair] for pair in formula["crop"]]
        return (answer.get("output"), answer.get("crop")) == ([numbers[1]], crop)

    assert all(holds(number) for number in range(int(smallest), int(smallest) + 12))
    assert int(smallest) == 1 or not holds(int(smallest) - 1)


def _insert(text: Any, letter: str, number: int) -> int:
    """Return the value of a formula such as -2N+4, or of a number."""
    product = re.sub(rf"(\d){letter}", rf"\1*{letter}", str(text))
    return int(eval(product, {letter: number}))


@pytest.mark.parametrize(
    ("options", "message", "help"),
    [
        ("--in HxW --output-size 2Mx2W", "has the letter M", "in letters of --in"),
        ("--in 5x5 --output-size 2N", "has the letter N", "in letters of --in"),
        ("--in HxW --output-size 2Wx2H", "different letters", "in one letter"),
        ("--in N -p 1 -D torch --output-size 3N", "output_size 3N is outside", ""),
        ("--in HxW -D keras --output-size 2H", "has no --output-size", "choose one"),
    ],
)
def test_other_letters_are_refused(options: str, message: str, help: str) -> None:
    named = [] if "-D" in options else ["-D", "onnx"]
    refused(deconv("shape", *options.split(), "-k", "3", "-s", "2", *named), message, help)


def test_formulas_appear_in_documents_as_text() -> None:
    printed = _document("--in HxW -D onnx -k 3 -s 2 --output-size 2Hx2W")
    assert printed["parameters"]["output_shape"] == ["2H", "2W"]
    assert printed["output"] == ["2H", "2W"]


def test_explanations_compute_with_the_letters() -> None:
    done = deconv("explain -D torch --in N -k 3 -s 2 -p 1 --output-size 2N")
    assert "op          = size - smallest" in done.out
    assert "= 2N - (2N-1)" in done.out


def test_a_run_needs_numbers() -> None:
    refused(deconv("run --in N -D torch -k 4 -s 2 -p 1 --output-size 2N"), "symbol", "number")
