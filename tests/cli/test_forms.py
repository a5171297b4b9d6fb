"""Sizes and pads in the forms that people have at hand: Python's, and those of printed shapes."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from deconvcli.cli.types import Count, Numbers, Sides, Sizes, Typed
from deconvcli.common.errors import UsageError
from tests.cli.commandline import deconv, refused, rows

TORCH = "nn.ConvTranspose2d(3, 8, 4, 2, 1)"
KERAS = "Conv2DTranspose(8, 4, 2, 'same')"


@pytest.mark.parametrize(
    "size",
    [
        *("(5, 5)", "[5, 5]", "5*5", "5 x 5", "5X5", "5 \u00d7 5", "(5,5)", " 5x5 ", "( 5 ,5, )"),
        *("5, 5", "torch.Size([5, 5])", "Size([5, 5])", "TensorShape([5, 5])", "(5*5)", "[5x5]"),
    ],
)
def test_two_numbers(size: str) -> None:
    usual = deconv("shape --in 5x5 -k 3x3")
    assert deconv("shape -k", "3x3", "--in", size) == usual
    assert deconv("shape --in 5x5 -k", size.replace("5", "3")) == usual
    assert rows(deconv("shape -k 3 --in 5x5 --expect", size).out)["expected"].startswith("5x5")


@pytest.mark.parametrize(
    ("size", "call", "output"),
    [
        ("(1, 3, 64, 32)", TORCH, "1x8x128x64"),
        ("torch.Size([1, 3, 8, 8])", TORCH, "1x8x16x16"),
        ("(3, 8, 8)", TORCH, "8x16x16"),
        ("torch.Size([2, 3, H, 8])", TORCH, "2x8x2Hx16"),
        ("(None, 3, 8, 8)", TORCH, "Nx8x16x16"),
        ("(None, 3, None, None)", TORCH, "Nx8x2Hx2W"),
        ("(None, 3, N, 2H)", TORCH, "Wx8x2Nx4H"),
        ("TensorShape([None, 8, 8, 64])", KERAS, "Nx16x16x8"),
        ("(None, 23, 23, 1)", KERAS, "Nx46x46x8"),
        ("(None, None, 1)", KERAS, "2Hx2Wx8"),
        ("(H, 2W - 1)", KERAS, "2H x 4W-2"),
        ("(None, 10, 3)", "Conv1DTranspose(8, 4, 2, 'same')", "Nx20x8"),
        ("(None, None, None, None, 3)", "Conv3DTranspose(8, 4, 2, 'same')", "Nx2Hx2Wx2Dx8"),
        ("(?, 8, 8, 64)", KERAS, "Nx16x16x8"),
        ("(?, ?, 8, 64)", KERAS, "Nx2Hx16x8"),
        ("[-1, 3, 8, 8]", TORCH, "Nx8x16x16"),
        ("(batch_size, 3, 8, 8)", TORCH, "Nx8x16x16"),
        ("(B, C, H, W)", TORCH, "Bx8x2Hx2W"),
        ("[  1 3  16   8]", TORCH, "1x8x32x16"),
        ("torch.randn(2, 3, 5, 6)", TORCH, "2x8x10x12"),
        ("torch.zeros((2, 3, 5, 6), requires_grad=True)", TORCH, "2x8x10x12"),
        ("np.ones([2, 5, 6, 3], dtype=np.float32)", KERAS, "2x10x12x8"),
        ("tf.random.normal((1, 8, 8, 3))", KERAS, "1x16x16x8"),
        ("keras.Input(shape=(28, 28, 1))", KERAS, "56x56x8"),
        ("Input((28, None, 1), name='image')", KERAS, "56x2Hx8"),
    ],
)
def test_whole_shapes(size: str, call: str, output: str) -> None:
    assert deconv("shape -q --in", size, call).out == f"{output}\n"


@pytest.mark.parametrize(
    ("options", "output", "remark"),
    [
        (("(1, 64, 32, 32)", "-p", "1"), "1x8x64x64", "read as N, C, H, W"),
        (("torch.Size([2, 3, 8, 9])", "-D", "torch", "-p", "1"), "2x8x16x18", "N, C, H, W"),
        (("(None, 3, H, W)", "-p", "1"), "Nx8x2Hx2W", "N, C, H, W"),
        (("(1, 32, 16, 64)", "-p", "same"), "1x64x32x8", "read as N, H, W, C"),
        (("1x4x5x6x7", "-D", "onnx", "-p", "1"), "1x8x10x12x14", "N, C, D, H, W"),
        (("1x4x5x6x7", "-D", "mlx", "-p", "1"), "1x8x10x12x8", "N, D, H, W, C"),
        (("4x5x6x7", "-s", "2x2x2", "-p", "1"), "8x10x12x14", "read as C, D, H, W"),
        (("64x5x6", "-s", "2x2", "-p", "1"), "8x10x12", "read as C, H, W"),
        (("5x6x64", "-s", "(2, 2)", "-p", "same"), "10x12x8", "read as H, W, C"),
        (("torch.Size([64, H, 6])", "-p", "1x1", "-s", "2"), "8x2Hx12", "read as C, H, W"),
    ],
)
def test_more_sizes_than_axes_are_read_in_the_layout_of_the_dialect(
    options: tuple[str, ...], output: str, remark: str
) -> None:
    stride = () if "-s" in options else ("-s", "2")
    printed = rows(deconv("shape -k 4 --out-channels 8 --in", *options, *stride).out)
    assert printed["output"] == output
    assert printed["input"].endswith(f"{remark})")


@pytest.mark.parametrize(
    ("line", "size", "output"),
    [
        ("--in 1x3x6x6 -D torch -p 1", "torch.Size([1, 8, 12, 11])", "1x8x12x11"),
        ("--in 3x6x6 -D torch -p 1 -k 3x3", "(8, 12, 11)", "8x12x11"),
        ("--in 6x6 -D tensorflow", "[1, 12, 12, 8]", "12x12"),
        ("--in 1x6x6x3 -D tensorflow", "1x12x12x8", "1x12x12x8"),
        ("--in 6x6 -D onnx", "1x8x12x12", "12x12"),
        ("--in 6 -D onnx", "12x11", "12x11"),
        ("--in Nx3xHxW -D onnx", "(N, 8, 2H, 2W)", "Nx8x2Hx2W"),
    ],
)
def test_an_output_size_may_have_batch_and_channels(line: str, size: str, output: str) -> None:
    kernel = "" if "-k" in line else "-k 3"
    done = deconv(f"shape -q -s 2 {line} {kernel} --output-size", size)
    assert done.out == f"{output}\n"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("12x12x12", ("--output-size has 3 sizes, the layer has 2", "give 1, 2, or 4 with batch")),
        ("1x4x12x12", ("--output-size has 4 channels, the layer 8", "spatial sizes only")),
        ("1x1x8x12x12", ("--output-size has 5 sizes", "or 4 with batch and channels")),
    ],
)
def test_an_output_size_of_another_layer(size: str, words: tuple[str, ...]) -> None:
    refused(
        deconv("shape --in 6x6 --output-size", size, "nn.ConvTranspose2d(3, 8, 3, 2, 1)"), *words
    )


CAFFE = "layer { type: 'Deconvolution' convolution_param { num_output: 8 stride: 2 %s } }"


@pytest.mark.parametrize(
    ("size", "fields", "output", "remark"),
    [
        ("64x5x6", "kernel_size: 4 pad: 1 group: 2", "8x10x12", " (read as C, H, W)"),
        ("1x64x5x6", "kernel_size: 4 pad: 1", "1x8x10x12", " (read as N, C, H, W)"),
        ("1x64x4x5x6", "kernel_size: 4 pad: 1", "1x8x8x10x12", " (read as N, C, D, H, W)"),
        ("4x5x6", "kernel_size: [4, 4, 4] pad: 1", "8x10x12", ""),
        ("64x5x6", "kernel_h: 4 kernel_w: 2 pad: 1", "8x10x10", " (read as C, H, W)"),
        ("5x6", "kernel_size: 4 pad: 1", "10x12", ""),
        ("5", "kernel_size: 4 pad: 1", "10", ""),
    ],
)
def test_three_sizes_beside_a_layer_without_axes_are_an_image(
    size: str, fields: str, output: str, remark: str
) -> None:
    printed = rows(deconv("shape --in", size, CAFFE % fields).out)
    assert printed["output"] == output
    assert printed["input"] == f"{size}{remark}"


def test_whole_shapes_are_compared_at_the_same_sizes() -> None:
    done = deconv("shape -k 4 -s 2 -p 1 -D torch,mlx,keras2 --in", "(1, 64, 32, 16)")
    assert "input 1x64x32x16 (read as N, C, H, W; --dialect names it)" in done.out
    lines = [line.split() for line in done.out.splitlines()]
    assert next(line[:2] for line in lines if line[:1] == ["mlx"]) == ["mlx", "64x32"]


@pytest.mark.parametrize(
    ("line", "dialect", "output"),
    [
        ("--in 5x5 -k 4 -s 2 -p 1:2,0:1", "onnx", "9x11"),
        ("--in 5 -k 4 -s 2 -p 1:2", "onnx", "9"),
        ("--in 5x5x5 -k 4 -s 2 -p 1:2,1:1,0:0 --op 1", "onnx", "10x11x13"),
        ("--in 5x5 -k 3 -p 0:1 -g 2 -d 2", "onnx", "8x8"),
        ("--in HxW -k 4 -s 2 -p 1:2,0:1", "onnx", "2H-1 x 2W+1"),
        # ONNX ignores pads beside an output size, and has no kernel to flip.
        ("--in 5x5 -k 4 -s 2 -p 1:2 --output-size 9x10", "tensorflow", "9x10"),
        ("--in 5x5 -k 4 -s 2 -p 1:2 --transpose-kernel", "flax", "9x9"),
    ],
)
def test_pairs_of_pads_without_a_dialect(line: str, dialect: str, output: str) -> None:
    printed = rows(deconv(f"shape {line}").out)
    assert printed["output"] == output
    assert printed["why"] == (
        f"{dialect}, because no framework is named, and this one has all these parameters"
    )


def test_an_open_batch_counts_as_one() -> None:
    done = deconv("shape --macs --in", "(None, 8, 8, 64)", KERAS)
    one = deconv("shape --macs --in", "(1, 8, 8, 64)", KERAS)
    assert rows(done.out)["macs"] == f"{rows(one.out)['macs']}, for N = 1"
    assert rows(done.out)["input"] == "Nx8x8x64"
    assert deconv("shape -q --batch 7 --in", "(None, 8, 8, 64)", KERAS).out == "7x16x16x8\n"
    assert deconv("shape -q --expect Nx16x16x8 --in", "(None, 8, 8, 64)", KERAS).code == 0


@pytest.mark.parametrize(
    ("padding", "usual"),
    [
        ("(1, 2)", "1x2"),
        ("[1, 2]", "1x2"),
        ("((1, 2), (0, 1))", "1:2,0:1"),
        ("[(1, 2), (0, 1)]", "1:2,0:1"),
        ("[[1, 2], [0, 1]]", "1:2,0:1"),
        ("(1, 2), (0, 1)", "1:2,0:1"),
        ("[(1, -2)]", "1:-2"),
        ("1 : 2, 0 : 1", "1:2,0:1"),
        ("'same'", "same"),
        ('"valid"', "valid"),
    ],
)
def test_pads(padding: str, usual: str) -> None:
    assert Sides().parse(padding) == Sides().parse(usual)


@pytest.mark.parametrize("option", ["--op", "-d", "-s", "-p", "-g", "--batch", "--output-size"])
def test_none_is_a_value_that_is_not_given(option: str) -> None:
    assert deconv(f"shape --in 5x5 -k 3 {option} None") == deconv("shape --in 5x5 -k 3")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("5 5", ("this is not a number", "\n    5 5\n     ^\n")),
        ("(5 5)", ("this is not a number", "\n    (5 5)\n      ^\n")),
        ("[5 y]", ("this is not a number", "\n    [5 y]\n      ^\n")),
        ("(3, -1)", ("-1 is less than 1", "\n    (3, -1)\n        ^\n")),
        ("[4, 5, -1]", ("-1 is less than 1", "\n    [4, 5, -1]\n           ^\n")),
        ("x.shape", ("a number is missing here",)),
        ("randn()", ("a number is missing here", "\n    randn()\n          ^\n")),
        ("(5, 5", ("this is not a number", "\n    (5, 5\n    ^\n")),
        ("5x5)", ("this is not a number", "\n    5x5)\n       ^\n")),
        ("(5, , 5)", ("a number is missing here", "\n    (5, , 5)\n        ^\n")),
        ("(5; 5)", ("this is not a number", "\n    (5; 5)\n      ^\n")),
        ("()", ("a number is missing here", "\n    ()\n     ^\n")),
        ("5(5)", ("this is not a number", "\n    5(5)\n     ^\n")),
        ("[5, (5, 5)]", ("this is not a number",)),
        ("2*H", ("either a multiple or a second size", "write 2H for a multiple, or 2xH")),
        ("H*2", ("either a multiple or a second size", "\n    H*2\n     ^\n")),
        ("(5, 0)", ("0 is less than 1", "\n    (5, 0)\n        ^\n")),
        ("torch.foo(5, 5)", ("this is not a number",)),
        ("none", ("this is not a number",)),
    ],
)
def test_what_is_no_size(size: str, words: tuple[str, ...]) -> None:
    refused(deconv("shape -k 3 --in", size), *words)


FORMS = (
    *("(5, 5)", "5*5", "5 x 5", "torch.Size([1, 3, 8, 8])", "TensorShape([None, 8, 8, 64])"),
    *("(None, 23, 23, 1)", "((1, 2), (0, 1))", "[[1, 2], [3, 4]]", "(H, 2W - 1)", "None"),
)


@pytest.mark.parametrize("kind", [Sizes(), Numbers(0), Count(0), Sides()], ids=lambda k: k.name)
def test_mutants_are_read_or_refused(kind: Typed) -> None:
    dice = random.Random(17)
    for _ in range(2500):
        text = [*dice.choice(FORMS)]
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(text) + 1)
            text[place : place + dice.randint(0, 2)] = dice.choice("()[],:x*X -+0915NH'\n\0é٣")
        with suppress(UsageError):
            kind.parse("".join(text))


@pytest.mark.parametrize(
    ("size", "kernel"),
    [
        ("6x5", "3x4"),
        ("(6, 5)", "(3, 4)"),
        ("6*5", "3*4"),
        ("6 x 5", "3 X 4"),
        ("6 X 5", "3 \u00d7 4"),
        ("[6, 5]", "[3, 4]"),
    ],
)
def test_the_same_forms_in_a_config(size: str, kernel: str, tmp_path: Path) -> None:
    text = f"""
