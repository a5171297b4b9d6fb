"""deconvcli.network of a model file."""

from __future__ import annotations

from pathlib import Path

import pytest

import deconvcli
from deconvcli.common.errors import Refused, Unreadable, UsageError
from tests.models.archives import program, write
from tests.models.onnx_files import graph, model, node, weights
from tests.models.onnx_files import write as write_onnx


def test_a_program_has_the_size_of_each_layer(tmp_path: Path) -> None:
    file = str(write(tmp_path / "net.pt2", program()))
    network = deconvcli.network(file)
    assert (network.input_shape, network.output_shape) == ((1, 3, "s53", 7), (1, 8, "2*s53", 14))
    [layer] = network.layers
    assert (layer.name, layer.kind, layer.parameters, layer.macs) == (
        "up (nets.py:12)",
        "conv_transpose2d",
        392,
        None,
    )
    assert network.notes == ("torch.export, PyTorch 2.13.0", "s53, axis 2 of x is open")
    assert repr(network) == "<Network of 1 layer: 1x3xs53x7 -> 1x8x2*s53x14>"
    network = deconvcli.network(file, (1, 3, 5, 7))
    assert (network.output_shape, network.layers[0].macs) == ((1, 8, 10, 14), 13440)
    assert "up (nets.py:12)  conv_transpose2d  1x8x10x14" in str(network)


def test_a_reader_is_named(tmp_path: Path) -> None:
    whole = graph([node("Relu", "x", "y")], inputs={"x": (1, 4)}, outputs=["y"])
    file = write_onnx(tmp_path / "net", model(whole))
    assert deconvcli.network(file, reader="onnx").output_shape == (1, 4)
    with pytest.raises(UsageError, match="values has no effect on a model file"):
        deconvcli.network(file, reader="onnx", values={"k": 3})


def test_what_fails_is_raised(tmp_path: Path) -> None:
    whole = graph(
        [node("Conv", "x w", "y")],
        inputs={"x": (1, 4, "h", "w")},
        outputs=["y"],
        constants={"w": weights(2, 4, 5, 5)},
    )
    file = write_onnx(tmp_path / "net.onnx", model(whole))
    with pytest.raises(Refused, match="a window of 5x5 leaves nothing of 3"):
        deconvcli.network(file, (1, 4, 3, 8))
    with pytest.raises(UsageError, match="2 sizes, the model 4"):
        deconvcli.network(file, (3, 8))
    with pytest.raises(Unreadable, match="No such file"):
        deconvcli.network(str(tmp_path / "no.onnx"))


def test_a_file_of_weights_is_named(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"PK\x03\x04")
    with pytest.raises(Unreadable, match="holds weights or a Python object of PyTorch"):
        deconvcli.network(str(tmp_path / "net.pth"))
    with pytest.raises(UsageError, match="pasted"):
        deconvcli.network("no.such.text")
