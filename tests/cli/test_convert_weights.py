"""`deconv convert --weights`: files of weights and bias in, files for the other framework out."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

import deconvcli
from tests.cli.commandline import Done, deconv, process, refused, saved

CALL = "nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)"
WEIGHT = np.random.default_rng(0).standard_normal((8, 4, 3, 3)).astype(np.float32)
BIAS = np.arange(4, dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, in which people have weights."""
    monkeypatch.chdir(tmp_path)
    np.save("w.npy", WEIGHT)
    np.save("b.npy", BIAS)
    np.savez("layer.npz", weight=WEIGHT, bias=BIAS)
    half = WEIGHT.astype(ml_dtypes.bfloat16)
    other: dict[str, NDArray[Any]] = {"up2.weight": -WEIGHT, "up2.bias": BIAS, "norm.weight": BIAS}
    save_file({"up1.weight": half, "up1.bias": BIAS, **other}, "model.safetensors")
    return tmp_path


def convert(options: str, call: str = CALL, to: str = "keras") -> Done:
    return deconv(f"convert --in 10x10 --to {to} {options}", call)


def expected(to: str = "keras") -> NDArray[Any]:
    found: NDArray[Any] = deconvcli.convert(deconvcli.paste(CALL, (1, 8, 10, 10)), to).weights(
        WEIGHT
    )
    return found


@pytest.mark.parametrize("to", ["keras", "jax", "onnx", "torch"])
def test_weights_are_those_of_python(folder: Path, to: str) -> None:
    done = convert("--weights w.npy --out-weights out.npy", to=to)
    assert (done.code, done.err) == (0, "")
    array = np.load("out.npy")
    np.testing.assert_array_equal(array, expected(to), strict=True)
    assert done.out.endswith(f"\nwrote    out.npy {'x'.join(map(str, array.shape))} float32\n")
    assert "proof    1,600 values equal" in done.out


def test_weights_and_bias_go_into_one_file(folder: Path) -> None:
    done = convert("--weights layer.npz --bias layer.npz --out-weights out.safetensors")
    assert done.out.splitlines()[-2:] == [
        "wrote    out.safetensors:weight 3x3x4x8 float32",
        "         out.safetensors:bias 4 float32",
    ]
    arrays = load_file("out.safetensors")
    np.testing.assert_array_equal(arrays["weight"], expected(), strict=True)
    np.testing.assert_array_equal(arrays["bias"], BIAS, strict=True)


def test_arrays_in_a_file_of_a_model_have_names(folder: Path) -> None:
    done = convert(
        "--weights model.safetensors:up1.weight --bias model.safetensors:up1.bias"
        " --out-weights out.safetensors:kernel --out-bias ./out.safetensors:b --format json"
    )
    data = json.loads(done.out)
    assert data["weights"]["file"] == {
        "path": "out.safetensors",
        "name": "kernel",
        "shape": [3, 3, 4, 8],
        "dtype": "bfloat16",
    }
    assert data["bias"]["file"] | {"shape": [4], "name": "b"} == data["bias"]["file"]
    half = WEIGHT.astype(ml_dtypes.bfloat16)
    arrays = load_file("out.safetensors")
    np.testing.assert_array_equal(arrays["kernel"], half.transpose(2, 3, 1, 0), strict=True)

    done = convert("--weights model.safetensors --out-weights other.safetensors")
    refused(done, "2 of its 5 arrays can be the weights of the shape 8x4x3x3", "up2.weight 8x4x3x3")
    assert "norm.weight" not in done.err
    assert not Path("other.safetensors").exists()


def test_without_files_the_report_has_none(folder: Path) -> None:
    data = json.loads(convert("--format json").out)
    assert (data["weights"]["file"], data["bias"]) == (None, {"file": None})


def test_integers_and_wide_numbers_keep_their_type(folder: Path) -> None:
    for dtype in ("int8", ">i4", "float64"):
        file = saved(folder / "typed.npy", (100 * WEIGHT).astype(dtype))
        done = convert(f"--weights {file} --out-weights out.npy --force", to="jax")
        native = np.dtype(dtype).newbyteorder("=")
        assert done.out.endswith(f"out.npy 3x3x8x4 {native}\n")
        np.testing.assert_array_equal(np.load("out.npy"), (100 * WEIGHT).astype(native).transpose(
            2, 3, 0, 1)[::-1, ::-1], strict=True)  # fmt: skip


@pytest.mark.parametrize(
    ("call", "options", "source"),
    [
        ("Conv2DTranspose(4, 3, 2)", "", "3x3x4x8"),
        ("F.conv_transpose2d(x, w, stride=2)", "", "8x4x3x3"),
        ("nn.ConvTranspose2d(nf, 4, 3, 2)", "", "8x4x3x3"),
        ("", "-s 2 -D torch", "8x4x3x3"),
    ],
)
def test_numbers_that_nobody_gave_are_those_of_the_weights(
    folder: Path, call: str, options: str, source: str
) -> None:
    weight = WEIGHT if source.startswith("8") else WEIGHT.transpose(2, 3, 1, 0)
    np.savez("given.npz", kernel=weight, bias=BIAS)
    line = f"convert --in 10x10 --to onnx --weights given.npz --out-weights out.npy {options}"
    done = deconv(line, *([call] if call else []))
    assert (done.code, done.err) == (0, "")
    np.testing.assert_array_equal(np.load("out.npy"), WEIGHT, strict=True)


