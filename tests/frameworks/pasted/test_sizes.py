"""The sizes that a pasted call itself gives: of the input, the output, the weights."""

from __future__ import annotations

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.frameworks.wording import KEYS
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.text import size_text


def _read(call: str, size: tuple[Size, ...] | None = None, **roles: tuple[int, ...]) -> Understood:
    return LayerRequest(call, input_size=size, roles=roles).understand()


@pytest.mark.parametrize(
    ("call", "size", "weights"),
    [
        ("tf.nn.conv2d_transpose(x, w, [1, 10, 10, 2], 2)", (5, 5, 4), (3, 3, 2, 4)),
        ("tf.nn.conv2d_transpose(x, w, [1, 10, 10, 2], 2)", (5, 5), (3, 3, 2, 1)),
        ("tf.nn.conv2d_transpose(x, w, output_shape=(1, 10, 10, 3), strides=[1, 2, 2, 1])",
         (5, 5, 6), (3, 3, 3, 6)),
        ("tf.nn.conv2d_transpose(x, w, [1, 2, 10, 10], 2, data_format='NCHW')", (4, 5, 5),
         (3, 3, 2, 4)),
        ("tf.nn.conv1d_transpose(x, w, [1, 10, 2], 2)", (5, 4), (3, 2, 4)),
        ("tf.nn.conv3d_transpose(x, w, [1, 4, 4, 4, 2], 2)", (2, 2, 2, 4), (3, 3, 3, 2, 4)),
        ("tf.nn.conv_transpose(x, w, [1, 10, 2], 2)", (5,), (3, 2, 1)),
        ("tf.nn.conv2d_transpose(x, w, [10, 10], 2)", (5, 5, 4), (3, 3, 1, 4)),
        # TensorFlow 1's names of the tensors.
        ("tf.nn.conv2d_transpose(x, filter=w, output_shape=[1, 10, 10, 2], strides=[1, 2, 2, 1])",
         (5, 5), (3, 3, 2, 1)),
        ("tf.nn.conv2d_transpose(value=x, filter=w, output_shape=(1, 10, 10, 2), strides=[2, 2],"
         " padding='SAME', name='up')", (5, 5, 4), (3, 3, 2, 4)),
        ("tf.compat.v1.nn.conv3d_transpose(x, filter=w, output_shape=[1, 4, 4, 4, 2], strides=2)",
         (2, 2, 2, 4), (3, 3, 3, 2, 4)),
        ("mb.conv_transpose(x=x, weight=w, output_shape=[1, 2, 11, 11], strides=[2, 2])",
         (5, 5), (1, 2, 3, 3)),
        ("F.conv_transpose2d(x, w, None, 2, 0, 0, 2)", (4, 5, 5), (4, 1, 3, 3)),
    ],
)  # fmt: skip
def test_unknown_weights_make_the_requested_channels_in_one_group(
    call: str, size: tuple[int, ...], weights: tuple[int, ...]
) -> None:
    reading = _read(call, size, kernel=(3,)).reading
    assert reading.weight_shape == weights
    assert reading.layer.groups == (2 if call.startswith("F.") else 1)
    assert [finding.code for finding in reading.findings if "onednn" in finding.code] == (
        ["tensorflow-onednn-only"] if "NCHW" in call else []
    )


H, W = Linear("H"), Linear("W")


# Each row: the call in tf.nn, the input, the output, and the weights or a part of the refusal.
REQUESTED: list[tuple[str, tuple[Size, ...], tuple[Size, ...] | None, str]] = [
    ("conv2d_transpose(x, w, tf.stack([b, 10, 10, 2]), 2)", (5, 5), (10, 10), "3x3x2x(in)"),
    ("conv2d_transpose(x, w, [tf.shape(x)[0], 9, 10, 2], 2)", (5, 5), (9, 10), "3x3x2x(in)"),
    ("conv2d_transpose(x, w, tf.TensorShape([1, 9, 10, 2]), 2)", (5, 5, 8), (9, 10, 2),
     "3x3x2x8"),
    ("conv2d_transpose(x, w, tf.stack([b, tf.shape(x)[1] * 2, x.shape[2] * 2, c]), 2)",
     (5, 6), (10, 12), "3x3x(c)x(in)"),
    ("conv2d_transpose(h, w, [n, int(h.get_shape()[1]) * 2 - 1, 12, 4], 2)", (5, 6, 1),
     (9, 12, 4), "3x3x4x1"),
    ("conv2d_transpose(x, w, [b, 2 * x.shape[1], 2 * x.shape[2], 2], 2)", (H, W),
     (2 * H, 2 * W), "3x3x2x(in)"),
    ("conv2d_transpose(x, w, [b, 2, 2 * x.shape[2], 10], 2, data_format='NCHW')", (5, 5),
     (10, 10), "3x3x2x(in)"),
    ("conv1d_transpose(x, w, [b, 10, c], 2)", (5,), (10,), "3x(c)x(in)"),
    ("conv1d_transpose(x, w, tf.stack([tf.shape(x)[0], 10, 2]), 2)", (5,), (10,), "3x2x(in)"),
    ("conv1d_transpose(x, w, [b, 10, x.shape[2]], 2)", (5, 8), (10, 8), "3x8x8"),
    ("conv3d_transpose(x, w, [b, 4, 6, 8, c], [1, 2, 2, 2, 1])", (2, 3, 4), (4, 6, 8),
     "3x3x3x(c)x(in)"),
    ("conv3d_transpose(x, w, (b, 4, 6, 8, 4), 2)", (2, 3, 4, 1), (4, 6, 8, 4), "3x3x3x4x1"),
    ("conv3d_transpose(x, w, [1, *s, 4], 2)", (2, 3, 4), None, "the values in *s are only"),
    ("conv2d_transpose(x, w, [b, h * 2, 10, 2], 2)", (5, 5), None, "--set h=4"),
    ("conv2d_transpose(x, w, [b, h * 2, 2 * w, c], 2)", (5, 5), None, "--set h=4,w=4"),
    ("conv2d_transpose(x, w, shape, 2)", (5, 5), None, "--set shape=10x10"),
    ("conv2d_transpose(x, w, tf.shape(y), 2)", (5, 5), None, "write its value into the call."),
    ("conv2d_transpose(x, w, [h, 10], 2)", (5, 5), None, "--set h=4"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "size", "output", "weights"), REQUESTED)
