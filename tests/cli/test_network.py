"""`deconv shape` and the other commands with a whole network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commandline import deconv
from tests.networks.pasted.texts import DCGAN, TEXTS, UNET

CALLS = TEXTS["calls"].text


def test_the_table_of_a_network() -> None:
    done = deconv("shape --in 64x8x8", CALLS)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "output   3x32x32\n"
        "input    64x8x8\n"
        "dialect  torch\n"
        "\n"
        "layer  kind             shape     parameters  macs\n"
        "0      ConvTranspose2d  32x16x16  32,800      2,097,152\n"
        "1      ReLU             32x16x16  0           0\n"
        "2      ConvTranspose2d  3x32x32   1,539       393,216\n"
        "total                             34,339      2,490,368\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Net(\n" + "  (up): ConvTranspose2d(3, 3, kernel_size=(3, 3), stride=(1, 1))\n" * 200 + ")",
        "x = nn.ConvTranspose2d(3, 3, 3)(x)\n" * 400,
        "model.add(nn.ConvTranspose2d(3, 3, 3))\n" * 400,
        "nn.Sequential(" + "nn.ConvTranspose2d(3, 3, 3), nn.ReLU(),\n" * 400 + ")",
        "nn.Sequential(nn.ConvTranspose2d(3, 3, 3), nn.ReLU())" + "  # the only layer" * 600,
    ],
)
def test_a_text_beyond_one_layer_is_a_network(text: str) -> None:
    size = 5 + 2 * text.count("ConvTranspose2d")
    done = deconv("shape -q --in 3x5x5", text)
    assert (done.code, done.out) == (0, f"3x{size}x{size}\n")
    done = deconv("explain --in 3x5x5", text)
    assert "whole network" in done.err
    assert done.code == 2


def copy_from_page(text: str) -> str:
    """Return a text as a web page may give it: with other spaces, and marks without a width."""
    return "\ufeff" + text.replace("  ", "\u00a0\u00a0").replace("(", "\u200b(")


@pytest.mark.parametrize("change", [str, copy_from_page])
@pytest.mark.parametrize("name", TEXTS)
def test_quiet_prints_the_output_alone(name: str, change: Callable[[str], str]) -> None:
    text, size, output, dialect = TEXTS[name]
    text = change(text)
    given = ["--in", "x".join(map(str, size))] if size else []
    given += ["-D", dialect] if dialect else []
    done = deconv("shape -q", *given, text)
    assert (done.code, done.out, done.err) == (0, "x".join(map(str, output)) + "\n", "")


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("--in", "8x5x5", "G(\n  (0): ConvTranspose2d(8, 4, 4)\n  (1): MyNorm()\n)"), "MyNorm"),
        (("--in", "5x5", "-k", "3", "-D", "tensorrt"), "documents-only"),
        (("--in", "1x5x5x4", "-k", "3", "-D", "tf", "-g", "2"), "has no"),
    ],
)
def test_quiet_leaves_out_notes_but_not_errors(arguments: tuple[str, ...], note: str) -> None:
    loud, quiet = deconv("shape", *arguments), deconv("shape -q", *arguments)
    assert note in loud.out + loud.err
    assert quiet.code == loud.code
    assert (note in quiet.err) == (quiet.code == 2)
    assert note not in quiet.out


@pytest.mark.parametrize(
    ("expect", "code", "row"),
    [
        ("3x32x32", 0, "expected  3x32x32: yes\n"),
        ("32x32", 0, "expected  32x32: yes\n"),
        ("32", 0, "expected  32x32: yes\n"),
        ("31x32", 1, "expected  31x32: no\n"),
        ("5", 1, "expected  5x5: no\n"),
        ("4x32x32", 1, "expected  4x32x32: no\n"),
    ],
)
def test_the_expected_size_is_that_of_the_output(expect: str, code: int, row: str) -> None:
    done = deconv(f"shape --in 64x8x8 --expect {expect}", CALLS)
    assert done.code == code
    assert row in done.out
    quiet = deconv(f"shape -q --in 64x8x8 --expect {expect}", CALLS)
    assert quiet.out == ("3x32x32\n" if code == 0 else f"3x32x32 is not {row.split()[1][:-1]}\n")


@pytest.mark.parametrize(
    "name",
    ["Deconv2DLayer", "TransposedConv3DLayer", "SpatialFullConvolution", "conv2dTranspose", "Up"],
)
def test_a_class_of_a_printed_network_may_have_another_frameworks_name(name: str) -> None:
    layer = "ConvTranspose2d(3, 4, kernel_size=(3, 3), stride=(1, 1))"
    done = deconv("shape -q --in 3x5x5", f"Net(\n  (up): {name}(\n    (conv): {layer}\n  )\n)")
    assert (done.out, done.err) == ("4x7x7\n", "")


def test_an_expected_size_of_another_rank_is_refused() -> None:
    done = deconv("shape --in 64x8x8 --expect 5x5x5x5x5", CALLS)
    assert (done.code, done.out) == (2, "")
    assert "--expect has 5 sizes, the output 2 or 3" in done.err


def test_programs_get_each_layer() -> None:
    found = json.loads(deconv("shape --in 64x8x8 --format json --expect 32x32", CALLS).out)
    layers = found.pop("layers")
    assert found == {
        "schema": "deconv.shape.network/1",
        "dialect": "torch",
        "input": [64, 8, 8],
        "output": [3, 32, 32],
        "parameters": 34339,
        "macs": 2490368,
        "notes": [],
        "error": None,
        "expected": [32, 32],
        "met": True,
        "findings": [],
    }
    assert layers[0] == {
        "name": "0",
        "kind": "ConvTranspose2d",
        "line": 1,
        "output": [32, 16, 16],
        "parameters": 32800,
        "macs": 2097152,
        "macs_formula": None,
    }
    letters = json.loads(deconv("shape --in 64xHxW --format jsonl", CALLS).out)
    assert letters["output"] == [3, "4H", "4W"]
    assert letters["layers"][0]["macs_formula"] == "32768*H*W"


def test_markdown_has_a_table() -> None:
    done = deconv("shape --in 64x8x8 --format markdown", CALLS)
    assert "| 2 | ConvTranspose2d | 3x32x32 | 1,539 | 393,216 |" in done.out


def test_a_printed_model_comes_from_standard_input() -> None:
    done = deconv("shape -q --in 100x1x1 -", stdin=DCGAN.encode())
    assert (done.code, done.out) == (0, "3x16x16\n")
    done = deconv("shape -q --in 5x5 -", stdin=b"nn.ConvTranspose2d(3, 8, 4, 2, 1)\n")
    assert done.out == "10x10\n"
    done = deconv("shape --in 5x5 -", stdin=b" \n")
    assert (done.code, done.out) == (2, "")
    assert "standard input is empty" in done.err


def test_the_first_layer_that_fails_ends_the_table() -> None:
    done = deconv("shape --in 1x16x16", UNET)
    assert done.code == 2
    assert "up     ConvTranspose2d  8x16x16 " in done.out
    assert "dec    Conv2d           - " in done.out
    assert "output" not in done.out
    assert "skips, branches and functions between layers are not seen" in done.out
    assert done.err.startswith("error[channels]: layer dec (Conv2d, line 9): the input has 8 ch")
    assert "a concat with the output of inc.1 has 16 channels" in done.err
    quiet = deconv("shape -q --in 1x16x16", UNET)
    assert (quiet.code, quiet.out, quiet.err) == (2, "", done.err)
    found = json.loads(deconv("shape --in 1x16x16 --format json --expect 9", UNET).out)
    assert found["output"] is None
    assert found["error"]["layer"] == "dec"
    assert found["error"]["code"] == "channels"
    assert "met" not in found


@pytest.mark.parametrize("command", ["explain", "run", "draw -o layer.svg", "shape -D torch,keras"])
@pytest.mark.parametrize("text", [CALLS, DCGAN])
def test_other_commands_say_to_paste_one_layer(
    command: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = deconv(f"{command} --in 8x8", text)
    assert (done.code, done.out) == (2, "")
    assert "the pasted text is a whole network" in done.err
    assert "paste one layer alone: " in done.err
    assert "ConvTranspose2d(" in done.err
    assert "deconv shape" in done.err


def test_an_option_of_a_layer_is_refused() -> None:
    done = deconv("shape --in 64x8x8 -k 3", CALLS)
    assert (done.code, done.out) == (2, "")
    assert "-k/--kernel has no effect on a whole network" in done.err


def test_variables_of_a_network_have_values() -> None:
    text = "nn.Conv2d(3, ngf, 3), nn.ConvTranspose2d(ngf, 3, k)"
    assert deconv("shape -q --in 3x8x8 --set ngf=4,k=3", text).out == "3x8x8\n"
    error = deconv("shape -q --in 3x8x8 --set k=3", text).err
    assert "ngf, which has a value only in your program" in error
    assert "--set ngf=4" in error


def test_a_network_needs_no_command() -> None:
    assert "3x32x32" in deconv("--in 64x8x8", CALLS).out


@pytest.mark.parametrize(
    ("size", "factor", "expected"),
    [
        ("3x5x7", "1.5", "3x7x10"),
        ("3x5x7", "(1.5, 2)", "3x7x14"),
        ("3x5x7", "2.0", "3x10x14"),
        ("3xHxW", "1.5", "3x3H/2x3W/2"),
        ("3x2Hx4W", "2.5", "3x5Hx10W"),
        ("3x5x7", "1.1", "scale_factor is 1.1"),
        ("3x5x7", "1/3", "scale_factor is 0.333"),
    ],
)
def test_an_upsampling_by_a_fraction_is_exact_or_refused(
    size: str, factor: str, expected: str
) -> None:
    layers = f"nn.Upsample(scale_factor={factor}), nn.ConvTranspose2d(3, 3, 1)"
    done = deconv(f"shape -q --in {size}", layers)
    assert (done.out.strip() == expected) == (done.code == 0)
    assert done.code == 0 or (expected in done.err and "give the size instead" in done.err)
