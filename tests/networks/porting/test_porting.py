"""Networks in other frameworks: configs that have the same sizes, and modules that are programs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.checks.checking import read_configs
from deconvcli.checks.configs import NetworkSource
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.wording import KEYS
from deconvcli.networks import porting
from deconvcli.networks.graph import walk
from deconvcli.networks.operations import OPERATIONS
from deconvcli.networks.porting import Port, port_network, resize
from deconvcli.networks.porting.config import write_config
from deconvcli.networks.porting.modules import MODULES, find_module

EXAMPLES = Path(__file__).parents[2] / "examples" / "good"
TARGETS = ("torch", "keras", "flax", "jax", "onnx", "tensorflow", "mxnet", "paddle")
SIZE = {"fcn8s": (64, 64)}
# One of each kind of layer that frameworks write differently.
KINDS = """
dialect: keras
networks:
  kinds:
    input: {channels: 8, size: 16x12}
    layers:
      - 'layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", name="down")'
      - {op: max_pool, kernel: 3, stride: 1, padding: same}
      - {op: batch_norm, name: norm}
      - {op: leaky_relu, name: leaky}
      - {op: depthwise_conv, kernel: 3, padding: same}
      - {op: separable_conv, out_channels: 8, kernel: 3, padding: same}
      - {op: conv_transpose, out_channels: 8, kernel: 4, stride: 2, padding: same, name: up}
      - {op: crop, amount: [[1, 0], [0, 1]], name: cut}
      - {op: pad, amount: [[0, 1], [1, 0]]}
      - {op: add, inputs: [previous, up]}
      - {op: upsample, scale: 2}
      - {op: pixel_unshuffle, factor: 2}
      - {op: pixel_shuffle, factor: 2}
      - {op: adaptive_avg_pool, size: 4x4}
      - {op: flatten}
      - {op: dense, units: 96}
      - {op: reshape, shape: [6, 4, 4]}
      - {op: glu}
      - {op: dropout, rate: 0.25}
      - {op: softmax}
      - {op: global_avg_pool}
"""
# Values that are no framework's default, in the words of PyTorch.
OTHERS = """
dialect: torch
networks:
  others:
    input: {channels: 8, size: 16x12}
    layers:
      - {op: max_pool, kernel: 3, stride: 1, padding: 1}
      - {op: avg_pool, kernel: 2, stride: 1}
      - {op: avg_pool, kernel: 3, padding: 1, count_include_pad: false}
      - {op: avg_pool, kernel: 3, stride: 1, padding: 1}
      - {op: upsample, scale: 4, mode: bilinear, align_corners: true}
      - {op: upsample, size: 7x9}
      - {op: pad, amount: [[1, 2], [0, 1]], mode: reflect}
      - {op: conv, out_channels: 8, kernel: 3x5, stride: 1x2, dilation: 2x1, groups: 4, bias: false}
      - {op: adaptive_max_pool, size: 3x2}
      - {op: adaptive_avg_pool, size: 2x2}
      - {op: instance_norm, eps: 0.001}
      - {op: instance_norm, affine: true}
      - {op: group_norm, groups: 2, affine: false}
      - {op: batch_norm, momentum: 0.02}
      - {op: elu, alpha: 0.5}
      - {op: gelu, approximate: tanh}
      - {op: leaky_relu, negative_slope: 0.3}
      - {op: softmax, axis: 1}
      - {op: global_max_pool, keepdims: true}