def test_layers_side_by_side_have_an_axis_of_their_own(folder: Path) -> None:
    call = "nn.ConvTranspose2d(8, 8, 3, 2, groups=2)"
    done = convert("--weights w.npy --out-weights out.npy", call)
    assert "out.npy 2x3x3x4x4 float32; the first axis counts the 2 layers" in done.out
    first = np.load("out.npy")[0]
    np.testing.assert_array_equal(first, WEIGHT[:4].transpose(2, 3, 1, 0), strict=True)


@pytest.mark.parametrize("way", ["zeros", "subpixel"])
def test_other_operations_have_weights_too(folder: Path, way: str) -> None:
    files = "--weights layer.npz --bias layer.npz --out-weights out.npz"
    line = f"--without transposed --way {way} {files}"
    data = json.loads(convert(f"{line} --format json").out)
    arrays, names = np.load("out.npz"), {"np": np, "w": WEIGHT}
    exec(data["weights"]["code"], names)
    np.testing.assert_array_equal(arrays["weight"], names["w"], strict=True)
    np.testing.assert_array_equal(arrays["bias"], BIAS, strict=True)
    assert data["weights"]["file"]["shape"] == data["weights"]["shape"]
    assert data["bias"]["file"]["name"] == "bias"
    shape = "x".join(map(str, arrays["weight"].shape))
    written = f"wrote    out.npz:weight {shape} float32\n         out.npz:bias 4 float32\n"
    assert written in convert(f"{line} --force").out


def test_the_shape_of_another_layout_is_recognized(folder: Path) -> None:
    saved(folder / "keras.npy", expected())
    done = convert("--weights keras.npy --out-weights out.npy")
    refused(done, "keras.npy is 3x3x4x8, and the layer's weights 8x4x3x3", "layout of keras")
    line = done.err.partition("to torch: ")[2].strip().removesuffix(".")
    names: dict[str, Any] = {"w": expected()}
    exec(line, names)
    np.testing.assert_array_equal(names["w"], WEIGHT)

    done = convert("--weights w.npy --out-weights out.npy", "nn.ConvTranspose2d(8, 4, 5, 2)")
    refused(done, "w.npy is 8x4x3x3, and the layer's weights 8x4x5x5", "in torch's layout")

    line = "--weights w.npy --out-weights out.npy"
    done = convert(line, "Conv2DTranspose(4, 3, 2)", to="torch")
    refused(done, "the layer's weights 3x3x4x(in_channels)", "layout of torch; from there to keras")


@pytest.mark.parametrize(
    ("name", "beside", "words"),
    [
        ("weight_v", "weight_g", "weight norm computes them of it and 'up.weight_g'"),
        ("weight_orig", "weight_mask", "pruning computes them of it and 'up.weight_mask'"),
        ("weight_orig", "weight_u", "spectral norm computes them of it and 'up.weight_u'"),
        (
            "parametrizations.weight.original1",
            "parametrizations.weight.original0",
            "weight norm computes them",
        ),
        (
            "parametrizations.weight.original",
            "parametrizations.weight.0._u",
            "a parametrization computes them",
        ),
    ],
)
def test_arrays_that_are_not_yet_the_weights_are_refused(
    folder: Path, name: str, beside: str, words: str
) -> None:
    arrays: dict[str, Any] = {f"up.{name}": WEIGHT, f"up.{beside}": BIAS, f"plain_{name}": BIAS}
    np.savez("model.npz", **arrays)
    for chosen in ("model.npz", f"model.npz:up.{name}"):
        done = convert(f"--weights {chosen} --out-weights out.npy")
        refused(done, f"'up.{name}' is not the layer's weights", words, "before the model is saved")
    arrays[f"up_{name}"] = arrays.pop(f"up.{name}")
    np.savez("model.npz", **arrays)
    assert convert("--weights model.npz --out-weights out.npy").code == 0


def test_a_shape_of_no_layout_is_refused_alone(folder: Path) -> None:
    shapes: list[tuple[int, ...]] = [
        (),
        (4,),
        (8, 4, 3),
        (8, 4, 3, 3, 3),
        (8, 5, 3, 3),
        (3, 3, 3, 4, 8),
    ]
    for call in (CALL, "Conv2DTranspose(4, 3, 2)", "nn.ConvTranspose2d(8, 8, 3, groups=2)"):
        for shape in shapes:
            file = saved(folder / "given.npy", np.zeros(shape))
            done = convert(f"--weights {file} --out-weights out.npy", call)
            refused(done, "given.npy is ", "'s layout.")
            assert "that is the shape" not in done.err


