"""Every kind of layer: its shape in each framework's rounding, its refusals as text, its costs."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from deconvcli.common.errors import DeconvError, Refused, UsageError
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import KeyForm, Shape
from deconvcli.networks.operations import OPERATIONS, take


def shape(operation: str, words: dict[str, Any], *inputs: Shape, dialect: str = "torch") -> str:
    return str(take(operation).shape(words, inputs, dialect))


ONE = Shape(4, (9,))
TWO = Shape(4, (9, 10))


@pytest.mark.parametrize(
    ("operation", "words", "dialect", "out"),
    [
        ("conv", {"out_channels": 2, "kernel": 3}, "torch", "[2, 7, 8]"),
        ("conv", {"out_channels": 2, "kernel": 3}, "flax", "[2, 9, 10]"),
        ("conv", {"out_channels": 2, "kernel": 3, "padding": "same"}, "torch", "[2, 9, 10]"),
        ("conv", {"out_channels": 2, "kernel": 3, "padding": "SAME"}, "keras", "[2, 9, 10]"),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "SAME"},
            "tensorflow",
            "[2, 5, 5]",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": [3, 5], "dilation": 2, "padding": [2, 4]},
            "torch",
            "[2, 9, 10]",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 2, "padding": [[1, 0], [0, 0]]},
            "onnx",
            "[2, 9, 9]",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 4, "stride": 3, "padding": "same_lower"},
            "onnx",
            "[2, 3, 4]",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 5, "stride": 2, "padding": "causal"},
            "keras",
            "[2, 5, 5]",
        ),
        ("max_pool", {"kernel": 2}, "torch", "[4, 4, 5]"),
        ("max_pool", {"kernel": 2, "ceil_mode": True}, "torch", "[4, 5, 5]"),
        ("max_pool", {"kernel": 3, "stride": 2, "ceil_mode": True}, "torch", "[4, 4, 5]"),
        # The window that would start in the padding after the input is left out.
        (
            "max_pool",
            {"kernel": 2, "stride": 3, "padding": 1, "ceil_mode": True},
            "torch",
            "[4, 4, 4]",
        ),
        ("avg_pool", {"kernel": 3, "stride": 1}, "keras", "[4, 7, 8]"),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 4, "stride": 2, "padding": 1},
            "torch",
            "[2, 18, 20]",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "same"},
            "keras",
            "[2, 18, 20]",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "same_upper"},
            "onnx",
            "[2, 18, 20]",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "SAME"},
            "jax",
            "[2, 18, 20]",
        ),
        ("upsample", {"scale": [2, 3]}, "torch", "[4, 18, 30]"),
        ("upsample", {"size": 16}, "torch", "[4, 16, 16]"),
        ("pixel_shuffle", {"factor": 2}, "torch", "[1, 18, 20]"),
        ("pad", {"amount": [[0, 1], [2, 3]]}, "torch", "[4, 10, 15]"),
        ("crop", {"amount": [1, 2]}, "torch", "[4, 7, 6]"),
        ("crop", {"amount": [[0, 8], [2, 0]]}, "torch", "[4, 1, 8]"),
        ("crop_like", {"size": 8, "offset": 1}, "torch", "[4, 8, 8]"),
        ("crop_like", {"size": [8, 5], "offset": [0, 5]}, "torch", "[4, 8, 5]"),
        ("pad_to", {"multiple": 8}, "torch", "[4, 16, 16]"),
        ("pad_to", {"size": [12, 10]}, "torch", "[4, 12, 10]"),
        ("crop_like", {"size": 8}, "torch", "[4, 8, 8]"),
        ("reshape", {"shape": [8, -1]}, "torch", "[8, 45]"),
        ("flatten", {}, "torch", "[360]"),
        ("opaque", {}, "torch", "[4, 9, 10]"),
        ("opaque", {"channels": 2, "size": 7}, "torch", "[2, 7, 7]"),
        ("opaque", {"size": [3]}, "keras", "[4, 3]"),
        ("flatten", {"start_dim": 2}, "torch", "[4, 90]"),
        ("flatten", {"start_dim": 1, "end_dim": -2}, "torch", "[36, 10]"),
        ("reshape", {"shape": [2, 2], "dim": 1}, "torch", "[2, 2, 9, 10]"),
        ("adaptive_pool", {"size": 7}, "torch", "[4, 7, 7]"),
        ("adaptive_pool", {"size": [1, 12]}, "torch", "[4, 1, 12]"),
        ("pixel_unshuffle", {"factor": 1}, "torch", "[4, 9, 10]"),
        # Measured with torch 2.13.0, as the factors of test_fractions_round_down.
        ("upsample", {"scale": 1.5}, "torch", "[4, 13, 15]"),
        ("upsample", {"scale": [0.5, 2]}, "torch", "[4, 4, 20]"),
        ("glu", {}, "torch", "[4, 9, 5]"),
        ("glu", {"dim": 1}, "torch", "[2, 9, 10]"),
        ("glu", {"dim": -3}, "torch", "[2, 9, 10]"),
        ("glu", {"dim": 3}, "torch", "[4, 9, 5]"),
        ("glu", {}, "mlx", "[2, 9, 10]"),
        ("glu", {"dim": 2}, "mlx", "[4, 9, 5]"),
        ("max_unpool", {"kernel": 2}, "torch", "[4, 18, 20]"),
        ("max_unpool", {"kernel": 3, "stride": 2, "padding": 1}, "torch", "[4, 17, 19]"),
        ("max_unpool", {"kernel": [2, 3]}, "torch", "[4, 18, 30]"),
        ("depthwise_conv", {"kernel": 3, "multiplier": 2}, "keras", "[8, 7, 8]"),
        ("separable_conv", {"kernel": 3, "out_channels": 7}, "keras", "[7, 7, 8]"),
        ("global_pool", {}, "torch", "[4]"),
        ("global_pool", {"keepdims": True}, "keras", "[4, 1, 1]"),
        ("dense", {"units": 7}, "keras", "[7, 9, 10]"),
        ("relu", {}, "torch", "[4, 9, 10]"),
        ("group_norm", {"groups": 2}, "torch", "[4, 9, 10]"),
        ("identity", {}, "torch", "[4, 9, 10]"),
    ],
)
def test_shapes(operation: str, words: dict[str, Any], dialect: str, out: str) -> None:
    assert shape(operation, words, TWO, dialect=dialect) == out


@pytest.mark.parametrize(
    ("operation", "words", "dialect", "out"),
    [
        ("crop", {"amount": [0, 8]}, "keras", "[4, 1]"),
        ("crop", {"amount": [3, 2]}, "torch", "[4, 4]"),
        ("crop", {"amount": [3]}, "torch", "[4, 3]"),
        ("pad", {"amount": [0, 8]}, "torch", "[4, 17]"),
        ("conv", {"out_channels": 4, "kernel": 3, "padding": [2, 0]}, "onnx", "[4, 9]"),
        ("max_pool", {"kernel": 3, "stride": 1, "padding": [0, 1]}, "onnx", "[4, 8]"),
    ],
)
def test_two_numbers_for_one_axis_are_begin_and_end(
    operation: str, words: dict[str, Any], dialect: str, out: str
) -> None:
    assert shape(operation, words, ONE, dialect=dialect) == out


def test_layers_of_several_inputs() -> None:
    small = Shape(3, (7, 8))
    assert shape("concat", {}, TWO, TWO, TWO) == "[12, 9, 10]"
    assert shape("add", {}, TWO, TWO) == "[4, 9, 10]"
    assert shape("crop_like", {}, TWO, small) == "[4, 7, 8]"
    assert shape("pad_to", {}, small, TWO) == "[3, 9, 10]"
    assert shape("upsample", {}, small, TWO) == "[3, 9, 10]"
    up = {"out_channels": 2, "kernel": 3, "stride": 2}
    for padding, dialect in ((1, "torch"), (1, "paddle"), (0, "onnx"), ("SAME", "tensorflow")):
        words = {**up, "padding": padding}
        skip = Shape(5, (13, 16))
        assert shape("conv_transpose", words, small, skip, dialect=dialect) == "[2, 13, 16]"


@pytest.mark.parametrize(
    ("operation", "words", "inputs", "dialect", "code", "message"),
    [
        (
            "conv",
            {"out_channels": 2, "kernel": 11},
            (TWO,),
            "torch",
            "empty-output",
            "height: the output would have size -1",
        ),
        (
            "conv",
            {"out_channels": 3, "kernel": 1, "groups": 2},
            (TWO,),
            "torch",
            "groups",
            "3 output channels cannot be split into 2",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 1, "in_channels": 3},
            (TWO,),
            "torch",
            "channels",
            "the input has 4 channels, the layer takes 3",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "same"},
            (TWO,),
            "torch",
            "padding",
            "torch does not accept padding 'same' for a convolution with strides",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": "SAME"},
            (TWO,),
            "torch",
            "padding",
            "torch does not accept padding 'SAME' here",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "padding": 1},
            (TWO,),
            "keras",
            "padding",
            "keras accepts padding as a word",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "padding": [[1, 0]]},
            (ONE,),
            "torch",
            "padding",
            "torch pads both ends of an axis equally",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "padding": "same"},
            (ONE,),
            "mlx",
            "padding",
            "mlx does not accept padding 'same' here",
        ),
        (
            "max_pool",
            {"kernel": 2, "ceil_mode": True},
            (ONE,),
            "keras",
            "ceil-mode",
            "keras has no ceil_mode",
        ),
        (
            "max_pool",
            {"kernel": 3, "padding": 2},
            (ONE,),
            "torch",
            "padding",
            "torch pools with padding of half the kernel at most, not 2",
        ),
        (
            "max_pool",
            {"kernel": 0},
            (ONE,),
            "torch",
            "bad-value",
            "kernel is 0; the minimum is 1",
        ),
        (
            "max_pool",
            {"kernel": 2},
            (Shape(4),),
            "torch",
            "rank",
            r"the input \[4\] has no spatial axes",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "output_padding": 3, "stride": 2},
            (ONE,),
            "torch",
            "output-padding",
            "output_padding 3 is not smaller than stride 2",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "output_padding": 1},
            (ONE,),
            "jax",
            "foreign-parameter",
            "jax has no output_padding",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "padding": [[1, 0]]},
            (ONE,),
            "torch",
            "foreign-parameter",
            "padding of torch is one number, or one per axis, not begin:end",
        ),
        (
            "concat",
            {},
            (TWO, Shape(4, (9, 9))),
            "torch",
            "unequal-sizes",
            r"unequal sizes: \[4, 9, 10\] and \[4, 9, 9\]",
        ),
        (
            "add",
            {},
            (TWO, Shape(3, (9, 10))),
            "torch",
            "unequal-channels",
            "the inputs have 4 and 3 channels",
        ),
        (
            "crop_like",
            {},
            (ONE, Shape(1, (10,))),
            "torch",
            "too-small",
            "9 elements cannot be cropped to 10",
        ),
        (
            "crop_like",
            {"offset": 2},
            (ONE, Shape(1, (8,))),
            "torch",
            "too-small",
            "9 elements cannot be cropped to 8 after the first 2",
        ),
        (
            "crop_like",
            {"offset": [0, 4]},
            (TWO, Shape(1, (9, 7))),
            "torch",
            "too-small",
            "width: 10 elements cannot be cropped to 7 after the first 4",
        ),
        (
            "crop_like",
            {"offset": [1, 2, 3], "size": 2},
            (TWO,),
            "torch",
            "bad-value",
            r"offset is \[1, 2, 3\]",
        ),
        (
            "crop_like",
            {"offset": -1, "size": 2},
            (TWO,),
            "torch",
            "bad-value",
            "offset is -1; the minimum is 0",
        ),
        (
            "conv",
            {"out_channels": 2, "kernel": 3, "padding": [1, 0]},
            (ONE,),
            "torch",
            "padding",
            "torch pads both ends of an axis equally",
        ),
        (
            "pad_to",
            {},
            (ONE, Shape(1, (8,))),
            "torch",
            "too-large",
            "9 elements cannot be padded to 8",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "stride": 2, "padding": 1},
            (ONE, Shape(1, (19,))),
            "torch",
            "output-size",
            "output_size 19 is outside 17 to 18",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3, "output_size": 9},
            (ONE, ONE),
            "torch",
            "inputs",
            "conv_transpose has a second input and an output_size",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3},
            (ONE, TWO),
            "torch",
            "rank",
            "their numbers of axes differ",
        ),
        (
            "conv_transpose",
            {"out_channels": 2, "kernel": 3},
            (ONE, ONE),
            "keras",
            "foreign-parameter",
            "keras has no output_size",
        ),
        ("upsample", {"scale": 2}, (ONE, ONE), "torch", "scale", "upsample needs one of"),
        ("crop_like", {}, (ONE,), "torch", "inputs", "crop_like needs a second input or a size"),
        ("flatten", {"start_dim": 3, "end_dim": 2}, (TWO,), "torch", "bad-value", "axes 3 to 2"),
        ("flatten", {"start_dim": 0}, (TWO,), "torch", "bad-value", "axes 0 to -1 .* 4 axes"),
        ("flatten", {"end_dim": 4}, (TWO,), "torch", "bad-value", "cannot be joined"),
        ("reshape", {"shape": [2, 2], "dim": 2}, (TWO,), "torch", "bad-value", "dim is 2"),
        ("adaptive_pool", {"size": 0}, (TWO,), "torch", "bad-value", "size is 0"),
        ("pixel_unshuffle", {"factor": 2}, (TWO,), "torch", "size", "2 does not divide 9"),
        ("upsample", {"scale": 0}, (TWO,), "torch", "bad-value", "scale is 0, and the input has 2"),
        ("upsample", {"scale": [1, 2, 3]}, (TWO,), "torch", "bad-value", "scale is .1, 2, 3."),
        ("upsample", {"scale": True}, (TWO,), "torch", "bad-value", "scale is True"),
        ("upsample", {"scale": 0.0625}, (TWO,), "torch", "empty-output", "would have size 0"),
        ("upsample", {"scale": 1.5}, (TWO,), "keras", "scale", "repeats elements, not 1.5 times"),
        ("upsample", {"scale": 2.0}, (TWO,), "keras2", "scale", "repeats elements, not 2.0 times"),
        ("glu", {"dim": 2}, (TWO,), "torch", "size", "2 does not divide 9"),
        ("glu", {"dim": 0}, (TWO,), "torch", "bad-value", "dim is 0, and the input has 3 axes"),
        ("glu", {"dim": 4}, (TWO,), "torch", "bad-value", "dim is 4"),
        ("glu", {"dim": True}, (TWO,), "torch", "bad-value", "dim is True"),
        ("max_unpool", {"kernel": 0}, (ONE,), "torch", "bad-value", "kernel is 0"),
        ("max_unpool", {"kernel": 2}, (Shape(4),), "torch", "rank", "no spatial axes"),
        ("max_unpool", {"kernel": 2, "padding": 9}, (ONE,), "torch", "empty-output", "size 0"),
        ("depthwise_conv", {"kernel": 3, "multiplier": 0}, (TWO,), "keras", "bad-value", "is 0"),
        ("separable_conv", {"kernel": 3, "out_channels": 0}, (TWO,), "keras", "bad-value", "is 0"),
        ("concat", {"axis": 1}, (TWO, TWO), "keras", "bad-value", "axis is 1"),
        ("norm", {"kind": "batch", "axis": [{}]}, (TWO,), "keras", "bad-value", "axis is "),
        (
            "pixel_shuffle",
            {"factor": 3},
            (TWO,),
            "torch",
            "channels",
            "4 channels cannot be shuffled into blocks of 9",
        ),
        (
            "reshape",
            {"shape": [7, 7]},
            (TWO,),
            "torch",
            "elements",
            r"has 360 elements, which do not fill \[7, 7\]",
        ),
        ("reshape", {"shape": [-1, -1]}, (TWO,), "torch", "bad-value", r"shape is \[-1, -1\]"),
        (
            "upsample",
            {},
            (TWO,),
            "torch",
            "scale",
            "needs one of scale, size and a second input",
        ),
        (
            "group_norm",
            {"groups": 3},
            (TWO,),
            "torch",
            "groups",
            "4 input channels cannot be split into 3",
        ),
        ("crop", {"amount": 5}, (ONE,), "torch", "empty-output", "the output would have size -1"),
        ("crop_like", {}, (ONE, TWO), "torch", "rank", "their numbers of axes differ"),
        ("pad", {"amount": [[1, 0]] * 3}, (TWO,), "torch", "rank", "amount has 3 pairs"),
        ("dense", {"units": True}, (ONE,), "torch", "bad-value", "units is True"),
    ],
)
def test_refusals(
    operation: str, words: dict[str, Any], inputs: Any, dialect: str, code: str, message: str
) -> None:
    with pytest.raises((Refused, UsageError), match=message) as caught:
        take(operation).shape(words, inputs, dialect)
    assert (caught.value.code, bool(caught.value.help)) == (code, True)


@pytest.mark.parametrize(
    ("operation", "words", "macs", "parameters"),
    [
        ("conv", {"out_channels": 2, "kernel": 3}, 4 * 2 * 9 * 56, 74),
        ("conv", {"out_channels": 4, "kernel": 1, "groups": 4, "bias": False}, 360, 4),
        ("conv_transpose", {"out_channels": 2, "kernel": 2, "stride": 2}, 2880, 34),
        ("depthwise_conv", {"kernel": 3, "multiplier": 2}, 4 * 2 * 9 * 56, 80),
        ("depthwise_conv", {"kernel": [3, 5], "bias": False}, 4 * 15 * 42, 60),
        # The depthwise weights and the mixed channels.
        ("separable_conv", {"kernel": 3, "out_channels": 7}, 64 * 56, 71),
        ("glu", {}, 0, 0),
        ("max_unpool", {"kernel": 2}, 0, 0),
        ("dense", {"units": 7}, 2520, 35),
        ("batch_norm", {}, 0, 8),
        ("norm", {"kind": "layer", "axis": []}, 0, 2),
        ("norm", {"kind": "layer", "axis": [1, 1]}, 0, 18),
        ("relu", {}, 0, 0),
        ("prelu", {"kind": "prelu"}, 0, 1),
        ("snake", {"kind": "snake"}, 0, 4),
    ],
)
def test_costs(operation: str, words: dict[str, Any], macs: int, parameters: int) -> None:
    taken = take(operation)
    assert prod(require_numbers(taken.mac_factors(words, [TWO], "torch"))) == macs
    assert taken.parameter_count(words, [TWO], "torch") == parameters


@pytest.mark.parametrize("name", OPERATIONS.names)
def test_the_contract_of_every_kind(name: str) -> None:
    operation = OPERATIONS.take(name)
    assert operation.name == name
    assert operation.title
    names = [key.name for key in operation.keys]
    aliases = [alias for key in operation.keys for alias in key.aliases]
    assert len({*names, *aliases}) == len(names) + len(aliases)
    for key in operation.keys:
        assert key.meaning
        assert not (key.required and key.default is not None)
        assert isinstance(key.form, KeyForm)


def test_no_two_kinds_share_a_name() -> None:
    taken = [OPERATIONS.take(name) for name in OPERATIONS.names]
    aliases = [alias for operation in taken for alias in operation.aliases]
    assert len({*aliases, *OPERATIONS.names}) == len(aliases) + len(OPERATIONS.names)


def test_a_wrong_name_gets_the_nearest() -> None:
    with pytest.raises(DeconvError, match="did you mean 'max_pool'"):
        take("max_poll")


@pytest.mark.parametrize(
    ("factor", "sizes"),
    [
        (1.5, (7, 10, 15)),
        (0.5, (2, 3, 5)),
        (2.5, (12, 17, 25)),
        (0.25, (1, 1, 2)),
        (2.0, (10, 14, 20)),
        (3, (15, 21, 30)),
    ],
)
def test_fractions_round_down(factor: float, sizes: tuple[int, ...]) -> None:
    # Measured with torch 2.13.0: nn.Upsample(scale_factor=factor) of 5, 7 and 10 elements.
    given = Shape(4, (5, 7, 10))
    assert take("upsample").shape({"scale": factor}, [given], "torch").spatial == sizes
