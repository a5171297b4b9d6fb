"""`deconv sizes`: the rule of every axis, the sizes next to yours, and what to pad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commandline import deconv

GOOD = Path(__file__).parent.parent / "examples" / "good"
PAPER = GOOD / "unet_paper.yaml"


def written(folder: Path, text: str) -> str:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_paper_works_from_188_on_and_without_a_remainder_in_steps_of_16() -> None:
    done = deconv(f"sizes {PAPER}")
    assert done.code == 0
    [_, _, height, width] = done.out.splitlines()
    assert "every n >= 188" in height
    assert "n = 16m + 12, n >= 188" in height
    assert "572" in width


@pytest.mark.parametrize(
    ("file", "at", "smaller", "larger", "pad"),
    [
        ("nnunet_3d.yaml", "120", 96, 128, 8),
        ("nnunet_3d.yaml", "128", 128, 128, 0),
        ("nnunet_3d.yaml", "31", None, 32, 1),
        ("pointpillars.yaml", "497", 496, 503, 6),
    ],
)
def test_the_sizes_next_to_yours(
    file: str, at: str, smaller: int | None, larger: int, pad: int
) -> None:
    done = deconv(f"sizes {GOOD / file} --at {at} --format json")
    first = json.loads(done.out)["networks"][0]["axes"][0]
    assert (first["smaller"], first["larger"], first["pad"]) == (smaller, larger, pad)
    assert first["works"] == (pad == 0)


def test_quiet_is_each_rule_once() -> None:
    assert deconv(f"sizes -q {GOOD / 'nnunet_3d.yaml'}").out == "n = 32m, n >= 32\n"


def test_letters_are_those_of_the_file(tmp_path: Path) -> None:
    text = (
        "networks:\n  net:\n    input: {channels: 1, size: T}\n    layers:\n"
        "      - {op: conv, out_channels: 1, kernel: 4, stride: 2, padding: 1}\n"
        "      - {op: conv_transpose, out_channels: 1, kernel: 4, stride: 2, padding: 1}\n"
        "    expect: T\n"
    )
    assert deconv("sizes -q", written(tmp_path, text)).out == "T = 2m, T >= 2\n"


def test_where_nothing_works_it_says_why(tmp_path: Path) -> None:
    text = (
        "networks:\n  net:\n    input: {channels: 1, size: 8}\n    layers:\n"
        "      - {name: short, op: crop, amount: 1}\n"
        "      - {name: join, op: add, inputs: [short, input]}\n"
    )
    done = deconv("sizes", written(tmp_path, text))
    assert done.code == 1
    assert "no n" in done.out
    assert "net works for no input size: join: the inputs have unequal sizes" in done.out


UNMET = {
    "input: {channels: 1, size: 32000}\n    expect: 32000\n    layers:\n"
    "      - {op: conv, out_channels: 8, kernel: 9, name: last}": (
        "net: last: the output is [31992], expected [32000]; n = 32008 gives it"
    ),
    "input: {channels: 1, size: 570x570}\n    expect: {channels: 1, size: 388x388}\n"
    "    layers: [{op: crop, amount: 92, name: last}]": (
        "net: last: the output is [1, 386, 386], expected [1, 388, 388]; n = 572 gives it"
    ),
    "input: {channels: 1, size: 570x572}\n    layers:\n      - {op: crop, amount: 92}\n"
    "      - {op: relu, name: last, expect: 386x386}": (
        "net: last: the output is [386, 388], expected [386, 386]; width n = 570 gives it"
    ),
    "input: {channels: 1, size: 8x9}\n    expect: 5x5\n    layers:\n"
    "      - {op: max_pool, kernel: 2, name: last}": (
        "net: last: the output is [4, 4], expected [5, 5]; n = 10 to 11 gives it"
    ),
    "input: {channels: 1, size: 9x9}\n    expect: 5x6\n    layers:\n"
    "      - {op: max_pool, kernel: 2, name: last}": (
        "net: last: the output is [4, 4], expected [5, 6]; height n = 10 to 11,"
        " width n = 12 to 13 give it"
    ),
    "input: {channels: 1, size: 9}\n    expect: 65\n    layers:\n"
    "      - {op: upsample, size: 64, name: last}": (
        "net: last: the output is [64], expected [65]; no input size gives it"
    ),
    "input: {channels: 1, size: T}\n    expect: 65\n    layers:\n"
    "      - {op: upsample, scale: 2, name: last}": (
        "net: last: the output is [2T], expected [65]; no input size gives it"
    ),
    "input: {channels: 1, size: HxW}\n    expect: 65x64\n    layers:\n"
    "      - {op: upsample, scale: 2, name: last}": (
        "net: last: the output is [2H, 2W], expected [65, 64]; no input size gives it"
    ),
    "input: {channels: 2, size: 3x4}\n    layers:\n      - flatten\n"
    "      - {op: relu, expect: 32, name: last}": (
        "net: last: the output is [24], expected [32]; height n = 4 gives it"
    ),
    "inputs: {a: {channels: 1, size: 10}, b: {channels: 1, size: 20}}\n    layers:\n"
    "      - {op: relu, inputs: [b]}\n"
    "      - {op: conv, kernel: 3, out_channels: 1, inputs: [a], expect: 10, name: last}": (
        "net: last: the output is [8], expected [10]; a length n = 12 gives it"
    ),
}


@pytest.mark.parametrize(("body", "message"), UNMET.items())
def test_a_size_expected_in_numbers_is_compared(tmp_path: Path, body: str, message: str) -> None:
    done = deconv("sizes", written(tmp_path, f"networks:\n  net:\n    {body}\n"))
    assert done.code == 1
    assert f"error[expect]: {message}\n" in done.out


def test_a_size_expected_in_numbers_that_is_met_is_a_column() -> None:
    done = deconv(f"sizes {PAPER} --format json")
    [height, width] = json.loads(done.out)["networks"][0]["axes"]
    assert done.code == 0
    assert height["meets_expect"] == width["meets_expect"]
    assert height["meets_expect"] == {
        "rule": "n = 572",
        "progressions": [{"first": 572, "step": 1, "last": 572}],
    }


def test_letters_need_only_some_value_that_meets_a_number(tmp_path: Path) -> None:
    text = (
        "networks:\n  net:\n    input: {channels: 1, size: T}\n    expect: 64\n"
        "    layers:\n      - {op: upsample, scale: 2}\n"
    )
    done = deconv("sizes", written(tmp_path, text))
    assert (done.code, done.out.splitlines()[-1].split()[-3:]) == (0, ["T", "=", "32"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"sizes {PAPER} --network unett", "there is no network 'unett'"),
        (f"sizes {PAPER} --at 5x5x5", "the size 5x5x5 has 3 numbers, the input 2 axes"),
        ("sizes nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_what_cannot_be_answered(line: str, message: str) -> None:
    done = deconv(line)
    assert done.code == 2
    assert message in done.err
    assert "help:" in done.err


def test_a_file_with_mistakes_is_for_check(tmp_path: Path) -> None:
    text = "networks:\n  net:\n    input: {channels: 1, size: 8}\n    layers:\n      - {op: conf}\n"
    done = deconv("sizes", written(tmp_path, text))
    assert done.code == 2
    assert "net.yaml:5: operation 'conf' is not known" in done.err
    assert "deconv check" in done.err


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "networks:\n  net: [1\n")
    done = deconv("sizes", path)
    assert done.code == 2
    assert "net.yaml:3: this is not YAML" in done.err


def test_other_files_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_bytes(PAPER.read_bytes())
    (tmp_path / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    (tmp_path / "other.yaml").write_text("networks: [default]\n", encoding="utf-8")
    done = deconv("sizes -q", str(tmp_path))
    assert (done.code, done.out) == (0, deconv(f"sizes -q {PAPER}").out)


def test_a_path_of_nothing_is_shown() -> None:
    assert "error[no-such-file]: '': there is no such file or folder" in deconv("sizes", "").err