REFUSED = {
    "--weights w.npy": "--weights was given without --out-weights",
    "--out-weights out.npy": "--out-weights was given without --weights",
    "--bias b.npy": "--bias was given without --weights",
    "--out-bias out.npy": "--out-bias was given without --weights",
    "--weights w.npy --out-weights out.npy --out-bias ob.npy": "--out-bias was given without",
    "--weights w.npy --out-weights out.npy --bias b.npy": "and out.npy holds one array",
    "--weights w.npy --out-weights out.npy --bias b.npy --out-bias ./out.npy": "both go to out.npy",
    "--weights w.npy --bias b.npy --out-weights out.npz:w --out-bias out.npz:w": "both go to",
    "--weights w.npy --out-weights out.npy -o ./out.npy": "go to one file",
    "--weights w.npy --out-weights out.npy --to onnx": "--to names 2",
    "--weights w.npy --out-weights out.npy --format python": "build() takes the weights",
    "--weights w.npy --out-weights out.txt": "in .npy, .npz and .safetensors files",
    "--weights w.npy --out-weights -": "-: arrays are read and written in",
    "--weights w.npy:w --out-weights out.npy": "has one array, without a name",
    "--weights layer.npz:w --out-weights out.npy": "has no array 'w'",
    "--weights none.npy --out-weights out.npy": "No such file",
    "--weights . --out-weights out.npy": "in .npy, .npz and .safetensors files",
    "--weights model.safetensors:up1.weight --out-weights out.npz": "cannot hold bfloat16",
    "--weights w.npy --bias w.npy --out-weights out.npz": "the layer's bias 4",
    "--weights w.npy --out-weights b.npy": "b.npy: already exists",
    "--weights w.npy --out-weights out.npy --bias b.npy --out-bias layer.npz": "already exists",
    "--weights w.npy --out-weights absent/out.npy": "cannot be written",
    "--weights w.npy --out-weights out.npy -o w.npy": "w.npy: already exists",
}


@pytest.mark.parametrize("options", REFUSED)
def test_what_is_refused_leaves_nothing(folder: Path, options: str) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    refused(convert(options), REFUSED[options])
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["object", "complex", "string", "bool", "truncated", "empty"])
def test_a_file_of_other_things_leaves_nothing(folder: Path, name: str) -> None:
    arrays: dict[str, Any] = {
        "object": np.array([{}], object),
        "complex": WEIGHT.astype("c8"),
        "string": np.full(WEIGHT.shape, "a"),
        "bool": WEIGHT > 0,
    }
    np.save("bad.npy", arrays.get(name, WEIGHT), allow_pickle=True)
    if name in ("truncated", "empty"):
        content = Path("bad.npy").read_bytes()
        Path("bad.npy").write_bytes(content[:-4] if name == "truncated" else b"")
    refused(convert("--weights bad.npy --out-weights out.npy"), "bad.npy: ")
    assert not Path("out.npy").exists()


def test_a_layer_without_a_bias_takes_none(folder: Path) -> None:
    done = convert(
        "--weights w.npy --bias b.npy --out-weights out.npz",
        "nn.ConvTranspose2d(8, 4, 3, 2, bias=False)",
    )
    refused(done, "--bias was given, and the layer has no bias")
    assert not Path("out.npz").exists()


def test_a_layer_that_cannot_be_said_is_reported_and_nothing_is_written(folder: Path) -> None:
    done = deconv("convert --batch 0 --in 10x10 --to onnx@reference --weights w.npy "
                  "--out-weights out.npy", CALL)  # fmt: skip
    assert (done.code, done.err) == (1, "")
    assert "wrote" not in done.out
    assert not Path("out.npy").exists()


def test_an_existing_file_is_replaced_with_force_alone(folder: Path) -> None:
    Path("out.npy").write_bytes(b"old")
    refused(convert("--weights w.npy --out-weights out.npy"), "already exists", "--force")
    assert convert("--weights w.npy --out-weights out.npy --force").code == 0
    np.testing.assert_array_equal(np.load("out.npy"), expected(), strict=True)
    # The file that is read may be replaced too.
    assert convert("--weights out.npy --out-weights out.npy --force", "Conv2DTranspose(4, 3, 2)",
                   to="torch").code == 0  # fmt: skip
    np.testing.assert_array_equal(np.load("out.npy"), WEIGHT, strict=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for a closed pipe")
def test_a_reader_that_has_gone_leaves_whole_files_alone(folder: Path) -> None:
    before = {file.name for file in folder.iterdir()}
    reader, writer = os.pipe()
    os.close(reader)
    line = f"convert --in 10x10 --to keras --weights {folder}/w.npy --out-weights {folder}/out.npy"
    done = process(line, CALL, stdout=writer)
    os.close(writer)
    assert done.returncode == -signal.SIGPIPE
    assert {file.name for file in folder.iterdir()} == before | {"out.npy"}
    np.testing.assert_array_equal(np.load("out.npy"), expected(), strict=True)
