"""Lengths inside a model that depend on values have letters of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deconvcli.models.model import Model
from deconvcli.models.reading import read_model
from tests.models.onnx_files import INT64, graph, integers, model, node, weights, write

# The number of frames is an input's value, as the sum of durations is.
LENGTH = [
    node("Concat", "head n", "sizes", axis=0),
    node("ConstantOfShape", "sizes", "frames"),
]


def read(path: Path, nodes: list[bytes], sizes: dict[str, Any] | None = None) -> Model:
    constants = {
        "head": integers(1, 4),
        "w": weights(4, 4, 4),
        "v": weights(4, 2, 16),
        "form": integers(1, 2, 16),
    }
    inputs: dict[str, Any] = {"n": (1,), "x": (1, 4, "t")}
    whole = graph([*LENGTH, *nodes], inputs, ["y"], constants, types={"n": INT64})
    return read_model(write(path / "net.onnx", model(whole)), sizes or {})


UP = node("ConvTranspose", "frames w", "up", strides=[2], pads=[1, 1])


def test_layers_after_it_have_formulas_in_a_fresh_letter(tmp_path: Path) -> None:
    last = node("ConvTranspose", "up v", "y", strides=[8], pads=[4, 4])
    found = read(tmp_path, [node("Relu", "x", "r"), UP, last])
    sizes = {layer.gives[0]: layer.output for layer in found.layers}
    assert sizes["frames"] == (1, 4, "u")
    assert sizes["up"] == (1, 4, "2*u")
    assert sizes["y"] == (1, 2, "16*u")
    # What is true of every file's tensor has no letter of ours.
    assert found.tensors["y"] == (1, 2, None)
    assert found.tensors["r"] == (1, 4, "t")
    assert "u is axis 2 of frames, a length that depends on values" in found.notes
    readings = [layer.reading for layer in found.layers if layer.reading is not None]
    assert [reading.crop for reading in readings] == [((1, 1),), ((4, 4),)]
    assert [axis.is_certain for axis in found.open_axes] == [False]


def test_it_is_the_same_where_all_inputs_are_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, [node("Relu", "x", "r"), UP], {"x": (1, 4, 9)})
    assert {layer.gives[0]: layer.output for layer in found.layers}["up"] == (1, 4, "2*u")


def test_a_letter_of_the_file_is_kept(tmp_path: Path) -> None:
    constants = {"head": integers(1, 4), "w": weights(4, 4, 4)}
    inputs: dict[str, Any] = {"n": (1,), "x": (1, 4, "u")}
    whole = graph([*LENGTH, UP], inputs, ["up"], constants, types={"n": INT64})
    found = read_model(write(tmp_path / "net.onnx", model(whole)), {})
    assert found.layers[-1].output == (1, 4, "2*u_")


def test_nothing_that_might_fail_is_a_finding(tmp_path: Path) -> None:
    found = read(tmp_path, [UP, node("Reshape", "up form", "y")])
    assert found.findings == ()


@pytest.mark.parametrize("last", ["Relu", "Sigmoid"])
def test_without_a_transposed_convolution_there_is_no_letter(tmp_path: Path, last: str) -> None:
    found = read(tmp_path, [node(last, "frames", "y")])
    assert found.layers[-1].output == (1, 4, None)
    assert not any("depends on values" in note for note in found.notes)
