"""`deconv weights`: the file, the report, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pytest

import deconvcli
from deconvcli.cli.commands import COMMANDS
from deconvcli.compute.initial_weights import DTYPES, KINDS
from tests.cli.commandline import deconv, refused

CALL = "nn.ConvTranspose2d(21, 21, 4, 2, 1)"


def test_the_file_has_the_array_of_python(tmp_path: Path) -> None:
    file = tmp_path / "w.npy"
    done = deconv(f"weights bilinear -o {file}", CALL)
    assert (done.code, done.err) == (0, "")
    expected = deconvcli.weights(deconvcli.paste(CALL, (1, 21, 5, 5)), "bilinear")
    np.testing.assert_array_equal(np.load(file), expected)
    assert "interior equals bilinear interpolation by 2 with half-pixel centers" in done.out
    assert 'w = np.einsum("io,a,b->ioab", np.eye(21), t0, t0).astype("float32")' in done.out
    names: dict[str, np.ndarray] = {}
    exec("\n".join(line.strip() for line in done.out.splitlines()[-3:]), names)
    np.testing.assert_array_equal(names["w"], expected)

    refused(deconv(f"weights ones -o {file}", CALL), "already exists", "--force")
    np.testing.assert_array_equal(np.load(file), expected)
    assert deconv(f"weights ones -o {file} --force --dtype float16", CALL).code == 0
    assert np.load(file).dtype == np.float16
    assert [path.name for path in tmp_path.iterdir()] == ["w.npy"]


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("nn.ConvTranspose1d(3, 3, 4, 2, 1)", [3, 3, 4]),
        ("nn.ConvTranspose3d(3, 3, 4, 2, 1, groups=3)", [3, 1, 4, 4, 4]),
        ("Conv2DTranspose(3, 4, 2, 'same')", [4, 4, 3, 1]),
        ("nn.ConvTranspose2d(3, 3, 4, 2, 1)(torch.zeros(1, 3, 5, 5))", [3, 3, 4, 4]),
        ("nn.LazyConvTranspose2d(3, 4, 2, 1)", [1, 3, 4, 4]),
    ],
)
def test_a_pasted_call_needs_no_input(call: str, shape: list[int]) -> None:
    done = deconv("weights bilinear --format json", call)
    data = json.loads(done.out)
    assert (done.code, data["schema"], data["shape"]) == (0, "deconv.weights/1", shape)
    assert data["interpolates"] is True
    assert all(axis["sums"] == [1, 1] and axis["edges"] == [1, 1] for axis in data["axes"])
    assert "interior equals" in data["sentences"][0]


def test_channels_that_are_not_given_are_named() -> None:
    done = deconv("weights bilinear", "Conv2DTranspose(3, 4, 2, 'same')")
    assert "assumed   1 for --in-channels" in done.out
    assert "assumed" not in deconv("weights bilinear", CALL).out


def test_the_words_are_those_of_python() -> None:
    typed = {param.name: param.type for param in COMMANDS.take("weights").params}
    kind, dtype = typed["kind"], typed["dtype"]
    assert isinstance(kind, click.Choice)
    assert isinstance(dtype, click.Choice)
    assert (set(kind.choices), set(dtype.choices)) == (set(KINDS), set(DTYPES))


def test_options_are_a_layer_as_well() -> None:
    done = deconv(
        "weights nearest --in 8x8 -k 2 -s 2 --in-channels 4 --out-channels 4 -p valid -D jax -q"
    )
    assert (done.code, done.out) == (0, "2x2x4x4\n")


@pytest.mark.parametrize(
    ("line", "call", "parts"),
    [
        ("weights", CALL, ["not known", "bilinear, nearest, ones"]),
        ("weights bilnear", CALL, ["did you mean 'bilinear'"]),
        ("weights ones", "nn.ConvTranspose2d(C, 2, 4)", ["C", "--set"]),
        ("weights ones", "nn.Conv2d(1, 2, 4)", ["forward convolution"]),
        ("weights ones -k 4", "", ["input size is not known"]),
        ("weights ones -D torch,onnx", CALL, ["torch, onnx", "takes one dialect"]),
        ("weights ones --normalize", "nn.ConvTranspose1d(1, 1, 2, 3)", ["1 of every 3 outputs"]),
    ],
)
def test_what_is_no_layer_is_refused(
    line: str, call: str, parts: list[str], tmp_path: Path
) -> None:
    words = [call] if call else []
    refused(deconv(f"{line} -o {tmp_path / 'w.npy'}", *words), *parts)
    assert list(tmp_path.iterdir()) == []