"""


def read(path: Path) -> list[NetworkSource]:
    """Return the networks of a file."""
    return [source for config in read_configs([str(path)]) for source in config.networks]


def port(source: NetworkSource, target: str, size: tuple[int, ...] | None = None) -> Port:
    """Return a network of a file in a framework."""
    calls = {name: one.call for name, one in source.calls.items() if one.call is not None}
    return port_network(resize(source.graph, size, KEYS), target, calls)


@pytest.mark.parametrize("target", TARGETS)
def test_configs_have_the_sizes_of_their_network(target: str, tmp_path: Path) -> None:
    for path in EXAMPLES.iterdir():
        for source in read(path):
            ported = port(source, target, SIZE.get(path.stem))
            assert ported.missing == []
            (tmp_path / "net.yaml").write_text(write_config(ported), encoding="utf-8")
            [written] = read(tmp_path / "net.yaml")
            shapes = {one.node.name: one.shape for one in walk(written.graph)}
            for layer in ported.layers:
                if layer.steps:
                    assert shapes[layer.name] == layer.output, layer.name
            assert all(outcome.error is None for outcome in walk(written.graph))


@pytest.mark.parametrize("text", [KINDS, OTHERS])
def test_a_config_says_all_of_each_layer(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    [source] = read(tmp_path / "net.yaml")
    own = source.graph.dialect
    want = port(source, own)
    (tmp_path / "written.yaml").write_text(write_config(want), encoding="utf-8")
    [written] = read(tmp_path / "written.yaml")
    steps = [
        [
            # A depthwise convolution is one of as many groups.
            (step.op, {**step.keys, "is_depthwise": None}, step.output)
            for _, step in made.steps
        ]
        for made in (want, port(written, own))
    ]
    assert steps[0] == steps[1]


@pytest.mark.parametrize("target", MODULES.names)
def test_modules_are_formatted_programs(target: str, tmp_path: Path) -> None:
    module = find_module(target)
    assert module is not None
    (tmp_path / "kinds.yaml").write_text(KINDS, encoding="utf-8")
    for path in (*EXAMPLES.iterdir(), tmp_path / "kinds.yaml"):
        for number, source in enumerate(read(path)):
            text = module.write(port(source, target, SIZE.get(path.stem)))
            ast.parse(text)
            (tmp_path / f"{path.stem}_{number}.py").write_text(text, encoding="utf-8")
    for command in (["format", "--diff"], ["check", "--select", "F,E9"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[:3000]


def lines_of(config: str, target: str, tmp_path: Path) -> list[str]:
    """Return the lines of the module of a config."""
    file = tmp_path / "net.yaml"
    file.write_text(config, encoding="utf-8")
    [source] = read(file)
    module = find_module(target)
    assert module is not None
    return [line.strip() for line in module.write(port(source, target)).splitlines()]


def test_layers_keep_their_names_and_skips(tmp_path: Path) -> None:
    config = """
networks:
  net:
    input: {channels: 4, size: 10x10}
    layers:
      - {op: conv, out_channels: 4, kernel: 3, padding: 1, name: enc.0}
      - {op: conv, out_channels: 4, kernel: 3, stride: 2, padding: 1, name: enc_0}
      - {op: conv_transpose, out_channels: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1,
         name: class}
      - {op: concat, inputs: [previous, enc.0], name: cat}
"""
    torch = lines_of(config, "torch", tmp_path)
    assert "self.enc_0 = nn.Conv2d(4, 4, 3, padding=1)" in torch
    assert "self.enc_0_1 = nn.Conv2d(4, 4, 3, stride=2, padding=1)" in torch
    assert "cat = torch.cat([class_1, enc_0], dim=1)" in torch
    keras = lines_of(config, "keras", tmp_path)
    assert 'enc_0 = layers.Conv2D(4, 3, padding="same", name="enc.0")(input)' in keras
    assert "class_1 = layers.Cropping2D(((1, 0), (1, 0)))(class_1)" in keras
    assert 'cat = layers.Concatenate(name="cat")([class_1, enc_0])' in keras
    onnx = lines_of(config, "onnx", tmp_path)
    assert 'cat = graph.node("Concat", [class_1, enc_0], axis=1, name="cat")' in onnx
    assert 'named = {"enc.0": "enc.0", "enc_0": "enc_0", "class": "class"}' in onnx


def test_a_reshape_keeps_the_order_of_the_source(tmp_path: Path) -> None:
    config = """
networks:
  net:
    input: {channels: 6, size: 2x3}
    layers: [{op: flatten, name: flat}, {op: reshape, shape: [4, 3, 3], name: back}]
