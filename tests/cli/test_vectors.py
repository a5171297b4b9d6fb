"""`deconv vectors`: files whose values every backend has to give exactly."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.cli.commands.vectors import DTYPES
from deconvcli.frameworks.vectors import write_check
from tests.cli.commandline import Done, deconv, refused

CALL = "nn.ConvTranspose2d(4, 6, 4, 2, 1, groups=2)"


def write(folder: Path, line: str, *arguments: str) -> dict[str, Any]:
    """Write vectors; return the manifest of the file, which is what is printed as JSON too."""
    done = deconv(f"vectors {line} --format json", *arguments, "-o", str(folder))
    assert done.code == 0, done.err
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    printed = json.loads(done.out)
    del printed["findings"]
    assert printed == manifest
    return manifest


def check(folder: Path, vector: dict[str, Any], reference: Path | None = None) -> Done:
    """Run the command that is printed for a vector, with another output if that is given."""
    words = shlex.split(write_check(str(folder), vector))
    if reference is not None:
        words[-1] = str(reference)
    return deconv("", *words[1:])


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("dialect", ["torch", "keras", "tensorflow", "jax", "onnx", "mlx"])
def test_every_vector_of_the_suite_agrees_with_its_printed_command(
    dialect: str, tmp_path: Path
) -> None:
    manifest = write(tmp_path, f"--suite edge -D {dialect}")
    names = [one["name"] for one in (*manifest["vectors"], *manifest["left_out"])]
    assert len(set(names)) == len(names) == 98
    assert all(left["reason"] for left in manifest["left_out"])
    for vector in manifest["vectors"]:
        done = check(tmp_path, vector)
        assert done.code == 0, (vector["name"], done.err)
        assert "largest error 0," in done.out, vector["name"]


def test_the_suite_has_every_sign_of_the_crops_in_every_rank(tmp_path: Path) -> None:
    manifest = write(tmp_path, "--suite edge -D jax")
    assert not manifest["left_out"]
    signs = {
        (len(vector["crop"]), *np.sign(pair))
        for vector in manifest["vectors"]
        for pair in vector["crop"]
    }
    assert len(signs) == 3 * 9


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_numbers_are_equal_in_every_type(dtype: str, tmp_path: Path) -> None:
    [vector] = write(tmp_path / "one", f"--in 4x5x6 --dtype {dtype}", CALL)["vectors"]
    write(tmp_path / "other", "--in 4x5x6", CALL)
    assert {"int8", "float16", "bfloat16", "float64"} <= set(vector["exact_in"])
    assert vector["largest_sum"] <= 127
    for name in "xwby":
        array = np.load(tmp_path / "one" / f"{name}.npy")
        assert array.dtype == dtype
        np.testing.assert_array_equal(array, np.load(tmp_path / "other" / f"{name}.npy"))
    assert check(tmp_path / "one", vector).code == 0


def test_a_layer_of_many_channels_is_still_exact_in_int8(tmp_path: Path) -> None:
    [vector] = write(tmp_path, "--in 256x6x6", "nn.ConvTranspose2d(256, 2, 5, 2)")["vectors"]
    x, w, b = (np.load(tmp_path / f"{name}.npy").astype(float) for name in "xwb")
    layer = deconvcli.paste(vector["call"], x.shape)
    sums = deconvcli.run(layer, abs(x), abs(w), abs(b))
    assert vector["largest_sum"] == sums.max() <= 127
    assert np.count_nonzero(w) == w.size
    assert np.count_nonzero(x) > x.size / 64


def test_the_manifest_describes_the_files(tmp_path: Path) -> None:
    [vector] = write(tmp_path, "--in 4x5x6", CALL)["vectors"]
    written = ("nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1, groups=2)", "torch", "layer")
    assert (vector["call"], vector["dialect"], vector["name"]) == written
    assert (vector["crop"], vector["flipped"]) == ([[1, 1], [1, 1]], False)
    assert vector["macs"] == 4 * 3 * 4 * 4 * 5 * 6
    layouts = {"input": "NCHW", "weight": "IOHW", "bias": "O", "output": "NCHW"}
    for tensor, layout in layouts.items():
        found = vector[tensor]
        file = tmp_path / found["file"]
        assert found["layout"] == layout
        assert found["shape"] == list(np.load(file).shape)
        assert found["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("line", "layouts"),
    [
        ("-D keras --in 5 -k 3", ("NWC", "WOI", "NWC")),
        ("-D jax --in 5x5 -k 3 -p same", ("NHWC", "HWIO", "NHWC")),
        ("-D mlx --in 5x5x5 -k 3", ("NDHWC", "ODHWI", "NDHWC")),
        ("-D openvino --in 5x5 -k 3 -g 2 --in-channels 4", ("NCHW", "GIOHW", "NCHW")),
    ],
)
def test_layouts_are_those_of_the_dialect(
    line: str, layouts: tuple[str, ...], tmp_path: Path
) -> None:
    [vector] = write(tmp_path, line)["vectors"]
    assert tuple(vector[name]["layout"] for name in ("input", "weight", "output")) == layouts
    for name, letters in zip(("input", "weight", "output"), layouts, strict=True):
        assert len(vector[name]["shape"]) == len(letters)


def test_a_layer_without_bias_has_no_file_of_it(tmp_path: Path) -> None:
    [vector] = write(tmp_path, "--in 3x5", "nn.ConvTranspose1d(3, 2, 3, bias=False)")["vectors"]
    assert vector["bias"] is None
    assert sorted(read_files(tmp_path)) == ["manifest.json", "w.npy", "x.npy", "y.npy"]
    assert check(tmp_path, vector).code == 0


def test_one_seed_gives_equal_bytes_and_another_other_numbers(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(tmp_path / name, f"--suite edge -D keras --seed {seed}")
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")
    one, other = (tmp_path / name / "kernel_per_axis" / "x.npy" for name in "ac")
    assert not np.array_equal(np.load(one), np.load(other))


@pytest.mark.parametrize(
    ("mistake", "named"),
    [
        ("flip", "after reversing the taps"),
        ("bias", "bias"),
        ("shift", "shift"),
    ],
)
def test_the_mistake_of_a_backend_is_named(mistake: str, named: str, tmp_path: Path) -> None:
    [vector] = write(tmp_path / "v", "--in 4x5x6", CALL)["vectors"]
    x, w, b, y = (np.load(tmp_path / "v" / f"{name}.npy") for name in "xwby")
    layer = deconvcli.paste(vector["call"], x.shape)
    wrong = {
        "flip": lambda: deconvcli.run(layer, x, w[..., ::-1, ::-1].copy(), b),
        "bias": lambda: deconvcli.run(layer, x, w),
        "shift": lambda: np.roll(y, 1, axis=-1),
    }[mistake]()
    np.save(tmp_path / "mine.npy", wrong)
    done = check(tmp_path / "v", vector, tmp_path / "mine.npy")
    assert done.code == 1
    assert named in done.out


def test_no_kernel_of_the_suite_equals_its_own_reverse(tmp_path: Path) -> None:
    for vector in write(tmp_path, "--suite edge -D jax")["vectors"]:
        w = np.load(tmp_path / vector["weight"]["file"])
        taps = tuple(range(len(vector["crop"])))  # jax has the kernel first
        if max(w.shape[axis] for axis in taps) > 1:
            assert not np.array_equal(w, np.flip(w, taps)), vector["name"]


def test_a_folder_with_files_needs_force(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    line = f"vectors --in 5 -k 3 -o {tmp_path}"
    refused(deconv(line), "is not empty", "--force")
    refused(deconv(f"vectors --in 5 -k 3 -o {tmp_path / 'note.txt'}"), "cannot become a folder")
    assert sorted(read_files(tmp_path)) == ["note.txt"]
    assert deconv(f"{line} --force").code == 0
    first = read_files(tmp_path)
    assert first["note.txt"] == b"mine"
    assert deconv(f"{line} --force --seed 3").code == 0
    assert read_files(tmp_path)["x.npy"] != first["x.npy"]


def test_a_set_that_breaks_off_has_no_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "--in 3x5", "nn.ConvTranspose1d(3, 2, 3)")
    (tmp_path / "y.npy").unlink()
    (tmp_path / "y.npy").mkdir()  # no file can take this name
    line = f"vectors --in 3x5 --force -o {tmp_path}"
    refused(deconv(line, "nn.ConvTranspose1d(3, 2, 3)"), "y.npy")
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--in 5 -k 3", ("no folder", "-o")),
        ("--in N -k 3 -o {}", ("N", "number")),
        ("-k 3 -o {}", ("--in",)),
        ("--suite edge -k 3 -o {}", ("--suite", "-k/--kernel")),
        ("--suite edge --in 5 -o {}", ("--suite", "--in")),
        ("--suite edges -o {}", ("edge",)),
        ("--in 5 -k 9 -p 9 -D torch -o {}", ("torch",)),
        ("--in 99999x99999 -k 3 --in-channels 99 --out-channels 9 -o {}", ("needs", "available")),
        ("--in 5 -k 3 --dtype bfloat16 -o {}", ("bfloat16",)),
    ],
)
def test_what_is_refused_leaves_nothing(line: str, words: tuple[str, ...], tmp_path: Path) -> None:
    refused(deconv(f"vectors {line.format(tmp_path / 'v')}"), *words)
    assert not list(tmp_path.iterdir())


def test_calls_that_are_not_read_have_no_command(tmp_path: Path) -> None:
    done = deconv(f"vectors --suite edge -D onednn -o {tmp_path}")
    assert done.code == 0
    assert "deconv cannot read calls of onednn" in done.out
    assert "deconv run" not in done.out


def test_quiet_prints_the_manifest(tmp_path: Path) -> None:
    done = deconv(f"vectors -q --in 5 -k 3 -o {tmp_path}")
    assert done == (0, f"{tmp_path / 'manifest.json'}\n", "")