def test_a_requested_shape_in_expressions(
    call: str, size: tuple[Size, ...], output: tuple[Size, ...] | None, weights: str
) -> None:
    names = KEYS._replace(variables="--set")
    request = LayerRequest(f"tf.nn.{call}", None, size, roles={"kernel": (3,)}, names=names)
    if output is None:
        with pytest.raises(DeconvError) as error:
            request.understand()
        assert weights in f"{error.value.message} {error.value.help}"
        return
    understood = request.understand()
    assert understood.shown_output == output
    assert size_text(understood.weight_shape).replace("in_channels", "in") == weights


@pytest.mark.parametrize(
    "maker",
    [
        "tf.get_variable('w', [3, 3, 2, 8])",
        "tf.get_variable('w', shape=[3, 3, 2, 8], initializer=init)",
        "tf.Variable(tf.truncated_normal([3, 3, 2, 8], stddev=0.1))",
        "tf.Variable(tf.random_normal((3, 3, 2, 8)))",
        "tf.Variable(tf.random.normal([3, 3, 2, 8]))",
        "tf.random_uniform([3, 3, 2, 8], -1, 1)",
    ],
)
def test_weights_have_the_shape_with_which_they_are_made(maker: str) -> None:
    call = "y = tf.nn.conv2d_transpose(x, w, [b, 10, 10, 2], strides=[1, 2, 2, 1])"
    assert _read(f"w = {maker}\n{call}", (5, 5)).reading.weight_shape == (3, 3, 2, 8)


def test_requested_channels_are_not_assumed() -> None:
    call = "tf.nn.conv2d_transpose(x, w, [1, 10, 10, 2], 2)"
    assert _read(call, (5, 5), kernel=(3,)).assumed == ("in_channels",)


@pytest.mark.parametrize(
    ("call", "name", "output"),
    [
        ("Conv2DTranspose(4, 3, strides=2, input_shape=(5, 5, 8))", "input_shape", (11, 11, 4)),
        ("Conv1DTranspose(4, 3, input_shape=[7, 2])", "input_shape", (9, 4)),
        ("Conv3DTranspose(4, 3, input_shape=(2, 3, 4, 1))", "input_shape", (4, 5, 6, 4)),
        (
            "Conv2DTranspose(4, 3, data_format='channels_first', input_shape=(8, 5, 6))",
            "input_shape",
            (4, 7, 8),
        ),
        (
            "tf_keras.layers.Conv2DTranspose(4, 3, batch_input_shape=(None, 5, 5, 8))",
            "batch_input_shape",
            (7, 7, 4),
        ),
        ("Conv2DTranspose(4, 3, batch_shape=(16, 5, 5, 8))", "batch_shape", (7, 7, 4)),
    ],
)
def test_a_declared_input_is_the_input_and_said_to_be(
    call: str, name: str, output: tuple[int, ...]
) -> None:
    understood = _read(call)
    assert understood.shown_output == output
    assert understood.input_text.endswith(f" ({name} of the call)")
    assert name not in understood.reading.spelling.arguments


@pytest.mark.parametrize("size", [(5, 5), (5, 5, 8), (5,), (Linear("N"), Linear("N"))])
def test_a_declared_input_may_be_repeated(size: tuple[Size, ...]) -> None:
    understood = _read("Conv2DTranspose(4, 3, input_shape=(5, 5, 8))", size)
    assert understood.reading.layer.in_channels == 8
    assert understood.remark == ""


@pytest.mark.parametrize("declared", ["(None, None, 8)", "(h, w, 8)", "(None, 6, 8)"])
def test_open_sizes_are_given_with_the_option(declared: str) -> None:
    call = f"Conv2DTranspose(4, 3, input_shape={declared})"
    assert _read(call, (5, 6)).reading.layer.in_channels == 8
    with pytest.raises(DeconvError, match="the input size is not known"):
        _read(call)


@pytest.mark.parametrize(
    ("size", "given"),
    [
        ((6, 5), "input_size is 6x5,"),
        ((5, 5, 4), "input_size is 5x5 with 4 channels,"),
        ((6,), "input_size is 6x6,"),
        ((Linear("N"), 4), "input_size is Nx4,"),
        ((2, 4, 5, 8), "input_size is 4x5 with 8 channels,"),
    ],
)
def test_a_contradiction_names_both(size: tuple[Size, ...], given: str) -> None:
    with pytest.raises(DeconvError) as error:
        _read("Conv2DTranspose(4, 3, input_shape=(5, 5, 8))", size)
    assert error.value.message == f"{given} and input_shape of the call is (5, 5, 8)"


def test_a_declared_input_has_channels() -> None:
    with pytest.raises(DeconvError, match="input_shape has 2 sizes, the layer 2 spatial axes"):
        _read("Conv2DTranspose(4, 3, input_shape=(5, 5))")
