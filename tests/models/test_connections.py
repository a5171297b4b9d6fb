"""What connects the layers of a model: each reader names the tensors that they take and give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deconvcli.models.reading import read_model
from tests.models.archives import program, sizes, write
from tests.models.keras_configs import functional, layer, save_json, second, start, up
from tests.models.onnx_files import BOOL, Stored, graph, model, node, weights
from tests.models.onnx_files import write as write_onnx
from tests.models.test_openvino import net
from tests.models.test_openvino import save as save_openvino
from tests.models.test_tflite import model as tflite_model
from tests.models.test_tflite import save as save_tflite

Paths = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


def connect(path: str, reader: str | None = None) -> Paths:
    """Return what each layer takes and gives; every tensor is in the model, or an input."""
    found = read_model(path, {}, reader)
    given = {name for layer in found.layers for name in layer.gives}
    taken = {name for layer in found.layers for name in layer.takes}
    assert given | taken <= set(found.tensors)
    return {layer.name: (layer.takes, layer.gives) for layer in found.layers}


def test_onnx_leaves_out_weights_and_sizes(tmp_path: Path) -> None:
    nodes = [
        node("ConvTranspose", "x w", "up", strides=[2, 2], pads=[1] * 4),
        node("Shape", "x", "shape"),
        node("Reshape", "up shape", "flat"),
        node("Concat", "x x", "both", axis=1),
    ]
    constants = {"w": weights(3, 3, 4, 4)}
    whole = graph(nodes, inputs={"x": (1, 3, 1, 1)}, outputs=["both"], constants=constants)
    assert connect(write_onnx(tmp_path / "net.onnx", model(whole))) == {
        "/ConvTranspose": (("x",), ("up",)),
        "/Reshape": (("up",), ("flat",)),
        "/Concat": (("x", "x"), ("both",)),
    }


@pytest.mark.parametrize(
    ("condition", "paths"),
    [
        ("yes", {"/Relu": (("x",), ("a",)), "/If": (("a",), ("y",))}),
        ("c", {"/If": (("c", "x", "x"), ("y",))}),
    ],
)
def test_onnx_is_connected_through_branches(tmp_path: Path, condition: str, paths: Paths) -> None:
    branches: dict[str, Any] = {
        "then_branch": graph([node("Relu", "x", "a")], outputs=["a"]),
        "else_branch": graph([node("Sigmoid", "x", "b")], outputs=["b"]),
    }
    whole = graph(
        [node("If", condition, "y", **branches)],
        inputs={"x": (1, 3, 5, 7), "c": ()},
        outputs=["y"],
        constants={"yes": Stored((), (1,), BOOL)},
    )
    assert connect(write_onnx(tmp_path / "net.onnx", model(whole))) == paths


def test_torch_export_takes_tensors_in_lists(tmp_path: Path) -> None:
    data = program()
    whole = data["graph_module"]["graph"]
    listed = {"name": "tensors", "arg": {"as_tensors": [{"name": "y"}, {"name": "x"}]}}
    whole["nodes"].append(
        {
            "target": "torch.ops.aten.cat.default",
            "inputs": [listed],
            "outputs": [{"as_tensor": {"name": "both"}}],
            "metadata": {},
            "name": "both",
        }
    )
    whole["tensor_values"]["both"] = sizes(1, 11, 10, 14)
    assert connect(str(write(tmp_path / "net.pt2", data))) == {
        "up": (("x",), ("y",)),
        "both": (("y", "x"), ("both",)),
    }


def nest(write: Any) -> dict[str, Any]:
    """Return a model of Keras with a model inside it, which is given a tensor."""
    inner = write([start("z", None, 4, 4, 2), up("up", ["z"], 3)], ["up"])["config"]
    nested = {**layer("Functional", "decoder", ["act"]), "config": inner}
    outside = [start("x", None, 4, 4, 2), layer("ReLU", "act", ["x"])]
    called = "decoder" if write is functional else "decoder:1:0"
    return dict(write([*outside, nested, up("last", [called], 1)], ["last"]))


@pytest.mark.parametrize("write", [functional, second])
def test_keras_is_connected_into_models_inside_it(tmp_path: Path, write: Any) -> None:
    assert connect(save_json(tmp_path / "net.json", nest(write)), "keras") == {
        "x": ((), ("x:0:0",)),
        "act": (("x:0:0",), ("act:0:0",)),
        "decoder/z": (("act:0:0",), ("decoder/z:0:0",)),
        "decoder/up": (("decoder/z:0:0",), ("decoder/up:0:0",)),
        "last": (("decoder/up:0:0",), ("last:0:0",)),
    }


def test_tensorflow_lite_leaves_out_weights_and_sizes(tmp_path: Path) -> None:
    assert connect(save_tflite(tmp_path, tflite_model())) == {
        "up": (("x",), ("up",)),
        "act": (("up",), ("act",)),
    }


def test_openvino_follows_its_edges(tmp_path: Path) -> None:
    ends = [((0, 0), (2, 0)), ((1, 0), (2, 1)), ((2, 3), (3, 0)), ((3, 1), (4, 0))]
    edges = "".join(
        f'<edge from-layer="{start}" from-port="{out}" to-layer="{end}" to-port="{to}" />'
        for (start, out), (end, to) in ends
    )
    text = net().replace("</layers>", f"</layers><edges>{edges}</edges>")
    assert connect(save_openvino(tmp_path, text)) == {
        "x": ((), ("x",)),
        "up": (("x",), ("y",)),
        "act": (("y",), ("act",)),
    }
