"""What people type first: no command, another tool's names, a rule by its number or its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commandline import deconv, refused

CALL = "nn.ConvTranspose2d(64, 32, 4, 2, 1)"


@pytest.mark.parametrize(
    "arguments",
    [
        (CALL, "--in", "5x5"),
        ("--in", "5x5", CALL),
        (CALL, "--in=(5, 5)", "-q"),
        ("-q", CALL, "--in", "5x5"),
        (CALL, "--in", "5x5", "--expect", "11x11"),
        (CALL,),
        ("--in", "5x5", "-k", "3"),
        ("-k", "3", "--in=5x5", "-q"),
        ("-q", "--in", "N", "-k", "4", "-s", "2", "-p", "1"),
        ("--in", "5x5"),
    ],
)
def test_a_layer_without_a_command_is_for_shape(arguments: tuple[str, ...]) -> None:
    assert deconv("", *arguments) == deconv("shape", *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("shpe", CALL), ("no command 'shpe'", "did you mean 'shape'?")),
        (("5x5", CALL), ("no command '5x5'",)),
        (("-k", "3"), ("no option -k",)),
        (("5x5", "--in", "5x5"), ("no command '5x5'",)),
        (("layer.npy",), ("no command 'layer.npy'",)),
        (("shot.png",), ("'shot.png' is an image",)),
        (("<Conv2DTranspose name=up, built=False>",), ("without its parameters", "get_config()")),
        (("ConvTranspose2d-5    [-1, 64, 32, 32]   32,768",), ("this is a summary",)),
        (("nn.ConvTranspose2d", "--in", "5x5"), ("it has no parenthesis", "nn.ConvTranspose2d(64")),
        (("shape", "'nn.ConvTranspose2d(8,", "4,", "4)'", "--in", "5x5"), ("in double quotes",)),
        (("shape", CALL, "5x5"), ("unexpected extra argument (5x5)", "see deconv shape")),
    ],
)
def test_no_other_word_is_a_call(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(deconv("", *arguments), *words)


@pytest.mark.parametrize("line", ["--help", "-h", "--version", "-V"])
def test_options_of_the_program_stay(line: str) -> None:
    assert deconv(line).code == 0


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("--size", "--in"),
        ("--shape", "--in"),
        ("--input", "--in"),
        ("--input-size", "--in"),
        ("--input-shape", "--in"),
        ("--pad", "--padding"),
        ("--pads", "--padding"),
        ("--ksize", "--kernel-size"),
        ("--framwork", "--framework"),
    ],
)
def test_a_wrong_option_gets_the_one_that_was_meant(option: str, meant: str) -> None:
    refused(deconv(f"shape -k 3 {option} 5"), f"no option {option}", f"did you mean {meant}?")


def test_keras2_has_no_function_that_takes_both() -> None:
    line = "shape --in 5x5 -k 3 -s 2 -d 2 -p valid -D"
    refused(deconv(f"{line} keras"), "or use keras.ops.conv_transpose")
    done = deconv(f"{line} keras2")
    refused(done, "keep one of them at 1.")
    assert "keras.ops" not in done.err


@pytest.mark.parametrize("given", ["DCV201", "dcv201", "201", "uneven-overlap", "Uneven_Overlap"])
def test_a_rule_has_three_names(given: str, tmp_path: Path) -> None:
    assert deconv("rule", given) == deconv("rule DCV201")
    config = tmp_path / "a.yaml"
    layer = "        - {op: conv_transpose, out_channels: 1, kernel: 3, stride: 2, padding: 1}"
    lines = ["networks:", "  a:", "    input: {channels: 1, size: 8x8}", "    layers:", layer]
    config.write_text("\n".join(lines), "utf-8")
    check = f"check --isolated {config}"
    assert "DCV201" in deconv(check).out
    assert "DCV201" not in deconv(f"{check} --ignore {given}").out
    assert "DCV201" in deconv(f"{check} --select {given}").out
    config.write_text("\n".join([*lines[:-1], f"{layer}  # deconv: ignore[{given}]"]), "utf-8")
    assert "DCV201" not in deconv(check).out


def test_the_start_of_codes_and_unknown_rules(tmp_path: Path) -> None:
    config = tmp_path / "a.yaml"
    config.write_text("networks: {a: {input: {size: 8}, layers: [{op: relu}]}}", "utf-8")
    for given in ("DCV2", "dcv", "2", "ALL"):
        assert deconv(f"check --isolated {config} --ignore {given}").code in (0, 1)
    refused(deconv(f"check {config} --ignore uneven-overlp"), "did you mean 'uneven-overlap'?")
    refused(deconv("rule 999"), "rule '999' is not known")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("nn.ConvTranspose2d(1, 1, kernel=3)", ("no parameter 'kernel'", "'kernel_size'?")),
        ("nn.ConvTranspose2d(1, 1, ksize=3)", ("no parameter 'ksize'",)),
        ("nn.ConvTranspose2d(1, 1, 3, pad=1)", ("no parameter 'pad'", "'padding'?")),
        ("Conv2DTranspose(1, 3, pad='same')", ("no parameter 'pad'", "'padding'?")),
        ("nn.ConvTranspose2d(1, 1)", ("the kernel size is not known",)),
    ],
)
def test_a_wrong_parameter_gets_the_one_that_was_meant(call: str, words: tuple[str, ...]) -> None:
    refused(deconv("shape --in 5x5", call), *words)
