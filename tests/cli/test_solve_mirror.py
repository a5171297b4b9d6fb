"""`deconv solve --mirror`: the layer, its table, the decoder, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commandline import deconv

CONV = "nn.Conv2d(64, 128, 3, stride=2, padding=1)"
VAE = "nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 4)"


def test_a_layer_and_its_table() -> None:
    result = deconv("solve", "--mirror", CONV, "--in", "34x33")
    assert result.code == 0
    assert "padding=1, output_padding=(1, 0))" in result.out
    assert "2m    m          1" in result.out
    assert "up(x, output_size=[height, width])" in result.out
    assert "those of the convolution, as they are" in result.out


def test_the_table_alone_has_a_call_for_each_remainder() -> None:
    result = deconv("solve", "-q", "--mirror", CONV)
    assert result.out.splitlines() == [
        "nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1)",
        "nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1)",
    ]


def test_json_has_all_of_it() -> None:
    result = deconv("solve", "--mirror", CONV, "--in", "33", "--format", "json")
    data = json.loads(result.out)
    assert data["schema"] == "deconv.solve/1"
    mirror = data["mirror"]
    assert (mirror["input"], mirror["output"]) == ([17, 17], [33, 33])
    assert mirror["call"] == "nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1)"
    [axis] = mirror["axes"]
    rows = [(row["input"], row["parameters"]["output_padding"]) for row in axis["inputs"]]
    assert rows == [("2m", 1), ("2m+1", 0)]
    assert mirror["weights"] == {"permute": [0, 1, 2, 3], "flip": False}


def test_several_dialects_and_one_that_has_none() -> None:
    text = "nn.Conv2d(64, 128, 3, padding=1, groups=2)"
    result = deconv("solve", "--mirror", text, "-D", "keras,torch")
    assert result.code == 0
    assert "keras has no groups" in result.out
    assert "nn.ConvTranspose2d(128, 64, 3, padding=1, groups=2)" in result.out
    alone = deconv("solve", "--mirror", text, "-D", "keras", "--format", "json")
    assert alone.code == 1
    assert json.loads(alone.out)["reason"] == "keras has no groups"


def test_the_decoder_that_is_written_passes_a_strict_check(tmp_path: Path) -> None:
    file = tmp_path / "decoder.yaml"
    written = deconv("solve", "--mirror", VAE, "--in", "28x28", "--output", str(file))
    assert written.code == 0
    assert deconv("check", str(file), "--strict").code == 0
    again = deconv("solve", "--mirror", VAE, "--in", "28x28", "--format", "json")
    mirror = json.loads(again.out)["mirror"]
    assert mirror["config"] == file.read_text()
    assert [layer["op"] for layer in mirror["layers"]] == [
        *("dense", "reshape", "relu", "conv_transpose")
    ]
    assert mirror["output"] == [1, 28, 28]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--mirror", CONV, "-k", "3"), "-k/--kernel has no effect beside --mirror"),
        (("--mirror", CONV, "--out", "3"), "--out has no effect beside --mirror"),
        (("--mirror", CONV, CONV), "a second layer has no effect beside --mirror"),
        (("--mirror", CONV, "--limit", "3"), "--limit has no effect beside --mirror"),
        (("--mirror", CONV, "--in", "HxW"), "H is a symbol"),
        (("--mirror", "nn.ReLU()"), "activation is no convolution"),
        (
            ("--mirror", "nn.ConvTranspose2d(3, 8, 4, 2, 1)"),
            "`deconv explain` shows the convolution",
        ),
        (("--mirror", "SeparableConv2D(8, 3, strides=2)"), "separable_conv is no convolution"),
        (("--mirror", "F.conv2d(x, w, stride=2)"), "conv2d is no layer that deconv knows"),
        (("--mirror", "DepthwiseConv2D(3, strides=2)"), "as many groups as channels"),
        (("--mirror", "none.yaml"), "there is no such file"),
        (("--mirror", ""), "it has no layers"),
        (("--mirror", CONV, "--set", "k=3"), "the pasted network has no variable k"),
    ],
)
def test_what_is_refused(words: tuple[str, ...], message: str) -> None:
    result = deconv("solve", *words)
    assert result.code == 2
    assert message in result.err
    assert "help:" in result.err


def test_variables_have_values() -> None:
    result = deconv(
        "solve", "-q", "--mirror", "nn.Conv2d(c, 8, k)", "--set", "c=4,k=3", "--in", "9"
    )
    assert result.out == "nn.ConvTranspose2d(8, 4, 3)\n"


def test_a_printed_model_comes_from_standard_input() -> None:
    lines = (
        "Sequential(",
        "  (0): Conv1d(1, 8, kernel_size=(4,), stride=(2,), padding=(1,))",
        "  (1): ELU(alpha=1.0)",
        ")",
    )
    result = deconv("solve -q --mirror - --in 33", stdin="\n".join(lines).encode())
    assert "{op: conv_transpose, out_channels: 1, kernel: 4, stride: 2, padding: 1" in result.out
    assert "expect: {channels: 1, size: 33}" in result.out


def test_channels_of_the_input_are_those_of_the_mirror() -> None:
    text = "layers.Conv2D(16, 3, strides=2)"
    done = deconv("solve -q --in 33x33x8", "--mirror", text)
    assert done.out == "layers.Conv2DTranspose(8, 3, strides=2)\n"
    depthwise = "layers.DepthwiseConv2D(3, strides=2)"
    done = deconv("solve -q --in 33x33x8 -D torch", "--mirror", depthwise)
    assert done.out == "nn.ConvTranspose2d(8, 8, 3, stride=2, groups=8)\n"


def test_notes_tell_what_the_table_lacks() -> None:
    done = deconv("solve --mirror", "nn.Conv1d(8, 8, 300, stride=100)")
    assert "the first 64 of 100 remainders" in done.out
    done = deconv("solve --mirror", 'nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")')
    assert "the convolution pads by reflect" in done.out
