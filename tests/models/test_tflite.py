"""Files of TensorFlow Lite: sizes, transposed convolutions, and what is no such file."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv
from tests.models.flatbuffers import Number, write_file

TRANSPOSE_CONV, RELU, CUSTOM = 67, 19, 32
SAME, VALID = 0, 1
INT32 = 2


def tensor(name: str, sizes: Sequence[int], buffer: int = 0, kind: int = 0) -> dict[int, Any]:
    stored = [1 if size < 0 else size for size in sizes]
    found = {0: stored, 1: Number(kind, "b"), 2: Number(buffer, "I"), 3: name}
    return found | ({7: list(sizes)} if min(sizes) < 0 else {})


def model(
    *,
    asked: Sequence[int] = (1, 10, 14, 3),
    output: Sequence[int] = (1, 10, 14, 3),
    given: Sequence[int] = (1, 5, 7, 8),
    mode: int = SAME,
    custom: bytes | None = None,
) -> bytes:
    """Return a file with a transposed convolution of kernel 4 and stride 2, and a ReLU."""
    tensors = [
        tensor("size", [4], 1, INT32),
        tensor("weights", [3, 4, 4, 8]),
        tensor("x", given),
        tensor("up", output),
        tensor("act", output),
    ]
    options = {0: Number(mode, "b"), 1: Number(2), 2: Number(2)}
    if custom is None:
        codes: list[dict[int, Any]] = [{0: Number(TRANSPOSE_CONV, "b")}]
        up = {1: [0, 1, 2], 2: [3], 3: Number(49, "B"), 4: options}
    else:
        codes = [{1: "Convolution2DTransposeBias", 3: Number(CUSTOM)}]
        up = {1: [2, 1], 2: [3], 5: custom}
    codes.append({3: Number(RELU)})
    act = {0: Number(1, "I"), 1: [3], 2: [4]}
    graph = {0: tensors, 1: [2], 2: [4], 3: [{0: Number(0, "I"), **up}, act], 4: "main"}
    values = struct.pack("<4i", *asked)
    root = {0: Number(3, "I"), 1: codes, 2: [graph], 3: "made by hand", 4: [{}, {0: values}]}
    return write_file(root, b"TFL3")


def save(folder: Path, data: bytes) -> str:
    path = folder / "net.tflite"
    path.write_bytes(data)
    return str(path)


def test_stored_sizes_are_shown(tmp_path: Path) -> None:
    path = save(tmp_path, model())
    read = read_model(path, {})
    assert read.tensors["up"] == read.tensors["act"] == (1, 10, 14, 3)
    assert [layer.kind for layer in read.layers] == ["TRANSPOSE_CONV", "RELU"]
    [reading] = [layer.reading for layer in read.layers if layer.reading]
    assert reading.crop == ((1, 1), (1, 1))
    done = deconv(f"check {path} --table --format json")
    assert json.loads(done.out)["files"][0]["tensors"]["x"] == [1, 5, 7, 8]


def test_open_sizes_are_not_the_ones_that_stand_for_them(tmp_path: Path) -> None:
    read = read_model(save(tmp_path, model(given=[-1, -1, 7, 8], output=[-1, -1, 14, 3])), {})
    assert read.tensors["up"] == (None, None, 14, 3)
    [reading] = [layer.reading for layer in read.layers if layer.reading]
    assert reading.output_sizes == (64, 14)


def test_the_size_that_is_asked_for_is_compared(tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, model(output=[1, 9, 14, 3]))}")
    assert done.code == 1
    assert "up: the file stores 1x9x14x3, and the layer is asked for 1x10x14x3" in done.out


def test_sizes_that_no_layer_has_are_refused(tmp_path: Path) -> None:
    sizes = (1, 13, 16, 3)
    valid = (1, 13, 17, 3)
    done = deconv(f"check {save(tmp_path, model(asked=valid, output=valid, mode=VALID))}")
    assert done.code == 0
    done = deconv(f"check {save(tmp_path, model(asked=sizes, output=sizes))}")
    assert done.code == 1
    assert "up: " in done.out
    assert "maps it back" in done.out


@pytest.mark.parametrize(("code", "crop"), [(1, ((1, 1), (1, 1))), (2, ((0, 0), (0, 0)))])
def test_the_operator_of_mediapipe_is_read(
    code: int, crop: tuple[tuple[int, int], ...], tmp_path: Path
) -> None:
    output = [1, 10, 14, 3] if code == 1 else [1, 12, 16, 3]
    data = model(custom=struct.pack("<3i", code, 2, 2), output=output)
    layer = read_model(save(tmp_path, data), {}).layers[0]
    assert layer.kind == "Convolution2DTransposeBias"
    assert layer.reading is not None
    assert layer.reading.crop == crop


def test_sizes_are_read_and_not_computed(tmp_path: Path) -> None:
    path = save(tmp_path, model())
    assert deconv(f"check {path} --size x=1x5x7x8").code == 0
    done = deconv(f"check {path} --size x=1x6x7x8")
    assert done.code == 2
    assert "the file stores 1x5x7x8, and sizes of TensorFlow Lite are read" in done.err


@pytest.mark.parametrize("data", [b"", b"1234TFL3", b"\xff" * 100, b"\xff\xff\xff\x7fTFL3"])
def test_what_is_no_such_file_is_one_clear_line(data: bytes, tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, data)}")
    assert done.code == 1
    assert "the file " in done.out


def test_damaged_files_give_declared_errors_only(tmp_path: Path) -> None:
    whole = model()
    dice = random.Random(4)
    read = 0
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(8, len(data))] = dice.choice((0, 1, 2, 127, 255))
        cut = dice.choice((len(data), dice.randrange(8, len(data))))
        try:
            read_model(save(tmp_path, bytes(data[:cut])), {})
        except DeconvError:
            continue
        read += 1
    assert 0 < read < 3000
