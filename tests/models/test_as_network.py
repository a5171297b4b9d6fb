"""Models of ONNX and torch.export as networks of ours, which have the sizes of the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.models.as_network import read_network
from deconvcli.networks.graph import Node
from tests.cli.commandline import deconv
from tests.models.archives import program, sizes
from tests.models.archives import write as save_program
from tests.models.onnx_files import (
    Stored,
    floats,
    graph,
    integers,
    model,
    node,
    weights,
    write,
)

IMAGE = (1, 4, 6, 8)


def save(
    path: Path,
    nodes: list[bytes],
    constants: dict[str, Stored] | None = None,
    x: tuple[Any, ...] = IMAGE,
    opset: int = 18,
) -> str:
    last = "y"
    whole = graph(nodes, inputs={"x": x}, outputs=[last], constants=constants)
    return write(path / "net.onnx", model(whole, opset))


STEPS: list[tuple[str, bytes, dict[str, Stored], str, dict[str, Any]]] = [
    (
        "transposed",
        node("ConvTranspose", "x w", "y", strides=[2, 2], pads=[1, 0, 1, 2], output_padding=[1, 0]),
        {"w": weights(4, 3, 4, 4)},
        "conv_transpose",
        {
            "out_channels": 3,
            "kernel": [4, 4],
            "stride": [2, 2],
            "padding": [[1, 1], [0, 2]],
            "output_padding": [1, 0],
            "bias": False,
        },
    ),
    (
        "same",
        node("ConvTranspose", "x w b", "y", strides=[2, 2], auto_pad="SAME_UPPER", group=2),
        {"w": weights(4, 3, 3, 3), "b": weights(6)},
        "conv_transpose",
        {
            "out_channels": 6,
            "kernel": [3, 3],
            "stride": [2, 2],
            "groups": 2,
            "auto_pad": "SAME_UPPER",
            "bias": True,
        },
    ),
    (
        "requested",
        node("ConvTranspose", "x w", "y", strides=[2, 2], output_shape=[12, 16]),
        {"w": weights(4, 3, 3, 3)},
        "conv_transpose",
        {
            "out_channels": 3,
            "kernel": [3, 3],
            "stride": [2, 2],
            "output_size": [12, 16],
            "bias": False,
        },
    ),
    (
        "conv",
        node("Conv", "x w", "y", dilations=[2, 2], pads=[2] * 4, group=4),
        {"w": weights(8, 1, 3, 3)},
        "conv",
        {
            "out_channels": 8,
            "kernel": [3, 3],
            "dilation": [2, 2],
            "groups": 4,
            "padding": [[2, 2], [2, 2]],
            "bias": False,
        },
    ),
    (
        "conv same",
        node("Conv", "x w", "y", strides=[2, 2], auto_pad="SAME_LOWER"),
        {"w": weights(8, 4, 3, 3)},
        "conv",
        {
            "out_channels": 8,
            "kernel": [3, 3],
            "stride": [2, 2],
            "padding": "same_lower",
            "bias": False,
        },
    ),
    (
        "max pool",
        node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        {},
        "max_pool",
        {"kernel": [3, 3], "stride": [2, 2], "ceil_mode": True},
    ),
    (
        "average pool",
        node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[2, 2]),
        {},
        "avg_pool",
        {"kernel": [2, 2], "stride": [2, 2]},
    ),
    ("global pool", node("GlobalMaxPool", "x", "y"), {}, "global_max_pool", {"keepdims": True}),
    (
        "mean",
        node("ReduceMean", "x axes", "y", keepdims=0),
        {"axes": integers(-1, 2)},
        "global_avg_pool",
        {"keepdims": False},
    ),
    (
        "norm",
        node("BatchNormalization", "x s s s s", "y", epsilon=0.001),
        {"s": weights(4)},
        "norm",
        {"kind": "batch", "eps": 0.001},
    ),
    (
        "instance norm",
        node("InstanceNormalization", "x s s", "y"),
        {"s": weights(4)},
        "norm",
        {"kind": "instance", "affine": True, "eps": 1e-05},
    ),
    ("leaky", node("LeakyRelu", "x", "y", alpha=0.1), {}, "leaky_relu", {"negative_slope": 0.1}),
    (
        "slopes",
        node("PRelu", "x s", "y"),
        {"s": weights(4, 1, 1)},
        "prelu",
        {"kind": "prelu", "num_parameters": 4},
    ),
    ("softmax", node("Softmax", "x", "y", axis=1), {}, "softmax", {"axis": 1}),
    ("clip", node("Clip", "x a b", "y"), {"a": floats(0.0), "b": floats(6.0)}, "relu6", {}),
    ("sum", node("Add", "x x", "y"), {}, "add", {}),
    ("product", node("Mul", "x x", "y"), {}, "multiply", {}),
    ("concat", node("Concat", "x x", "y", axis=1), {}, "concat", {}),
    (
        "pad",
        node("Pad", "x pads", "y", mode="reflect"),
        {"pads": integers(0, 0, 1, 0, 0, 0, 2, 3)},
        "pad",
        {"amount": [[1, 2], [0, 3]], "mode": "reflect"},
    ),
    (
        "negative pads",
        node("Pad", "x pads", "y"),
        {"pads": integers(0, 0, -1, 0, 0, 0, 0, -2)},
        "crop",
        {"amount": [[1, 0], [0, 2]]},
    ),
    (
        "slice",
        node("Slice", "x starts ends axes", "y"),
        {"starts": integers(1, -6), "ends": integers(2**63 - 1, -1), "axes": integers(2, 3)},
        "crop",
        {"amount": [[1, 0], [2, 1]]},
    ),
    (
        "scale",
        node("Resize", "x - scales", "y", mode="linear"),
        {"scales": floats(1, 1, 2, 3)},
        "upsample",
        {"scale": [2, 3], "mode": "bilinear"},
    ),
    (
        "size",
        node("Resize", "x - - sizes", "y"),
        {"sizes": integers(1, 4, 7, 8)},
        "upsample",
        {"size": [7, 8]},
    ),
    ("flatten", node("Flatten", "x", "y"), {}, "flatten", {}),
    (
        "reshape",
        node("Reshape", "x shape", "y"),
        {"shape": integers(1, 2, 12, 8)},
        "reshape",
        {"shape": [2, 12, 8]},
    ),
    (
        "shuffle",
        node("DepthToSpace", "x", "y", blocksize=2, mode="CRD"),
        {},
        "pixel_shuffle",
        {"factor": 2},
    ),
]


@pytest.mark.parametrize(
    ("made", "constants", "operation", "parameters"),
    [pytest.param(*rest, id=name) for name, *rest in STEPS],
)
def test_an_operation_is_a_step(
    tmp_path: Path,
    made: bytes,
    constants: dict[str, Stored],
    operation: str,
    parameters: dict[str, Any],
) -> None:
    # Reading compares each size with that of the model.
    [only] = read_network(save(tmp_path, [made], constants), "net").network.nodes
    assert (only.operation, dict(only.parameters)) == (operation, parameters)


def test_a_product_of_rows_is_dense(tmp_path: Path) -> None:
    nodes = [node("Flatten", "x", "flat"), node("Gemm", "flat w b", "y", transB=1)]
    constants = {"w": weights(5, 192), "b": weights(5)}
    [_, dense] = read_network(save(tmp_path, nodes, constants), "net").network.nodes
    assert dense == Node("/Gemm", "dense", {"units": 5, "bias": True}, ("/Flatten",))


def test_layers_that_change_nothing_are_left_out(tmp_path: Path) -> None:
    nodes = [
        node("Dropout", "x", "a"),
        node("Identity", "a", "b"),
        node("Relu", "b", "y"),
    ]
    found = read_network(save(tmp_path, nodes), "net")
    assert found.network.nodes == (Node("/Relu", "relu", {}, ("x",)),)
    assert list(found.notes) == []


def test_what_a_config_cannot_have_is_a_note(tmp_path: Path) -> None:
    nodes = [
        node("Div", "x two", "a"),
        node("Add", "a same", "b"),
        node("Exp", "b", "c"),
        node("Max", "c x", "d"),
        node("DepthToSpace", "d", "y", blocksize=2),
    ]
    constants = {"two": floats(2.0), "same": weights(*IMAGE)}
    found = read_network(save(tmp_path, nodes, constants), "net")
    assert [one.operation for one in found.network.nodes] == ["add", "pixel_shuffle"]
    assert list(found.notes) == [
        "/Div: Div, which changes no size",
        "/Add: Add with a constant, which changes no size",
        "/Exp: Exp, which changes no size",
        "/Max: Max in place of a sum",
        "/DepthToSpace: channels in the order DCR",
    ]


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([node("Transpose", "x", "y", perm=[0, 2, 3, 1])], "/Transpose is Transpose"),
        ([node("Concat", "x x", "y", axis=2)], "/Concat is Concat"),
        ([node("GlobalAveragePool", "x", "a"), node("Mul", "x a", "y")], "/Mul is Mul"),
        ([node("Split", "x", "y z", axis=1), node("Add", "y z", "w")], "/Split is Split"),
        ([node("NonZero", "x", "y")], "/NonZero is NonZero"),
        ([node("Identity", "x", "y")], "it has no layer"),
    ],
)
def test_what_is_no_layer_is_refused_by_name(
    tmp_path: Path, nodes: list[bytes], reason: str
) -> None:
    with pytest.raises(NotExpressible, match=reason):
        read_network(save(tmp_path, nodes), "net")


def test_a_model_that_fails_is_refused_with_its_reason(tmp_path: Path) -> None:
    file = save(tmp_path, [node("Conv", "x w", "y")], {"w": weights(8, 4, 7, 7)})
    with pytest.raises(NotExpressible, match="a window of 7x7 leaves nothing of 6"):
        read_network(file, "net")


def test_open_sizes_are_given(tmp_path: Path) -> None:
    file = save(tmp_path, [node("Relu", "x", "y")], x=("n", 3, "h", "w"))
    with pytest.raises(UsageError, match=r"the input x is nx3xhxw, and h, w is open") as caught:
        read_network(file, "net")
    assert "--in 64x64" in caught.value.help
    with pytest.raises(UsageError, match="--in has 3 sizes, the input x 2 axes"):
        read_network(file, "net", [4, 4, 4])
    found = read_network(file, "net", [6])
    assert found.network.inputs["x"].sizes == (3, 6, 6)


def test_a_u_net_is_written_as_a_config_that_is_checked(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x a", "down", strides=[2, 2], pads=[1] * 4),
        node("Relu", "down", "act"),
        node("ConvTranspose", "act b", "up", strides=[2, 2], pads=[1] * 4),
        node("Concat", "up x", "both", axis=1),
        node("Conv", "both c", "y", pads=[1] * 4),
    ]
    constants = {"a": weights(8, 4, 3, 3), "b": weights(8, 4, 4, 4), "c": weights(1, 8, 3, 3)}
    file = save(tmp_path, nodes, constants, x=(1, 4, "h", "w"))
    done = deconv(f"convert {file} --to config --in 16x24 -o {tmp_path / 'net.yaml'}")
    assert (done.code, done.err) == (0, "")
    text = (tmp_path / "net.yaml").read_text(encoding="utf-8")
    assert text.startswith("# The network net, in its own words.\ndialect: onnx\n")
    assert '- {name: "/Concat", op: concat, inputs: ["/ConvTranspose", x]}' in text
    done = deconv(f"check {tmp_path / 'net.yaml'} --isolated --table --format json")
    assert done.code == 0
    [checked] = json.loads(done.out)["files"]
    sizes = {row["name"]: row["shape"] for row in checked["networks"]["net"]}
    assert sizes["/Concat"] == "[8, 16, 24]"


def test_the_network_of_a_model_is_converted(tmp_path: Path) -> None:
    file = save(tmp_path, [node("Relu", "x", "y")])
    done = deconv(f"convert {file} --to keras --format python")
    assert (done.code, "keras" in done.out) == (0, True)


def test_no_program_is_written_without_an_operation_of_the_model(tmp_path: Path) -> None:
    nodes = [node("Exp", "x", "a"), node("Relu", "a", "y")]
    done = deconv(f"convert {save(tmp_path, nodes)} --to keras --format python")
    assert (done.code, "/Exp: Exp, which changes no size" in done.err) == (2, True)


def test_a_layer_is_no_config(tmp_path: Path) -> None:
    done = deconv("convert --in 5 -k 3 --to config")
    assert (done.code, "a single layer is no config" in done.err) == (2, True)


def aten(target: str, inputs: dict[str, Any], output: str) -> dict[str, Any]:
    """Return a node of torch.export. inputs: tensors by name, lists of integers, numbers."""

    def write_argument(value: Any) -> dict[str, Any]:
        if isinstance(value, str):
            return {"as_tensor": {"name": value}}
        if isinstance(value, list) and value and isinstance(value[0], str):
            return {"as_tensors": [{"name": one} for one in value]}
        kinds = {bool: "as_bool", int: "as_int", float: "as_float", list: "as_ints"}
        return {kinds[type(value)]: value}

    return {
        "target": f"torch.ops.aten.{target}",
        "inputs": [{"name": name, "arg": write_argument(one)} for name, one in inputs.items()],
        "outputs": [{"as_tensor": {"name": output}}],
        "metadata": {},
        "name": output,
    }


ATEN: list[tuple[str, str, dict[str, Any], tuple[int, ...], str, dict[str, Any]]] = [
    ("conv same", "conv2d.padding", {"weight": "w"}, (1, 8, 4, 6), "conv", {"bias": False}),
    (
        "pool",
        "max_pool2d.default",
        {"kernel_size": [2, 2]},
        (1, 4, 3, 4),
        "max_pool",
        {"kernel": [2, 2], "stride": [2, 2]},
    ),
    ("mean", "mean.dim", {"dim": [-1, -2]}, (1, 4), "global_avg_pool", {"keepdims": False}),
    ("adaptive", "adaptive_avg_pool2d.default", {}, (1, 4, 2, 2), "adaptive_avg_pool", {}),
    (
        "pad",
        "constant_pad_nd.default",
        {"pad": [1, 2, 0, 3]},
        (1, 4, 9, 11),
        "pad",
        {"amount": [[0, 3], [1, 2]]},
    ),
    (
        "slice",
        "slice.Tensor",
        {"dim": 3, "start": -6, "end": 7},
        (1, 4, 6, 5),
        "crop",
        {"amount": [[0, 0], [2, 1]]},
    ),
    ("upsample", "upsample_nearest2d.vec", {}, (1, 4, 12, 16), "upsample", {"scale": [2, 2]}),
    ("view", "view.default", {"size": [1, -1]}, (1, 192), "flatten", {}),
    (
        "shuffle",
        "pixel_shuffle.default",
        {"upscale_factor": 2},
        (1, 1, 12, 16),
        "pixel_shuffle",
        {},
    ),
    ("square", "mul.Tensor", {"other": "x"}, (1, 4, 6, 8), "multiply", {}),
]


@pytest.mark.parametrize(
    ("target", "arguments", "made", "operation", "parameters"),
    [pytest.param(*rest, id=name) for name, *rest in ATEN],
)
def test_an_operation_of_torch_is_a_step(
    tmp_path: Path,
    target: str,
    arguments: dict[str, Any],
    made: tuple[int, ...],
    operation: str,
    parameters: dict[str, Any],
) -> None:
    whole = program()
    graph = whole["graph_module"]["graph"]
    tensors = {"x": sizes(*IMAGE), "y": sizes(*made), "w": sizes(8, 4, 3, 3)}
    graph |= {"nodes": [aten(target, {"self": "x", **arguments}, "y")], "tensor_values": tensors}
    [*_, given] = whole["graph_module"]["signature"]["input_specs"]
    whole["graph_module"]["signature"]["input_specs"] = [given]
    [only] = read_network(str(save_program(tmp_path / "net.pt2", whole)), "net").network.nodes
    assert only.operation == operation
    assert parameters.items() <= dict(only.parameters).items()


def test_open_sizes_of_a_program_are_given(tmp_path: Path) -> None:
    file = str(save_program(tmp_path / "net.pt2", program()))
    with pytest.raises(UsageError, match="s53 is open"):
        read_network(file, "net")
    [only] = read_network(file, "net", [6, 7]).network.nodes
    assert (only.name, only.operation) == ("up", "conv_transpose")
    with pytest.raises(NotExpressible, match=r"exported for sizes with .* != 9"):
        read_network(file, "net", [9, 7])


def test_a_model_has_no_networks_of_other_names(tmp_path: Path) -> None:
    file = save(tmp_path, [node("Relu", "x", "y")])
    done = deconv(f"convert {file}:net --to config")
    assert done.code == 2
    assert "is a model, which has no network 'net'" in done.err


def test_a_tensor_in_place_of_weights_is_refused(tmp_path: Path) -> None:
    nodes = [node("Relu", "w", "v"), node("Conv", "x v", "y")]
    whole = graph(nodes, inputs={"x": IMAGE, "w": (8, 4, 3, 3)}, outputs=["y"])
    file = write(tmp_path / "net.onnx", model(whole, 18))
    with pytest.raises(NotExpressible, match="/Conv is Conv"):
        read_network(file, "net")
