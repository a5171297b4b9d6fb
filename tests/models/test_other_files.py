"""Files that hold no graph which is read: what they are, and what to do, without opening them."""

from __future__ import annotations

import pickle
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.commandline import deconv

SUFFIXES = {
    "net.safetensors": ("tensors of safetensors", "deconv check model.py"),
    "net.gguf": ("tensors of llama.cpp", "deconv check model.py"),
    "net.msgpack": ("parameters of Flax", "deconv check model.py"),
    "net.onnx.data": ("those of an ONNX model", "check the .onnx file beside it"),
    "net.caffemodel": ("weights of a Caffe model", "the .prototxt file"),
    "net.pdiparams": ("those of PaddlePaddle", "paddle2onnx"),
    "net.pdmodel": ("a program of PaddlePaddle", "paddle2onnx"),
    "frozen.pb": ("a graph or a SavedModel of TensorFlow", "openvino.convert_model('FOLDER')"),
    "net.mlmodel": ("a model of Core ML", "check the model that it was made of"),
    "net.engine": ("an engine of TensorRT", "check the model that it was made of"),
    "net.PLAN": ("an engine of TensorRT", "check the model that it was made of"),
    "net.ckpt": ("a checkpoint of PyTorch or TensorFlow", "torch.export.save"),
    "net.ckpt.data-00000-of-00001": ("a checkpoint of TensorFlow", "convert the folder"),
    "net.pth": ("weights or a Python object of PyTorch", "torch.export.save"),
    "net.bin": ("files of this kind are weights", "deconv check model.py"),
    "net.pkl": ("is a pickle, which is never opened", "torch.export.save"),
}


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_file_of_weights_has_a_line_that_helps(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"weights")
    done = deconv(f"check {tmp_path / name}")
    what, help_line = SUFFIXES[name]
    assert done.code == 1
    assert what in done.out
    assert help_line in done.out
    assert "error[DCV101]" in done.out


class Harmful:
    """An object whose pickle would end the test."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.exit, ("a pickle was opened",))


ARCHIVES = {
    "TorchScript": (["net/data.pkl", "net/code/__torch__.py"], "torch.jit.load('net.pt')"),
    "weights or a Python object": (["net/data.pkl", "net/data/0"], "torch.export.save"),
    "torch.export under another name": (["net/models/model.json"], "--reader pt2"),
    "Keras under another name": (["config.json", "model.weights.h5"], "--reader keras"),
    "arrays of NumPy": (["w.npy", "b.npy"], "deconv check model.py"),
}


@pytest.mark.parametrize("what", ARCHIVES)
@pytest.mark.parametrize("name", ["net.pt", "net.bin", "net"])
def test_an_archive_is_known_by_its_members(what: str, name: str, tmp_path: Path) -> None:
    members, help_line = ARCHIVES[what]
    with ZipFile(tmp_path / name, "w") as archive:
        for member in members:
            archive.writestr(member, pickle.dumps(Harmful()))
    done = deconv(f"check {tmp_path / name}")
    assert done.code == 1
    assert what in done.out
    assert help_line in done.out


def test_the_first_bytes_name_files_of_any_name(tmp_path: Path) -> None:
    starts = {
        pickle.dumps(Harmful()): "is a pickle",
        b"GGUF\3\0\0\0": "tensors of llama.cpp",
        b"\x89HDF\r\n\x1a\n": "of HDF5",
    }
    for start, what in starts.items():
        (tmp_path / "model").write_bytes(start)
        assert what in deconv(f"check {tmp_path / 'model'}").out


def test_weights_name_the_file_of_their_graph(tmp_path: Path) -> None:
    (tmp_path / "net.bin").write_bytes(b"weights")
    for graph, suffix in (("ncnn", ".param"), ("OpenVINO", ".xml")):
        (tmp_path / f"net{suffix}").write_text("")
        done = deconv(f"check {tmp_path / 'net.bin'}")
        assert f"those of {graph}" in done.out
        assert f"check the {suffix} file beside it" in done.out


def test_a_folder_that_is_a_model_has_a_line_that_helps(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved/saved_model.pb").write_bytes(b"graph")
    (tmp_path / "net.mlpackage/Data").mkdir(parents=True)
    done = deconv(f"check {tmp_path / 'saved'}")
    assert done.code == 2
    assert "the folder is a SavedModel of TensorFlow" in done.err
    assert "openvino.convert_model('FOLDER')" in done.err
    done = deconv(f"check {tmp_path / 'net.mlpackage'}")
    assert "the folder is a model of Core ML" in done.err


def test_other_commands_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    path.write_bytes(b"weights")
    for command in (f"draw {path} -o {tmp_path / 'net.svg'}", f"sizes {path}"):
        done = deconv(command)
        assert done.code == 2
        assert "weights or a Python object of PyTorch" in done.err


def test_files_in_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"weights")
    (tmp_path / "net.yaml").write_text("networks: {}\n")
    assert "net.pth" not in deconv(f"check {tmp_path}").out