networks:
  a:
    input:
      channels: 1
      size: {size}
    layers:
      - op: conv_transpose
        kernel: {kernel}
        out_channels: 1
    expect: 8x8
"""
    config = tmp_path / "a.yaml"
    config.write_text(text, "utf-8")
    assert deconv("check --isolated", str(config)).code == 0


@pytest.mark.parametrize(
    ("size", "more", "output"),
    [
        ("TensorShape([None, 8, 8, 64])", "", "Nx17x17x(filters)"),
        ("TensorShape([1, 8, 8, 64])", "", "1x17x17x(filters)"),
        ("(None, 23, 23, 1)", "", "Nx47x47x(filters)"),
        ("(?, 23, 23, 1)", "", "Nx47x47x(filters)"),
        ("(None, 4, 4, 4, 8)", "", "Nx9x9x9x(filters)"),
        ("(None, 23, 23, 1)", "--out-channels 3", "Nx47x47x3"),
        # What Keras does not take, or another framework by name, is read in that one's order.
        ("(None, 3, 8, 8)", "-p 1", "Nx(out_channels)x15x15"),
        ("(None, 3, 8, 8)", "-D torch", "Nx(out_channels)x17x17"),
        ("(-1, 3, 8, 8)", "", "Nx(out_channels)x17x17"),
        ("(1, 3, 8, 8)", "", "1x(out_channels)x17x17"),
    ],
)
def test_an_open_size_is_in_the_order_of_keras(size: str, more: str, output: str) -> None:
    done = deconv("shape", "--in", size, "-k", "3", "-s", "2", *more.split())
    assert done.out.splitlines()[0].split(maxsplit=1)[1] == output
    is_keras = "because it writes an open size as None" in done.out
    assert (done.code, is_keras) == (0, not output.startswith(("Nx(out", "1x(out")))
