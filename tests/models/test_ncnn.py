"""Models of ncnn: the sizes that its CPU gives, findings, and what is no such model."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from deconvcli.models.model import Model
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models import fuzz

# Measured with ncnn 1.0.20261020: the sizes of each input, the layer, and those of its outputs.
MEASURED = """
3x16x20 | Convolution 0=8 1=3 3=2 4=1 6=216 | 8x8x10
3x16x20 | Convolution 0=8 1=3 11=5 3=2 13=3 4=1 14=2 15=0 16=1 6=360 | 8x5x10
3x16x20 | Convolution 0=8 1=3 3=2 4=-233 6=216 | 8x8x10
3x17x21 | Convolution 0=8 1=2 3=3 4=-234 6=96 | 8x6x7
3x16x20 | Convolution 0=8 1=3 2=2 12=3 6=216 | 8x10x16
16 | Convolution 0=8 1=1 6=128 | 8
4x16x20 | ConvolutionDepthWise 0=4 1=3 4=1 6=36 7=4 | 4x16x20
3x20 | Convolution1D 0=8 1=3 3=2 4=1 6=72 | 8x10
3x9x16x20 | Convolution3D 0=8 1=3 21=5 3=2 4=1 24=2 6=1080 | 8x5x8x10
3x8x9 | Deconvolution 0=5 1=4 3=2 4=1 6=240 | 5x16x18
3x8x9 | Deconvolution 0=5 1=3 3=2 4=1 18=1 6=135 | 5x16x18
3x8x9 | Deconvolution 0=5 1=3 11=2 3=2 13=3 2=2 4=0 14=1 15=1 16=0 6=90 | 5x23x20
3x8x9 | Deconvolution 0=5 1=4 3=2 4=-233 20=18 21=16 6=240 | 5x16x18
3x8x9 | Deconvolution 0=5 1=4 3=2 4=-233 6=240 | 5x18x20
4x8x9 | DeconvolutionDepthWise 0=4 1=4 3=2 4=1 6=64 7=4 | 4x16x18
3x9 | Deconvolution1D 0=5 1=8 3=4 4=2 6=120 | 5x36
3x5x8x9 | Deconvolution3D 0=5 1=4 3=2 4=1 6=960 | 5x10x16x18
3x13x14 | Pooling 0=0 1=3 2=2 | 3x6x7
3x13x14 | Pooling 0=0 1=3 2=2 5=1 | 3x6x6
3x13x14 | Pooling 0=1 1=3 2=2 3=1 5=1 | 3x7x7
3x13x14 | Pooling 0=1 1=2 11=3 2=2 5=2 | 3x7x7
3x13x14 | Pooling 0=0 4=1 | 3
3x13x14 | Pooling 0=1 7=1 8=4 18=3 | 3x3x4
3x13 | Pooling1D 0=0 1=3 2=2 | 3x6
3x7x13x14 | Pooling3D 0=0 1=3 2=2 5=1 | 3x3x6x6
3x13x14 | Interp 0=2 1=2.0 2=2.0 | 3x26x28
3x13x14 | Interp 0=1 1=0.5 2=1.5 | 3x6x21
3x13x14 | Interp 0=2 3=20 4=30 | 3x20x30
13x14 | Interp 0=2 1=2.0 2=2.0 | 13x28
5 | Interp 0=2 3=4 4=6 | 5x4x6
5x13x14 | Crop 0=1 1=2 2=1 3=10 4=8 5=3 | 3x8x10
5x13x14 | Crop 0=1 1=2 3=-233 4=-233 5=-233 6=1 7=2 | 5x9x12
5x13x14 | Crop -23309=2,1,-4 -23310=2,4,-233 -23311=2,0,2 | 3x13x4
13x14 | Crop -23309=1,3 -23310=1,-2 -23311=1,0 | 8x14
3x5x13x14 | Crop -23309=1,1 -23310=1,4 -23311=1,1 | 3x3x13x14
3x8x10 | Padding 0=1 1=2 2=3 3=4 | 3x11x17
3x8x10 | Padding 0=1 1=2 2=3 3=4 7=1 8=2 | 6x11x17
8x10 | Padding 0=1 1=2 2=3 3=4 | 11x17
4x8x10 | Reshape 0=10 1=-1 | 32x10
4x8x10 | Reshape 0=0 1=4 2=-1 | 8x4x10
4x8x10 | Reshape 0=-1 | 320
4x8x10 | Reshape 0=5 1=4 11=2 2=-1 | 8x2x4x5
4x8x10 | Reshape 6="0w,2,-1" | 16x2x10
4x8x10 | Permute 0=1 | 4x10x8
4x8x10 | Permute 0=2 | 8x4x10
4x8x10 | Permute 0=3 | 8x10x4
4x8x10 | Permute 0=4 | 10x4x8
4x8x10 | Permute 0=5 | 10x8x4
8x10 | Permute 0=1 | 10x8
4x5x8x10 | Permute 0=3 | 4x8x10x5
4x5x8x10 | Permute 0=9 | 5x8x10x4
4x5x8x10 | Permute 0=14 | 8x5x4x10
4x5x8x10 | Permute 0=22 | 10x8x4x5
4x8x10 | Flatten | 320
4x8x10 | InnerProduct 0=6 2=1920 | 6
8x10 | InnerProduct 0=6 2=60 | 8x6
16x8x10 | PixelShuffle 0=2 | 4x16x20
4x8x10 | Reorg 0=2 | 16x4x5
4x8x10 | Reduction 0=3 1=0 -23303=2,1,2 4=1 5=1 | 4x1x1
4x8x10 | Reduction 0=3 1=0 -23303=1,-1 4=0 5=1 | 4x8
4x8x10 | Reduction 0=3 | 1
4x8x10 | Tile 0=1 1=3 | 4x24x10
4x8x10 | Tile -23302=3,2,1,3 | 8x8x30
5x8x1 | Tile -23302=4,3,1,2,3 | 15x1x16x3
8x10 | ExpandDims -23303=1,0 | 1x8x10
8x10 | ExpandDims -23303=2,0,-1 | 1x8x10x1
1x8x10 | Squeeze -23303=1,0 | 8x10
4x1x10 | Squeeze 1=1 2=1 | 4x10
4x8x10 | GLU 0=0 | 2x8x10
4x8x10 | ShuffleChannel 0=2 | 4x8x10
10 | Embed 0=6 1=100 3=600 | 10x6
8x10 | Gemm 2=0 3=1 4=0 5=1 6=1 8=6 9=10 10=-1 | 8x6
8x10 | LSTM 0=6 1=240 2=0 | 8x6
4x8x10 | Swish | 4x8x10
4x8x10 4x8x10 | BinaryOp 0=0 | 4x8x10
4x8x10 4x1x1 | BinaryOp 0=0 | 4x8x10
4x8x10 4 | BinaryOp 0=2 | 4x8x10
4x8x10 10 | BinaryOp 0=2 | 4x8x10
4x8x10 4x8 | BinaryOp 0=2 | 4x8x10
8x10 8 | BinaryOp 0=2 | 8x10
8x10 10 | BinaryOp 0=2 | 8x10
4x8x10 1x8x1 | BinaryOp 0=1 | 4x8x10
4x8x10 6x8x10 | Concat 0=0 | 10x8x10
4x8x10 4x8x3 | Concat 0=-1 | 4x8x13
8x10 8x4 | Concat 0=1 | 8x14
4x8x10 4x8x10 | Eltwise 0=1 | 4x8x10
5x13x14 3x10x9 | Crop 0=1 1=2 | 3x10x9
5x13x14 10x9 | Crop 0=1 1=2 | 5x10x9
8x10 10x6 | MatMul | 8x6
8x10 6x10 | MatMul 0=1 | 8x6
4x8x10 4x10x6 | MatMul | 4x8x6
8x10 10 | MatMul | 8
12x8x10 | Slice -23300=3,4,2,6 1=0 | 4x8x10 2x8x10 6x8x10
12x8x10 | Slice -23300=3,-233,-233,-233 1=0 | 4x8x10 4x8x10 4x8x10
12x8x10 | Slice -23300=2,3,-233 1=2 | 12x8x3 12x8x7
12x8x10 | Slice -23302=2,2,-3 1=1 | 12x2x10 12x3x10 12x3x10
12x8x10 | Split | 12x8x10 12x8x10
"""
_KEYS = {1: ("0",), 2: ("1", "0"), 3: ("2", "1", "0"), 4: ("2", "11", "1", "0")}


def line_input(name: str, sizes: str) -> str:
    """Return the line of an input; without sizes it stores none."""
    split = sizes.split("x") if sizes else []
    stored = [f"{key}={n}" for key, n in zip(_KEYS.get(len(split), ()), split, strict=True)]
    return " ".join(["Input", name, "0 1", name, *stored])


def write(*lines: str) -> str:
    """Return the text of a model of these layers."""
    return "\n".join(["7767517", f"{len(lines)} {2 * len(lines)}", *lines, ""])


def save(folder: Path, *lines: str) -> str:
    path = folder / "net.param"
    path.write_text(write(*lines))
    return str(path)


def read(folder: Path, *lines: str) -> Model:
    return read_model(save(folder, *lines), {})


def list_messages(model: Model) -> list[str]:
    return [found.message for found in model.findings]


@pytest.mark.parametrize("row", MEASURED.strip().splitlines())
def test_the_sizes_are_those_of_ncnn(row: str, tmp_path: Path) -> None:
    given, layer, found = row.split(" | ")
    kind, _, parameters = layer.partition(" ")
    names, made = "x z"[: 2 * len(given.split()) - 1], found.split()
    outputs = [f"y{place}" for place in range(len(made))]
    lines = [line_input(name, one) for name, one in zip(names.split(), given.split(), strict=True)]
    counts = f"{len(lines)} {len(outputs)}"
    model = read(tmp_path, *lines, " ".join([kind, "it", counts, names, *outputs, parameters]))
    assert ["x".join(map(str, model.tensors[name] or ())) for name in outputs] == made
    assert list_messages(model) == []


DOWN = "Convolution down 1 1 x a 0=8 1=3 3=2 4=1 5=1 6=216"
UP = "Deconvolution up 1 1 a b 0=3 1=4 3=2 4=1 5=1 6=384"
JOIN = "Concat join 2 1 b x y 0=0"


def test_an_input_without_a_size_has_letters(tmp_path: Path) -> None:
    model = read(tmp_path, line_input("x", ""), DOWN, UP, JOIN)
    assert model.tensors["x"] == (3, "H", "W")
    assert model.tensors["y"] == (6, "H", "W")
    assert model.notes[0].endswith("it works for H = 2m, H >= 2")
    assert [layer.parameters for layer in model.layers] == [224, 387, 0]
    assert [layer.takes for layer in model.layers] == [("x",), ("a",), ("b", "x")]
    assert model.layers[1].reading is not None


def test_sizes_that_are_given_are_walked(tmp_path: Path) -> None:
    path = save(tmp_path, line_input("x", ""), DOWN, UP, JOIN)
    assert deconv(f"check {path} --size x=3x32x64").code == 0
    done = deconv(f"check {path} --size 3x33x64")
    assert done.code == 1
    assert "net.param:6:1: " in done.out
    assert "join: tensors of 3x34x64 and 3x33x64 are concatenated along axis 0" in done.out
    assert deconv(f"check {path} --size 1x3x33x64").code == 2


def test_two_inputs_share_no_letter(tmp_path: Path) -> None:
    other = "Convolution also 1 1 z c 0=8 1=3 3=2 4=1 6=216"
    model = read(tmp_path, line_input("x", ""), line_input("z", ""), DOWN, other)
    assert model.tensors["a"] == (8, "x_1/2", "x_2/2")


def test_channels_are_compared_with_the_weights(tmp_path: Path) -> None:
    model = read(tmp_path, line_input("x", "4x16x16"), DOWN)
    assert list_messages(model) == [
        "down: its 216 weights are for 3 input channels, and it is given 4"
    ]


def test_the_dialect_has_its_findings(tmp_path: Path) -> None:
    same = "Deconvolution up 1 1 x y 0=3 1=4 3=2 4=-233 6=144"
    done = deconv(f"check {save(tmp_path, line_input('x', '3x8x8'), same)}")
    assert "a pad of -233 or -234 of ncnn crops nothing" in done.out
    bad = "Deconvolution up 1 1 x y 0=3 1=4 3=0 6=144"
    assert deconv(f"check {save(tmp_path, line_input('x', '3x8x8'), bad)}").code == 1


def test_layers_that_nobody_knows_are_named(tmp_path: Path) -> None:
    model = read(tmp_path, line_input("x", "3x8x8"), "Own it 1 1 x a", "ReLU r 1 1 a y")
    assert model.tensors["y"] is None
    assert model.notes == ("sizes after these layers are not known: Own (1)",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("7767517", "no numbers of layers and blobs"),
        ("7767517\n9999999999999 1\n", "at most 100,000"),
        ("7767517\n3 3\nInput x 0 1 x\n", "ends after 1 of its 3 layers"),
        ("7767517\n1 1\nInput x\n", "no layer with its numbers of blobs in line 3"),
        ("7767517\n1 1\nInput x 0 999 x\n", "more than 256 blobs in line 3"),
        ("7767517\n1 1\nInput x 0 2 x 0=3\n", "without its 2 blobs in line 3"),
        (write("ReLU r 1 1 x y"), "takes the blob 'x' in line 3, which none made"),
        (write(line_input("x", "3"), line_input("x", "3")), "makes the blob 'x' in line 4 again"),
        (write("Input x 0 1 x 999=3"), "the parameter 999 in line 3"),
    ],
)
def test_what_is_no_model_is_one_clear_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "net.param"
    path.write_text(text)
    done = deconv(f"check {path}")
    assert done.code == 1
    assert message in done.out


def test_other_files_of_that_name_are_passed_over_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "other.param").write_text("speed = 3\n")
    save(tmp_path, line_input("x", "3x8x8"), DOWN)
    done = deconv(f"check {tmp_path}")
    assert (done.code, done.out) == (0, "no findings in 1 file\n")
    assert find_reader(str(tmp_path / "net.param")) == "ncnn"


def test_a_long_model_takes_no_long_time(tmp_path: Path) -> None:
    lines = [f"Convolution c{n} 1 1 b{n} b{n + 1} 0=3 1=3 4=1 6=81" for n in range(5000)]
    started = time.process_time()
    model = read(tmp_path, line_input("b0", ""), *lines)
    assert model.tensors["b5000"] == (3, "H", "W")
    # A second where nothing else runs; a measure of coverage stops at every line.
    assert time.process_time() - started < (3 if sys.gettrace() is None else 10)


def test_damaged_files_give_declared_errors() -> None:
    assert list(fuzz.find_errors("ncnn-param", 300, 1)) == []
