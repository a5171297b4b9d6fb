"""deconv convert of a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commandline import deconv

GOOD = "tests/examples/good"


def test_the_table_has_every_layer_with_its_proof() -> None:
    done = deconv(f"convert {GOOD}/dcgan_keras.yaml --to torch")
    assert done.code == 0
    assert "network  generator, keras; 256x7x7 to 1x28x28" in done.out
    [row] = [line for line in done.out.splitlines() if line.startswith("conv_transpose2")]
    assert "nn.ConvTranspose2d(64, 1, 5, stride=2, padding=1)" in row
    assert "after: y[..., :-1, :-1]" in row
    assert "784 values equal" in row


def test_json_has_the_layers() -> None:
    done = deconv(f"convert {GOOD}/dcgan_keras.yaml --to torch --format json")
    data = json.loads(done.out)
    assert (data["schema"], data["network"], data["from"]) == (
        "deconv.convert.network/1",
        "generator",
        "keras",
    )
    assert [layer["shape"] for layer in data["layers"]] == [[128, 7, 7], [64, 14, 14], [1, 28, 28]]
    assert {layer["values"] for layer in data["layers"]} == {"equal"}


def test_one_of_several_networks_is_named_after_a_colon() -> None:
    done = deconv(f"convert {GOOD}/unet_padded.yaml --to keras -q")
    assert (done.code, "has 2 networks" in done.err) == (2, True)
    done = deconv(f"convert {GOOD}/unet_padded.yaml:unet_512x512 --to keras --format yaml")
    assert done.out.splitlines()[:4] == [
        "# The network unet_512x512, from torch to keras.",
        "dialect: keras",
        "networks:",
        "  unet_512x512:",
    ]


def test_many_targets_are_counted() -> None:
    done = deconv(f"convert {GOOD}/sam_mask_decoder.yaml --to all")
    assert done.code == 0
    assert "keras       2 of 2" in done.out


def test_a_missing_layer_is_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        "networks: {net: {input: {channels: 4, size: 8x8}, layers: [nn.MaxUnpool2d(2), relu]}}",
        encoding="utf-8",
    )
    done = deconv(f"convert {file} --to keras")
    assert done.code == 1
    assert "1 layer of 2 cannot be expressed in keras" in done.out
    done = deconv(f"convert {file} --to keras --format yaml")
    assert done.code == 1
    assert "# max_unpool1 is missing: it takes the places" in done.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--to keras -s 2", "-s/--stride has no effect on a whole network"),
        ("--to keras --dialect torch", "--dialect has no effect on a whole network"),
        ("--to keras,torch --format python", "--to names 2 frameworks"),
        ("--to keras --in 8x8x8", "--in has 3 sizes, the network 2 axes"),
    ],
)
def test_options_without_effect_are_refused(options: str, message: str) -> None:
    done = deconv(f"convert {GOOD}/pose_head.yaml {options}")
    assert (done.code, message in done.err) == (2, True)


def test_no_program_of_a_framework_is_a_reason() -> None:
    done = deconv(f"convert {GOOD}/pose_head.yaml --to mxnet --format python")
    assert done.code == 2
    assert "deconv writes no network as a program of mxnet" in done.err


def test_a_layer_is_no_config() -> None:
    done = deconv("convert -k 3 --in 5 --to keras --format yaml")
    assert (done.code, "a single layer is no config" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["net.keras", "net.tflite", "net.xml", "net.py"])
def test_a_model_of_another_format_is_no_config(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"\x08\xff\x00")
    done = deconv(f"convert --to keras {file}")
    assert (done.code, done.out) == (2, "")
    assert f"{name}: the layers of such a file are not written as a config" in done.err
    assert "export the model as ONNX" in done.err


def test_a_model_that_does_not_exist_is_no_layer() -> None:
    done = deconv("convert no/net.onnx --to keras")
    assert (done.code, "no/net.onnx: the file cannot be read: No such" in done.err) == (2, True)
