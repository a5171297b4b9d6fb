"""Counts that only the author's program has: no number is printed as if it were known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.commandline import deconv, refused, rows

KERAS = 'Conv2DTranspose(filters, 4, strides=2, padding="same")'
TORCH = "nn.ConvTranspose2d(ngf * 8, ngf * 4, 4, 2, 1)"


def _document(*arguments: str) -> Any:
    return json.loads(deconv(*arguments, "--format", "json").out)


@pytest.mark.parametrize(
    ("size", "call", "output"),
    [
        ("8x8x64", KERAS, "16x16x(filters)"),
        ("1x8x8x64", KERAS, "1x16x16x(filters)"),
        ("8x8", KERAS, "16x16"),
        ("HxWx64", KERAS, "2Hx2Wx(filters)"),
        ("64x8x8", TORCH, "(ngf * 4)x16x16"),
        ("64x8x8", "nn.LazyConvTranspose2d(max(c, 8), 4, 2, 1)", "(max(c, 8))x16x16"),
        ("64x8x8", "nn.ConvTranspose2d(64, c - 1, 4, 2, 1)", "(c - 1)x16x16"),
        ("64x8", "nn.ConvTranspose1d(64, self.width, 4, 2, 1)", "(self.width)x16"),
        (
            "8x8x64",
            "nn.ConvTranspose(features=f, kernel_size=(4, 4), strides=(2, 2))",
            "16x16x(f)",
        ),
        ("64x8x8", "paddle.nn.Conv2DTranspose(64, depth, 4, stride=2, padding=1)", "(depth)x16x16"),
        ("64x8x8", "F.conv_transpose2d(x, w, stride=2, padding=1)", "(out_channels)x16x16"),
        # What has one expression has one number, and the input gives it.
        ("64x8x8", "nn.ConvTranspose2d(c, c, 4, 2, 1)", "64x16x16"),
        ("64x8x8", "nn.ConvTranspose2d(c, 2 * c, 4, 2, 1)", "(2 * c)x16x16"),
        ("64x8x8", "nn.ConvTranspose2d(o, o, 4, 2, 1, groups=o)", "64x16x16"),
        ("64x8x8", "nn.ConvTranspose2d(64, o, 4, 2, 1, groups=g)", "(o)x16x16"),
    ],
)
def test_unknown_channels_stay_unknown(size: str, call: str, output: str) -> None:
    kernel = ["-k", "4"] if call.startswith("F.") else []
    assert deconv("shape", "-q", "--in", size, call, *kernel) == (0, f"{output}\n", "")


@pytest.mark.parametrize(
    ("call", "size", "expect", "code", "row"),
    [
        (KERAS, "8x8x64", "16x16x32", 0, "yes; not compared: (filters) with 32"),
        (KERAS, "8x8x64", "16x16", 0, "yes"),
        (KERAS, "8x8", "1x16x16x32", 0, "yes; not compared: (filters) with 32"),
        (
            KERAS,
            "8x8x64",
            "15x16x32",
            1,
            "no, the output differs by +1, +0; not compared: (filters) with 32",
        ),
        (TORCH, "64x8x8", "32x16x16", 0, "yes; not compared: (ngf * 4) with 32"),
        ("nn.ConvTranspose2d(c, c, 4, 2, 1)", "64x8x8", "32x16x16", 1, "no, the output differs by"),
    ],
)
def test_only_known_sizes_are_compared(
    call: str, size: str, expect: str, code: int, row: str
) -> None:
    done = deconv("shape", "--in", size, call, "--expect", expect)
    assert done.code == code
    assert rows(done.out)["expected"].startswith(f"{expect}: {row}")


def test_the_document_names_what_is_not_compared() -> None:
    arguments = ("shape", "--in", "8x8x64", KERAS, "--expect", "16x16x32")
    printed = _document(*arguments)
    assert (printed["met"], printed["not_compared"]) == (True, ["filters"])
    assert "not_compared" not in _document("shape", "--in", "8x8", KERAS, "--expect", "16x16")


@pytest.mark.parametrize(
    ("options", "full", "parameters", "channels"),
    [
        (("8x8x64", KERAS), "65536*filters", "1024*filters + filters", "64 -> (filters)"),
        (
            ("64x8x8", TORCH),
            "65536*(ngf * 4)",
            "1024*(ngf * 4) + (ngf * 4)",
            "64 -> (ngf * 4)",
        ),
        (
            ("HxW", "nn.ConvTranspose2d(c, n, 4, 2, 1, bias=False)"),
            "16*H*W*c*n",
            "16*c*n",
            "(c) -> (n)",
        ),
        (
            ("8", "nn.ConvTranspose1d(c, c, 4, 2, 1, groups=c, bias=flag)"),
            "32*c",
            "4*c + c*flag",
            "(c) -> (c), groups (c)",
        ),
        (
            ("64x8", "nn.ConvTranspose1d(64, 32, 4, 2, 1, bias=flag)"),
            "65,536",
            "8192 + 32*flag",
            "64 -> 32, groups 1",
        ),
        (
            ("8", "nn.ConvTranspose1d(64, n, 4, 2, 1, groups=3 * g, bias=False)"),
            "2048*n/(3 * g)",
            "256*n/(3 * g)",
            "64 -> (n), groups (3 * g)",
        ),
        (("8", "-k", "4"), "32*in_channels*out_channels", "4*in_channels*out_channels", "(in_"),
        (
            ("8", "-k", "4", "--out-channels", "6", "-g", "2"),
            "96*in_channels",
            "12*in_channels",
            "",
        ),
    ],
)
def test_costs_are_formulas(
    options: tuple[str, ...], full: str, parameters: str, channels: str
) -> None:
    printed = rows(deconv("shape", "--macs", "--in", *options).out)
    assert printed["macs"].startswith(f"{full} full, ")
    assert printed["parameters"].startswith(parameters)
    assert printed["channels"].startswith(channels)


def test_the_share_of_useful_products_needs_no_channels() -> None:
    known = rows(deconv("shape", "--macs", "--in", "8x8x64", KERAS.replace("filters", "32")).out)
    share = known["macs"].rpartition("(")[2]
    assert rows(deconv("shape", "--macs", "--in", "8x8x64", KERAS).out)["macs"].endswith(share)


def test_a_formula_gives_the_number_of_the_same_call_with_numbers() -> None:
    call = "nn.ConvTranspose2d(c, n, (4, 3), 2, 1, groups=2)"
    formulas = _document("shape", "--macs", "--in", "8x7", call)
    numbers = _document(
        "shape", "--macs", "--in", "8x7", call.replace("c,", "6,").replace("n,", "4,")
    )
    values = {"c": 6, "n": 4}
    assert eval(formulas["macs"]["full"], {}, values) == numbers["macs"]["full"]
    assert eval(formulas["macs"]["useful"], {}, values) == numbers["macs"]["useful"]
    assert formulas["parameter_count"] is None
    assert eval(formulas["parameter_formula"], {}, values) == numbers["parameter_count"]


def test_shapes_in_documents_are_null_beside_the_expression() -> None:
    printed = _document("shape", "--in", "8x8x64", KERAS)
    assert printed["output"] == [16, 16, None]
    assert printed["output_shape"] == [1, 16, 16, None]
    assert printed["weight_shape"] == [4, 4, None, 64]
    assert printed["unknown"] == {"out_channels": "filters"}
    layer = _document("explain", "--in", "64x8x8", TORCH)["layer"]
    assert (layer["output_shape"], layer["weight_shape"]) == ([1, None, 16, 16], [64, None, 4, 4])
    assert layer["unknown"] == {"out_channels": "ngf * 4"}


def test_a_layer_with_all_numbers_has_no_unknown() -> None:
    known = KERAS.replace("filters", "32")
    assert "unknown" not in _document("shape", "--in", "8x8x64", known)


def test_explanations_show_the_expression() -> None:
    assert rows(deconv("explain", "--in", "64x8x8", TORCH).out)["output"] == "(ngf * 4)x16x16"


def test_other_dialects_are_given_the_expression() -> None:
    done = deconv("shape", "--in", "64x8x8", TORCH, "-D", "torch,keras,flax")
    assert "The same layer, output (ngf * 4)x16x16," in done.out
    for words in ("in_channels=64, out_channels=ngf * 4,", "filters=ngf * 4,", "features=ngf * 4,"):
        assert words in done.out


def test_other_dialects_are_given_no_assumed_channels() -> None:
    done = deconv("shape --in 8x8 -k 4 -s 2 -p 1 -D torch,keras,flax,mxnet")
    words = {"in_channels=", "out_channels=", "filters=", "features=", "num_filter="}
    assert not words & set(done.out.replace("=", "= ").split())


@pytest.mark.parametrize(
    ("call", "size", "layer"),
    [
        (KERAS, "8x8", "keras: filters=filters, kernel_size=4, strides=2, padding='same'"),
        (TORCH, "8x8", "torch: in_channels=ngf * 8, out_channels=ngf * 4, kernel_size=4, stride=2"),
        (TORCH, "64x8x8", "torch: in_channels=64, out_channels=ngf * 4, kernel_size=4, stride=2"),
        (
            "nn.ConvTranspose1d(64, n, 4, groups=g, bias=flag)",
            "8",
            "torch: in_channels=64, out_channels=n, kernel_size=4, groups=g, bias=flag",
        ),
        ("nn.ConvTranspose(features=f, kernel_size=(4, 4))", "8x8", "flax: features=f, kernel"),
        ("paddle.nn.Conv2DTranspose(c, 8, 4)", "8x8", "paddle: in_channels=c, out_channels=8, k"),
        ("mx.sym.Deconvolution(num_filter=nf, kernel=(4, 4))", "8x8", "mxnet: num_filter=nf, k"),
    ],
)
def test_unknown_parameters_are_printed_by_name(call: str, size: str, layer: str) -> None:
    assert rows(deconv("shape", "--in", size, call).out)["layer"].startswith(layer)
    compared = deconv("shape", "--in", size, call, "-D", f"{layer.partition(':')[0]},tinygrad")
    assert compared.out.startswith(layer)
    # Its lines are wrapped.
    assert layer in " ".join(deconv("explain", "--in", size, call).out.split())


def test_unknown_parameters_are_null_in_documents() -> None:
    for command in ("shape", "explain"):
        printed = _document(command, "--in", "8x8", KERAS)
        parameters = printed.get("parameters") or printed["layer"]["parameters"]
        assert parameters["filters"] is None


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("-D tensorflow --in 5x5", "output_shape=(batch, 10, 10, out_channels)"),
        ("-D tensorflow --in 5x5 --batch 3", "output_shape=(3, 10, 10, out_channels)"),
        ("-D tensorflow --in 5x5 --out-channels 6", "output_shape=(batch, 10, 10, 6)"),
        (
            "-D tensorflow --in 5x5 --data-format NCHW",
            "output_shape=(batch, out_channels, 10, 10)",
        ),
        ("-D tflite --in 5x5", "output_shape=(batch, 10, 10, out_channels)"),
        ("-D coreml --in 5x5", "output_shape=(batch, out_channels, 10, 10)"),
        ("-D cudnn --in 5x5 -p 1 --output-size 9", "dxDesc=(batch, out_channels, 9, 9)"),
        ("-D onednn --in 5x5 -p 1 --output-size 9", "dst_dims=(batch, out_channels, 9, 9)"),
        (
            "-D onednn --in 5x5 -p 1 --output-size 9 -g 2 --out-channels 6",
            "dst_dims=(batch, 6, 9, 9)",
        ),
        ("-D onnx --in 5x5", "output_shape=(10, 10)"),
        ("-D openvino --in 5x5", "output_shape=(10, 10)"),
        ("-D mxnet@native --in 5x5", "target_shape=(10, 10)"),
        ("-D paddle --in 5x5 -p 1 --output-size 9x9", "output_size=(9, 9)"),
        ("-D torch --in 5x5 -p 1 --output-size 9", "output_size=(9, 9)"),
        ("-D webnn --in 5x5 -p 1 --output-size 9", "outputSizes=(9, 9)"),
    ],
)
def test_a_requested_size_is_printed_as_the_framework_takes_it(options: str, shape: str) -> None:
    size = "" if "--output-size" in options else "--output-size 10x10"
    assert shape in rows(deconv(f"shape -k 3 -s 2 {size} {options}").out)["layer"]


@pytest.mark.parametrize(
    ("shape", "size", "printed"),
    [
        ("[b, 10, 10, ch]", "5x5", "output_shape=(b, 10, 10, ch)"),
        ("[4, 10, 10, ch]", "5x5", "output_shape=(4, 10, 10, ch)"),
        ("[4, 10, 10, 2]", "5x5", "output_shape=(4, 10, 10, 2)"),
        ("[b, 10, 10, 2 * c]", "3x5x5x4", "output_shape=(3, 10, 10, 2 * c)"),
        ("[b, 10, 10, 6]", "Nx5x5x4", "output_shape=(N, 10, 10, 6)"),
        ("[10, 10]", "5x5", "output_shape=(10, 10)"),
    ],
)
def test_a_pasted_output_shape_is_printed_as_written(shape: str, size: str, printed: str) -> None:
    call = _TENSORFLOW.format("2d", shape)
    assert printed in rows(deconv("shape", "-k", "3", "--in", size, call).out)["layer"]


def test_the_batch_of_an_output_shape_is_null_in_a_document() -> None:
    document = _document("shape", "-k", "3", "--in", "5", _TENSORFLOW.format("1d", "[b, 10, c]"))
    assert document["parameters"]["output_shape"] == [None, 10, None]
    assert (document["unknown"]["batch"], document["unknown"]["out_channels"]) == ("b", "c")


@pytest.mark.parametrize(
    ("dialect", "shape"),
    [
        ("tensorflow", "output_shape=(batch, 16, 16, ngf * 4)"),
        ("tflite", "output_shape=(batch, 16, 16, ngf * 4)"),
        ("onednn", "dst_dims=(batch, ngf * 4, 16, 16)"),
        ("cudnn", "dxDesc=(batch, ngf * 4, 16, 16)"),
    ],
)
def test_whole_output_shapes_have_the_expression(dialect: str, shape: str) -> None:
    layer = ("--in", "64x8x8", TORCH)
    assert shape in deconv("shape", *layer, "-D", f"torch,{dialect}").out
    [found] = _document("explain", *layer, "--compare", dialect)["elsewhere"]
    assert shape in found["words"]


_TENSORFLOW = "tf.nn.conv{}_transpose(x, w, {}, 2)"


@pytest.mark.parametrize(
    ("size", "rank", "shape", "output"),
    [
        ("5x5x4", "2d", "[batch, 10, 10, 2]", "10x10x2"),
        ("3x5x5x4", "2d", "[batch, 10, 10, 2]", "3x10x10x2"),
        ("5x5x4", "2d", "[tf.shape(x)[0], 10, 10, out * 2]", "10x10x(out * 2)"),
        ("5x5x4", "2d", "[2, 10, 9, out] --batch 2", "10x9x(out)"),
        ("5x5x4", "2d", "[batch, 10, 10, out] --out-channels 8", "10x10x8"),
        ("5x4", "1d", "[batch, 10, 7]", "10x7"),
        ("5x4", "1d", "[batch, 10, out]", "10x(out)"),
        ("5x5x5x4", "3d", "[batch, 10, 10, 10, 2 * out]", "10x10x10x(2 * out)"),
        ("5x5x5x4", "3d", "[batch, 10, 10, 10, 7]", "10x10x10x7"),
    ],
)
def test_the_batch_and_channels_of_an_output_shape_may_be_variables(
    size: str, rank: str, shape: str, output: str
) -> None:
    shape, *options = shape.split(" --")
    more = [word for option in options for word in f"--{option}".split()]
    call = _TENSORFLOW.format(rank, shape)
    assert deconv("shape", "-q", "-k", "3", "--in", size, call, *more) == (0, f"{output}\n", "")


@pytest.mark.parametrize(
    ("size", "rank", "shape", "message"),
    [
        ("5x5x4", "2d", "[1, h, 10, 2]", "output_shape is h"),
        ("5x4", "1d", "[batch, n + 1, out]", "output_shape is n + 1"),
        ("5x5x4", "2d", "[batch, 10, 2]", "output_shape is batch"),
    ],
)
def test_other_variables_of_an_output_shape_are_refused(
    size: str, rank: str, shape: str, message: str
) -> None:
    call = _TENSORFLOW.format(rank, shape)
    refused(deconv("shape", "-k", "3", "--in", size, call), message, "--set")


@pytest.mark.parametrize("command", ["run", "bench"])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (TORCH, "out_channels is ngf * 4"),
        ("nn.ConvTranspose2d(64, 32, 4, 2, 1, groups=g)", "groups is g"),
    ],
)
def test_values_need_the_number(command: str, call: str, message: str) -> None:
    refused(deconv(command, "--in", "64x8x8", call), message, "--set")


def test_the_error_names_the_variables_of_an_expression() -> None:
    call = "nn.ConvTranspose2d(64, max(self.width, n) * 4, 4, 2, 1)"
    refused(deconv("run", "--in", "64x8x8", call), "--set self.width=4,n=4")
    done = deconv("shape", "-q", "--in", "64x8x8", call, "--set", "self.width=4,n=5")
    assert done.out == "20x16x16\n"


@pytest.mark.parametrize(
    ("call", "example"),
    [
        ("Conv2DTranspose(8, 4, 2, padding=mode)", "mode=same"),
        ("Conv2DTranspose(8, 4, 2, data_format=fmt)", "fmt=channels_last"),
        ("tf.nn.conv2d_transpose(x, w, [1, 16, 16, 8], 2, mode)", "mode=SAME"),
        ("nn.ConvTranspose2d(64, 8, 4, 2, padding=p)", "p=4"),
        ("nn.ConvTranspose2d(64, 8, k, 2)", "k=4"),
    ],
)
def test_the_example_is_of_the_kind_that_the_parameter_takes(call: str, example: str) -> None:
    refused(deconv("shape -k 4 --in 8x8" if "tf." in call else "shape --in 8x8", call), example)


@pytest.mark.parametrize(
    "expression", ["tf.shape(y)[1]", "len(widths)", "get_width(n) * 2", "self.width()"]
)
def test_what_no_variable_gives_is_no_option(expression: str) -> None:
    done = deconv("run", "--in", "64x8x8", f"nn.ConvTranspose2d(64, {expression}, 4)")
    assert "help: write its value into the call.\n" in done.err


def test_a_value_gives_the_number() -> None:
    done = deconv("shape", "-q", "--in", "64x8x8", TORCH, "--set", "ngf=8")
    assert done.out == "32x16x16\n"


@pytest.mark.parametrize("name", ['cfg["b"]', "cfg['b']"])
@pytest.mark.parametrize("written", ['cfg["b"]', "cfg['b']"])
def test_a_key_has_either_quotes(name: str, written: str) -> None:
    call = f"nn.ConvTranspose2d(64, {written}, 4, 2, 1)"
    assert deconv("shape", "-q", "--in", "64x8x8", call, "--set", f"{name}=5").out == "5x16x16\n"


@pytest.mark.parametrize(
    ("size", "call", "output", "macs"),
    [
        ("CxHxW", "nn.ConvTranspose2d(64, 32, 4, 2, 1)", "32x2Hx2W", "32768*H*W"),
        ("Cx8x8", "nn.LazyConvTranspose2d(32, 4, 2, 1)", "32x16x16", "32768*C"),
        ("8x8xC", KERAS, "16x16x(filters)", "1024*C*filters"),
        ("1xCx8x8", "nn.ConvTranspose2d(c, c, 4, 2, 1, groups=c)", "1x(c)x16x16", "1024*c"),
        ("Cx8", "nn.LazyConvTranspose1d(6, 4, 2, 1, groups=2)", "6x16", "96*C"),
    ],
)
def test_input_channels_may_be_a_letter(size: str, call: str, output: str, macs: str) -> None:
    printed = rows(deconv("shape", "--in", size, call, "--macs").out)
    assert printed["output"] == output
    assert printed["macs"].startswith(f"{macs} full")


def test_a_letter_for_channels_is_text_in_documents() -> None:
    printed = _document("shape", "--in", "8x8xC", KERAS)
    assert (printed["input"], printed["weight_shape"]) == ([8, 8, "C"], [4, 4, None, "C"])
    assert printed["unknown"] == {"out_channels": "filters"}


def test_values_need_the_number_of_channels() -> None:
    call = "nn.LazyConvTranspose2d(32, 4, 2, 1)"
    refused(deconv("run", "--in", "Cx8x8", call), "the channels C is a symbol", "as a number")


def test_an_option_gives_the_number() -> None:
    done = deconv("shape", "-q", "--in", "64x8x8", TORCH, "--out-channels", "32")
    assert done.out == "32x16x16\n"
