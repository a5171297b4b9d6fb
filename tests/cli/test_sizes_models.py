"""`deconv sizes` of model files: the sizes that work for the open axes of their inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commandline import deconv, refused
from tests.models.archives import program
from tests.models.archives import write as write_program
from tests.models.onnx_files import graph, model, node, weights, write

PAPER = Path(__file__).parent.parent / "examples" / "good" / "unet_paper.yaml"


def write_net(path: Path, *sizes: int | str, output_padding: int = 1) -> str:
    """Write a network of one skip over a stride of 2, and return its path."""
    pads: dict[str, Any] = {"strides": [2, 2], "pads": [1] * 4}
    nodes = [
        node("Conv", "x w", "a", **pads),
        node("ConvTranspose", "a w", "b", output_padding=[output_padding] * 2, **pads),
        node("Add", "x b", "y"),
    ]
    return write(path, model(graph(nodes, {"x": sizes}, ["y"], {"w": weights(3, 3, 3, 3)})))


@pytest.fixture
def net(tmp_path: Path) -> str:
    return write_net(tmp_path / "net.onnx", "batch", 3, "h", "w")


def read(*command: str) -> Any:
    return json.loads(deconv("sizes --format json", *command).out)["networks"]


def test_each_open_axis_has_a_rule(net: str) -> None:
    [found] = read(net)
    assert [(axis["input"], axis["axis"], axis["rule"]) for axis in found["axes"]] == [
        ("x", "0", "every batch"),
        ("x", "2", "h = 2m, h >= 2; also h = 1"),
        ("x", "3", "w = 2m, w >= 2; also w = 1"),
    ]
    assert found["axes"][1]["progressions"] == [
        {"first": 1, "step": 1, "last": 1},
        {"first": 2, "step": 2, "last": None},
    ]
    assert {axis["without_rest"] for axis in found["axes"]} == {None}
    done = deconv("sizes", net)
    assert (done.code, done.out.splitlines()[1].split()[:3]) == (0, ["input", "axis", "works"])


def test_the_keys_are_those_of_configs(net: str) -> None:
    config, found = read(str(PAPER), net)
    assert list(found) == list(config)
    assert list(found["axes"][0]) == list(config["axes"][0])


def test_the_sizes_next_to_yours(net: str) -> None:
    [found] = read(net, "--at", "9x10")
    _, height, width = found["axes"]
    assert [height[key] for key in ("yours", "works", "smaller", "larger", "pad")] == [
        9, False, 8, 10, 1,
    ]  # fmt: skip
    assert (width["yours"], width["works"], width["pad"]) == (10, True, 0)
    assert [axis["yours"] for axis in read(net, "--at", "7")[0]["axes"]] == ["batch", 7, 7]
    refused(deconv("sizes", net, "--at", "1x2x3"), "2 open axes after the batch: axis 2 of x")


def test_sizes_that_are_numbers_are_opened_by_letters(tmp_path: Path) -> None:
    path = write_net(tmp_path / "net.onnx", 1, 3, 8, 8)
    refused(deconv("sizes", path), "all sizes of its inputs are numbers", "--size NAME=1x3xHxW")
    [found] = read(path, "--size", "x=1x3xHx8")
    assert [axis["rule"] for axis in found["axes"]] == ["H = 2m, H >= 2; also H = 1"]


def test_no_size_works(tmp_path: Path) -> None:
    nodes = [node("Add", "x k", "y")]
    data = model(graph(nodes, {"x": (1, 3, "h")}, ["y"], {"k": weights(1, 2, 1)}))
    done = deconv("sizes", write(tmp_path / "net.onnx", data))
    assert done.code == 1
    assert "net.onnx works for no input size: " in done.out
    assert "no h" in done.out


def test_what_is_not_known_is_a_note(tmp_path: Path) -> None:
    nodes = [node("Mystery", "x", "a"), node("Conv", "a w", "y")]
    data = model(graph(nodes, {"x": (1, 3, "h", 8)}, ["y"], {"w": weights(3, 3, 3, 3)}))
    path = write(tmp_path / "net.onnx", data)
    [found] = read(path)
    [note] = found["notes"]
    assert note.endswith(
        "net.onnx: h, axis 2 of x: this holds as far as the sizes in the model are known"
    )
    assert note in deconv("sizes", path).out


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"garbage")
    done = deconv("sizes", str(tmp_path / "net.onnx"))
    refused(done)
    assert done.err.count("net.onnx") == 1
    (tmp_path / "net.onnx").unlink()
    (tmp_path / "net.onnx").symlink_to(tmp_path / "absent")
    (tmp_path / "net.yaml").write_text(PAPER.read_text(encoding="utf-8"), encoding="utf-8")
    assert len(read(str(tmp_path))) == 1


def test_other_formats_say_where_sizes_are_found(tmp_path: Path) -> None:
    path = str(write_program(tmp_path / "net.pt2", program()))
    refused(
        deconv("sizes", path),
        "are found for models of ONNX, ncnn and Caffe, and this one is read as pt2",
    )


def test_a_folder_has_models_and_configs(net: str, tmp_path: Path) -> None:
    write_program(tmp_path / "net.pt2", program())
    write_net(tmp_path / "fixed.onnx", 1, 3, 8, 8)
    (tmp_path / "net.yaml").write_text(PAPER.read_text(encoding="utf-8"), encoding="utf-8")
    files = [Path(found["file"]).name for found in read(str(tmp_path))]
    assert files == ["net.yaml", "net.onnx"]
    assert [Path(one["file"]).name for one in read(str(tmp_path), "--network", "unet")] == [
        "net.yaml"
    ]


def test_the_reader_can_be_named(net: str, tmp_path: Path) -> None:
    Path(net).rename(tmp_path / "net.bin")
    [found] = read(str(tmp_path / "net.bin"), "--reader", "onnx")
    assert len(found["axes"]) == 3


def test_sizes_of_inputs_are_of_models_alone() -> None:
    refused(deconv("sizes", str(PAPER), "--size", "1x3xHxW"), "--size is of model files")
