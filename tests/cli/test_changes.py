"""A missed --expect and a refused layer name the change that gives the size."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json

import pytest

from tests.cli.commandline import deconv

KERAS = "Conv2DTranspose(4, 3, strides=2, padding='same')"
# The layer, its input, the expected size, and the rows that the answer ends with.
CASES = [
    (["-k", "3", "-s", "2", "-p", "1"], "5x5", "10x10", ["try       output_padding=1, with every value where it was", "or        kernel_size=4, with weights of 4x4 and an even overlap"]),
    (["-k", "1536", "-s", "768"], "100", "76032", ["try       padding=768, with every value 768 earlier; to keep the values, crop the end: y[..., :-1536]"]),
    (["nn.ConvTranspose2d(64, 32, 3, 2, 1)"], "1x64x5x5", "1x32x10x10", ["try       output_padding=1, with every value where it was", "or        kernel_size=4, with weights of 4x4 and an even overlap"]),
    ([KERAS], "12x12x8", "23x23", ["try       output_padding=0, with every value 1 earlier; to keep the values, crop the end: y[..., :-1, :-1, :]"]),
    ([KERAS], "8x8x64", "17x17x4", ["try       padding='valid', with every value where it was"]),
    (["-D", "keras", "-k", "16", "-s", "8", "-p", "same"], "46x62", "368x489", ["try       kernel_size=(17, 16) and output_padding=(7, 1), with weights of 17x16; to keep the values, crop the end: y[..., :, :-7, :]"]),
    (["-D", "onnx", "-k", "3", "-s", "2", "-p", "1"], "5x5", "10x10", ["try       output_padding=(1, 1), with every value where it was", "or        kernel_shape=(4, 4), with weights of 4x4 and an even overlap"]),
    (["-D", "jax", "-k", "3", "-s", "2", "-p", "same"], "5x5", "11x11", ["try       padding='VALID', with every value where it was"]),
    (["-D", "paddle", "-k", "3", "-s", "2", "-p", "1"], "5", "10", ["try       output_padding=1, with every value where it was", "or        kernel_size=4, with weights of 4 and an even overlap"]),
    (["-D", "flax", "-k", "3", "-s", "2", "-p", "valid"], "5x5", "10x10", ["try       padding='SAME', with every value where it was", "or        kernel_size=(2, 2), with weights of 2x2 and an even overlap"]),
    (["-k", "16", "-s", "8", "-p", "4"], "100", "900", ["try       stride=9 and output_padding=1, with other values", "or        kernel_size=9 and stride=9 and padding=0, with weights of 9 and an even overlap"]),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "size", "expected", "rows"), CASES)
def test_a_missed_size_names_the_change(
    layer: list[str], size: str, expected: str, rows: list[str]
) -> None:
    done = deconv("shape --in", size, "--expect", expected, *layer)
    assert done.code == 1
    shown = [line for line in done.out.splitlines() if line.startswith(("try ", "or "))]
    assert shown == rows
    answer = json.loads(deconv("shape --format json --in", size, "--expect", expected, *layer).out)
    assert len(answer["changes"]) == len(rows)
    for change in answer["changes"]:
        spatial = "x".join(map(str, answer["input"]))
        # Of a function's layer only the weights have the kernel.
        kernel = ["-k", "3"] if "(x, w" in change["call"] else []
        pasted = deconv("shape --in", spatial, "--expect", expected, *kernel, change["call"])
        assert pasted.code == 0


@pytest.mark.parametrize(
    ("arguments", "help"),
    [
        ("-k 3 -s 2 -p 1 --op 2 --in 5x5", " For 11x11: padding=0 and output_padding=0, with every value 1 later."),
        ("-k 3 -s 2 -p 1 --op 2 --in 5x5 --expect 10", " For 10x10: output_padding=1, with every value where it was, or kernel_size=4 and output_padding=0, with weights of 4x4 and an even overlap."),
        ("-D keras -k 3 -s 2 -p same --op 2 --in 5x5", " For 11x11: padding='valid' and output_padding=0, with every value where it was."),
        ("-k 4 -s 2 -p 1 --output-size 68 --in 33", " For 68: padding=0, with every value 1 later."),
        ("-D onnx -k 3 -s 2 -p 1 --op 2 --in 5", " For 11: pads="),
    ],
)  # fmt: skip
def test_a_refused_layer_names_the_change(arguments: str, help: str) -> None:
    done = deconv(f"shape {arguments}")
    assert done.code == 2
    assert help in done.err


@pytest.mark.parametrize("command", ["explain", "run", "draw -o picture.svg", "shape -q", "shape"])
def test_every_command_names_the_change_once(command: str) -> None:
    done = deconv(f"{command} -k 3 -s 2 -p 1 --op 2 --in 5x5")
    assert done.code == 2
    assert done.err.count(" For 11x11: padding=0 and output_padding=0") == 1


@pytest.mark.parametrize(
    "arguments", ["-k 3 -s 2 --in NxN --expect 9x9", "-k 3 -s 2 --in 5x5 --expect NxN"]
)
def test_sizes_in_letters_have_no_change(arguments: str) -> None:
    done = deconv(f"shape {arguments}")
    assert done.code == 1
    assert "try " not in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        *("--in 1 -k 7 -s 5 --expect 500", "--in 5x5 -k 3 --expect 999x3"),
        *("--in 4 -k 1 -p same --expect 400", "--in 1x1x1 -k 3 --expect 90x90x90"),
        *("--in 8 -k 3 -s 2 -D caffe --expect 300", "--in 4x4 -k 2 -D jax -p SAME --expect 4000x4"),
    ],
)
def test_a_size_that_no_change_gives_has_no_hint(arguments: str) -> None:
    done = deconv(f"shape {arguments}")
    assert (done.code, done.out.count("\ntry "), done.out.count("\nor ")) == (1, 0, 0)
    assert json.loads(deconv(f"shape {arguments} --format json").out)["changes"] == []