"""
    assert [line for line in lines_of(config, "keras", tmp_path) if "Permute" in line] == [
        "flat = layers.Permute((3, 1, 2))(input)",
        "back = layers.Permute((2, 3, 1))(back)",
    ]
    assert not [line for line in lines_of(config, "torch", tmp_path) if "permute" in line]


@pytest.mark.parametrize("target", MODULES.names)
def test_a_layer_that_is_missing_ends_the_program(target: str, tmp_path: Path) -> None:
    config = """
networks:
  net:
    input: {channels: 4, size: 8x8}
    layers: ['nn.MaxUnpool2d(2)', {op: relu, name: last}]
"""
    lines = lines_of(config, target, tmp_path)
    place = lines.index("raise NotImplementedError(")
    reason = '"max_unpool1 is missing: it takes the places that a max pooling returns"'
    assert lines[place + 1] == reason
    assert lines[place + 3].startswith("last = ")


def test_a_target_with_two_axes_alone_has_no_layer_of_one() -> None:
    [source] = read(EXAMPLES / "dac_44khz.yaml")
    missing = port(source, "tflite").missing
    assert {one.reason for one in missing} == {"tflite takes 2 spatial axes, and not 1"}
    assert all(one.name.startswith("dec") for one in missing)


def test_pasted_calls_keep_what_affects_no_size(tmp_path: Path) -> None:
    config = """
dialect: keras
networks:
  net:
    input: {channels: 4, size: 8x8}
    layers:
      - 'layers.Conv2D(4, 3, activation="relu", name="a")'
      - 'layers.Conv2D(4, 1, activation="gelu", name="b")'
      - 'layers.Conv2D(4, 1, activation="leaky_relu", name="c")'
      - 'layers.LeakyReLU(0.5, name="d")'
      - 'layers.Activation("gelu", name="e")'
      - 'layers.Conv2D(4, 1, activation="softmax", name="f")'
      - 'layers.GlobalMaxPooling2D()'
"""
    lines = lines_of(config, "torch", tmp_path)
    # A word in another layer has none of that layer's arguments, and Keras' own default.
    for line in (
        "a = F.relu(a)",
        "b = F.gelu(b)",
        "c = F.leaky_relu(c, negative_slope=0.2)",
        "d = F.leaky_relu(c, negative_slope=0.5)",
        "e = F.gelu(d)",
        "f = F.softmax(f, dim=1)",
    ):
        assert line in lines
    assert any(".amax(dim=(2, 3))" in line for line in lines)


def test_letters_need_numbers() -> None:
    [source] = read(EXAMPLES / "fcn8s.yaml")
    with pytest.raises(UsageError, match=r"the input of fcn8s is \[3, H, W\]"):
        port(source, "keras")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        ("nn.ReflectionPad2d(1)", 'mode="reflect"'),
        ("nn.ReplicationPad2d(1)", 'mode="edge"'),
        ("nn.CircularPad2d(1)", 'mode="wrap"'),
        ("nn.ZeroPad2d(1)", "[0, 0, 1, 1, 0, 0, 1, 1]], name"),
    ],
)
def test_the_class_of_a_pad_says_what_it_adds(call: str, argument: str, tmp_path: Path) -> None:
    config = f"networks: {{net: {{input: {{channels: 4, size: 8x8}}, layers: ['{call}']}}}}"
    text = " ".join(lines_of(config, "onnx", tmp_path))
    assert argument in text


def test_an_output_without_a_node_is_an_identity_of_onnx(tmp_path: Path) -> None:
    config = """
networks:
  net:
    input: {channels: 4, size: 8x8}
    layers: [{op: relu, name: first}, nn.Identity()]
"""
    lines = lines_of(config, "onnx", tmp_path)
    assert 'graph.give(graph.node("Identity", [first], name="dropout1"), 4, 8, 8)' in lines


def test_what_is_opaque_is_missing_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        "networks: {net: {input: {channels: 3, size: 4x4}, layers: [{op: opaque, expect: 8x8}]}}",
        encoding="utf-8",
    )
    [source] = read(file)
    for target in ("torch", "keras", "onnx"):
        [missing] = port(source, target).missing
        assert missing.reason == "only the shape of its output is known"


def test_every_kind_of_layer_is_ported_or_refused() -> None:
    assert set(porting._MAKERS) == set(OPERATIONS.names)
