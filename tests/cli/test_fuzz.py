"""Whatever is typed: an answer or a refusal, never a traceback, never exit code 3."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from deconvcli.frameworks.jsonl import answer_line
from tests.cli.commandline import deconv

CALLS = (
    "nn.ConvTranspose1d",
    "nn.ConvTranspose2d",
    "torch.nn.LazyConvTranspose3d",
    "F.conv_transpose2d",
    "Conv2DTranspose",
    "tf.keras.layers.Conv3DTranspose",
    "keras.ops.conv_transpose",
    "tf.nn.conv2d_transpose",
    "tf.nn.conv_transpose",
    "op.ConvTranspose",
)
NAMES = (
    *("in_channels", "out_channels", "kernel_size", "stride", "strides", "padding"),
    *("output_padding", "dilation", "dilation_rate", "groups", "group", "bias", "use_bias"),
    *("output_size", "output_shape", "data_format", "auto_pad", "pads", "kernel_shape"),
    *("dilations", "filters", "input_shape", "padding_mode", "api", "name", "weight", "input"),
)
VALUES = (
    *("0", "1", "2", "3", "-1", "1.5", "True", "None", "x", "k*2", "4*8", "(2, 3)", "[1]", "()"),
    *("[1, 1, 1, 1]", "[[0, 0], [1, 1], [1, 1], [0, 0]]", "(x, 2)", "{}", "'same'", "'VALID'"),
    *("torch.zeros(1, 2, 5, 5)", "tf.zeros([3, 3, 8, 3])", "zeros(3)", "9" * 30, "b'a'", "*a"),
    *("'channels_first'", "'NCHW'", "'SAME_UPPER'", "...", "1e999", "lambda: 0", "[None, 3]"),
)
OPTIONS = (
    *("--in", "-k", "-s", "-p", "--op", "-d", "-g", "--in-channels", "--out-channels"),
    *("--output-size", "--auto-pad", "--data-format", "--batch", "-D", "--expect", "--format"),
)
TYPED = (
    *("0", "1", "2", "3", "5", "-1", "5x5", "3,3", "1x2x3", "4x4x4x4", "N", "HxW", "2N-1", "0N"),
    *("valid", "same", "1:2,0:1", "1:-1", ":", "x", "", "SAME_LOWER", "VALID", "NHWC", "all"),
    *("channels_first", "torch", "keras", "tensorflow", "onnx", "keras@torch", "json", "markdown"),
    *("onnx@onnxruntime", "9" * 19, "9" * 5000, "\x1b[31m", "\ud800", "é", "٣"),
    *("(5, 5)", "5*5", "torch.Size([1, 3, 8, 8])", "(None, 5, 5, 1)", "((1, 2), (0, 1))", "None"),
)

arguments = st.lists(st.sampled_from(VALUES), max_size=5)
keywords = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=5)
typed = st.lists(st.tuples(st.sampled_from(OPTIONS), st.sampled_from(TYPED) | st.text()))
FLAGS = st.lists(st.sampled_from(("--macs", "-q", "--transpose-kernel")), max_size=2)


@st.composite
def pasted(draw: st.DrawFn) -> str:
    """Build a text that looks like a call."""
    named = [f"{name}={value}" for name, value in draw(keywords).items()]
    return f"{draw(st.sampled_from(CALLS))}({', '.join([*draw(arguments), *named])})"


def holds(*arguments: str) -> None:
    """Assert that the command answers or refuses, in clean text."""
    done = deconv(*arguments)
    assert done.code in (0, 1, 2), (arguments, done)
    assert (done.code == 2) == done.err.startswith("error["), (arguments, done)
    assert (done.code == 2) == (done.out == ""), (arguments, done)
    assert all(c.isprintable() or c == "\n" for c in done.out + done.err), (arguments, done)


@settings(max_examples=700)
@given(pasted(), st.sampled_from(("5", "5x5", "1x2x5x5", "N", "3x3x3")), FLAGS)
def test_pasted_calls(call: str, size: str, flags: list[str]) -> None:
    holds("shape", "--in", size, call, *flags)


@settings(max_examples=500)
@given(st.text() | st.text(alphabet="nC(){}[],.='\"\\*:x0123456789 \n\x1b"))
@example("nn.ConvTranspose2d(" + "(" * 1000)
@example("nn.ConvTranspose2d(1, 2, 3)\x00")
@example("f\x1b[31m(")
def test_pasted_text(text: str) -> None:
    holds("explain", "--in", "5", "--", text)


@settings(max_examples=800)
@given(st.sampled_from(("shape", "explain")), typed, FLAGS)
@example("shape", [("--in", "5x5"), ("-k", "3"), ("-D", "tensorflow"), ("--output-size", "9")], [])
@example("shape", [("--in", "N"), ("-k", "3"), ("-D", "all")], [])
def test_options(command: str, options: list[tuple[str, str]], flags: list[str]) -> None:
    listed = [word for option in options for word in option]
    flags = flags if command == "shape" else [flag for flag in flags if flag != "--macs"]
    holds(command, *listed, *flags)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
SHAPES = st.lists(st.integers(0, 9), min_size=2, max_size=6)
REQUESTS = st.fixed_dictionaries(
    {
        "dialect": st.sampled_from(("torch", "keras", "tensorflow", "onnx", "keras@jax")),
        "input_shape": SHAPES,
    },
    optional={
        "id": JSON,
        "weight_shape": SHAPES | JSON,
        "rank": st.integers(-1, 4) | JSON,
        "params": st.dictionaries(st.sampled_from(NAMES), SHAPES | JSON, max_size=4) | JSON,
    },
)


@settings(max_examples=700)
@given(REQUESTS)
@example({"dialect": "onnx", "input_shape": [1, 3, 5], "weight_shape": [3, 3, 4, 3], "rank": 1})
@example({"dialect": "torch", "input_shape": [1, 3, 5], "params": {"in_channels": [2]}})
def test_requests(given_: dict[str, Any]) -> None:
    bugs: deque[Exception] = deque(maxlen=1)
    printed = json.loads(answer_line(json.dumps(given_).encode(), bugs))
    assert not bugs, given_
    assert ("error" in printed) != ("output_shape" in printed)


@settings(max_examples=300)
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_answered(line: bytes) -> None:
    bugs: deque[Exception] = deque(maxlen=1)
    assert "id" in json.loads(answer_line(line, bugs))
    assert not bugs
