"""`deconv shape --targets`, and the table on the page of converters, which it makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import deconvcli
from deconvcli.frameworks.converters import CONVERTERS
from tests.cli.commandline import deconv

PAGE = Path(deconvcli.__file__).parent / "frameworks" / "converters" / "README.md"
COLUMNS = {
    "ONNX Runtime": "onnxruntime",
    "OpenVINO": "openvino",
    "TVM": "tvm",
    "tract": "tract",
    "OpenCV 5": "opencv",
    "OpenCV 4": "opencv4",
    "MNN": "mnn",
    "RKNN": "rknn",
    "IREE": "iree",
    "onnx2torch": "onnx2torch",
    "onnx2tf": "onnx2tf",
}
# A kernel of 3 and a stride of 2, unless a layer says otherwise.
LAYERS = {
    "pads 1, output_padding 1": "-p 1 --output-padding 1",
    "pads 0,0,1,1": "-p 0:1",
    "pads 2, dilation 2, stride 1": "-p 2 -d 2 -s 1",
    "2 groups, kernel 4, pads 1": "-p 1 -k 4 --groups 2",
    "SAME_UPPER": "-p same_upper",
    "SAME_LOWER": "-p same_lower",
    "SAME_UPPER, kernel 4": "-p same_upper -k 4",
    "SAME_UPPER, dilation 2": "-p same_upper -d 2",
    "output_shape 10": "--output-size 10x10",
    "output_shape 10, SAME_UPPER": "--output-size 10x10 -p same_upper",
}
# Measured with the runtimes themselves, by the release that the page names.
MEASURED = """
10 1:0 | =      | =      | =      | =      | =      | =      | =      | =      | =      | =
10 0:1 | =      | =      | =      | =      | no     | =      | =      | no     | no     | =
5 2:2  | =      | =      | =      | =      | 3 ?    | =      | =      | =      | =      | no
10 1:1 | =      | =      | =      | =      | =      | =      | =      | =      | =      | =
10 0:1 | =      | =      | =      | 9 1:1  | 9 1:1  | =      | no     | no     | no     | 11 0:0
10 1:0 | =      | =      | =      | 9 1:1  | 9 1:1  | 10 0:1 | no     | no     | no     | no
10 1:1 | =      | =      | =      | 9 1:2  | 9 1:2  | =      | no     | =      | no     | 12 0:0
10 1:2 | =      | =      | =      | 9 2:2  | 9 ?    | 10 0:3 | no     | no     | no     | no
10 1:0 | =      | 11 0:0 | 10 0:1 | 12 0:-1 | 11 0:0 | 10 ?   | 10 0:1 | no     | 11 0:0 | no
10 0:1 | 10 1:0 | =      | no     | no     | no     | 10 ?   | =      | no     | no     | no
"""


def ask(layer: str) -> list[str]:
    """Return the cells of a layer: the size and crop of an axis, and = for those of the first."""
    names = ",".join(COLUMNS.values())
    flags = f"-k 3 -s 2 {layer}" if "-k" not in layer else f"-s 2 {layer}"
    if "-s" in layer.split():
        flags = flags.replace("-s 2 ", "", 1)
    channels = " --in-channels 2 --out-channels 4" if "groups" in layer else ""
    done = deconv(
        f"shape --in 5x5 {flags} -D onnx@onnxruntime --targets {names} --format json{channels}"
    )
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    rows = [{**answer, "fate": "same"}, *answer["targets"]]
    cells = [write_cell(row) for row in rows]
    return [cells[0], *["=" if cell == cells[0] else cell for cell in cells[1:]]]


def write_cell(row: dict[str, Any]) -> str:
    if row["fate"] == "refused":
        return "no"
    [size] = set(row["output"])
    if row["crop"] is None:
        return f"{size} ?"
    [(begin, end)] = {tuple(pair) for pair in row["crop"]}
    return f"{size} {begin}:{end}"


def list_measured() -> list[list[str]]:
    lines = MEASURED.strip().splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines]


@pytest.mark.parametrize(
    ("layer", "cells"), list(zip(LAYERS.values(), list_measured(), strict=True)), ids=LAYERS
)
def test_ten_layers_become_what_eleven_runtimes_make_of_them(layer: str, cells: list[str]) -> None:
    assert ask(layer) == cells


def test_the_page_has_the_converters() -> None:
    rows = [
        f"| `{name}` | {one.takes} | {one.source.removeprefix('measured with ')} |"
        for name in CONVERTERS.names
        for one in [CONVERTERS.take(name)]
    ]
    assert "\n".join(rows) in PAGE.read_text(encoding="utf-8")


def test_letters_and_reversed_taps_are_said() -> None:
    done = deconv("shape --in N -k 4 -s 2 -p 1 --targets keras,jax,onnx2tf --format json")
    rows = {row["target"]: row for row in json.loads(done.out)["targets"]}
    assert {row["fate"] for row in rows.values()} == {"same"}
    assert [name for name, row in rows.items() if row["reversed_taps"]] == ["jax"]


def test_what_rests_on_documents_is_said() -> None:
    done = deconv("shape --in 5 -k 4 -s 2 -p 1 --targets tensorrt,pnnx,cudnn,onnx@opencv")
    assert "from documents only, not measured: tensorrt, cudnn\n" in done.out
    assert "not measured" not in deconv("shape --in 5 -k 4 --targets pnnx,keras").out


@pytest.mark.parametrize("flags", ["--macs", "--expect 10", "-D torch,keras"])
def test_targets_stand_alone(flags: str) -> None:
    done = deconv(f"shape --in 5 -k 4 -s 2 --targets all {flags}")
    assert (done.code, "has no effect with" in done.err) == (2, True)


def test_a_config_and_the_command_take_the_same_targets(tmp_path: Path) -> None:
    text = (
        "{dialect: onnx, TARGETS networks: {up: {input: {channels: 8, size: 5}, layers: ["
        "{op: conv_transpose, out_channels: 8, kernel: 3, stride: 2, output_size: [10]}]}}}"
    )
    file = tmp_path / "net.yaml"
    file.write_text(text.replace("TARGETS", "targets: [tract, onnx2torch],"), encoding="utf-8")
    found = deconv(f"check {file} --isolated --select DCV204 --format json")
    file.write_text(text.replace("TARGETS", ""), encoding="utf-8")
    given = deconv(
        f"check {file} --isolated --select DCV204 --format json --target tract,onnx2torch"
    )
    messages = [
        [finding["message"] for finding in json.loads(done.out)["files"][0]["findings"]]
        for done in (found, given)
    ]
    assert messages[0] == messages[1]
    assert "the same size, shifted by 1 to the end" in messages[0][0]
    assert "onnx2torch gives 11, and onnx 10" in messages[0][-1]
    wrong = deconv(f"check {file} --isolated --target onnx2tff")
    assert "did you mean 'onnx2tf'?" in wrong.err


def test_the_page_has_this_table() -> None:
    rows = [
        [
            name,
            *[
                "**" + cell + "**" if cell[0].isdigit() and place else cell
                for place, cell in enumerate(cells)
            ],
        ]
        for name, cells in zip(LAYERS, list_measured(), strict=True)
    ]
    head = ["layer", *COLUMNS]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8"), "\n".join(lines)
