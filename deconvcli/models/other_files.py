"""What files are that people have of models and that are not read: weights, pickles, other graphs.

Nothing in them is opened but their first bytes and, of an archive, the names of its members.
"""

from __future__ import annotations

import os
import re
from zipfile import BadZipFile

from deconvcli.common.errors import Unreadable
from deconvcli.models.model import OTHER_FILE
from deconvcli.models.stored_text import open_archive

_TORCH = (
    "load the model in PyTorch and export it, torch.export.save(torch.export.export(model.eval(),"
    " (x,)), 'net.pt2'), then check net.pt2; or check the source of the model, as"
    " `deconv check model.py`."
)
_TENSORFLOW = (
    "convert the folder of a SavedModel, openvino.save_model(openvino.convert_model('FOLDER'),"
    " 'net.xml') or tf.lite.TFLiteConverter.from_saved_model('FOLDER').convert(), and check net.xml"
    " or the .tflite file."
)
_KERAS = (
    "check a whole model with --reader keras; of weights alone, save the model that they belong to,"
    " model.save('net.keras')."
)
_SOURCE = "check the model that these weights belong to, or its source, as `deconv check model.py`."
_ORIGIN = "check the model that it was made of: .onnx, .pt2, .keras, .tflite or source."
_NCNN = "check the .param file beside it, which has the graph."
_WEIGHTS = "holds weights alone, and no graph"

_KINDS: dict[str, tuple[str, str]] = {
    ".safetensors": (f"{_WEIGHTS}: tensors of safetensors", _SOURCE),
    ".gguf": (f"{_WEIGHTS}: tensors of llama.cpp and whisper.cpp", _SOURCE),
    ".npz": (f"{_WEIGHTS}: arrays of NumPy", _SOURCE),
    ".npy": (f"{_WEIGHTS}: an array of NumPy", _SOURCE),
    ".msgpack": (f"{_WEIGHTS}: parameters of Flax", _SOURCE),
    ".onnx.data": (
        f"{_WEIGHTS}: those of an ONNX model",
        "check the .onnx file beside it, which is read without them.",
    ),
    ".onnx_data": (
        f"{_WEIGHTS}: those of an ONNX model",
        "check the .onnx file beside it, which is read without them.",
    ),
    ".caffemodel": (
        "holds the weights of a Caffe model",
        "check the .prototxt file, which has the graph.",
    ),
    ".pdparams": (f"{_WEIGHTS}: those of PaddlePaddle", _SOURCE),
    ".pdiparams": (
        f"{_WEIGHTS}: those of PaddlePaddle",
        "export the model beside it, paddle2onnx --model_dir FOLDER --model_filename net.pdmodel"
        " --params_filename net.pdiparams --save_file net.onnx, and check net.onnx.",
    ),
    ".pdmodel": (
        "is a program of PaddlePaddle, which is not read",
        "export it, paddle2onnx --model_dir FOLDER --model_filename net.pdmodel --params_filename"
        " net.pdiparams --save_file net.onnx, and check net.onnx.",
    ),
    ".pb": ("is a graph or a SavedModel of TensorFlow, which is not read", _TENSORFLOW),
    ".mlmodel": ("is a model of Core ML, which is not read", _ORIGIN),
    ".engine": ("is an engine of TensorRT, compiled for one GPU, and has no graph", _ORIGIN),
    ".plan": ("is an engine of TensorRT, compiled for one GPU, and has no graph", _ORIGIN),
    ".trt": ("is an engine of TensorRT, compiled for one GPU, and has no graph", _ORIGIN),
    ".ort": ("is in the own format of ONNX Runtime, which is not read", _ORIGIN),
    ".pt": ("holds weights or a Python object of PyTorch, and no graph that is read", _TORCH),
    ".pth": ("holds weights or a Python object of PyTorch, and no graph that is read", _TORCH),
    ".ckpt": (f"{_WEIGHTS}: a checkpoint of PyTorch or TensorFlow", _TORCH),
    ".pkl": ("is a pickle, which is never opened: that can execute any program", _TORCH),
    ".pickle": ("is a pickle, which is never opened: that can execute any program", _TORCH),
    ".bin": ("has no graph by its name: files of this kind are weights", _SOURCE),
}
_STARTS: dict[bytes, str] = {b"GGUF": ".gguf", b"\x93NUMPY": ".npy"}
_CHECKPOINT = re.compile(r"\.(?:index|meta|data-\d{5}-of-\d{5})$")
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_EXPORTED = re.compile(r"[^/]+/models/[^/]+\.json")
_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"


def explain_other_file(path: str) -> Unreadable | None:
    """Return the error for a file that holds no graph which is read; None for any other file."""
    try:
        # Opening a pipe would wait for a writer, perhaps for ever.
        start = b""
        if os.path.isfile(path):
            with open(path, "rb") as file:
                start = file.read(8)
    except OSError:
        return None  # and whoever reads it reports why
    name = os.path.basename(path).lower()
    found = _explain_content(path, start) or _explain_name(path, name)
    if found is None:
        return None
    reason, what_to_do = found
    return Unreadable(f"the file {reason}", help=what_to_do, code=OTHER_FILE)


def explain_folder(path: str) -> Unreadable | None:
    """Return the error for a folder that is itself a model which is not read; None for others."""
    if os.path.isfile(os.path.join(path, "saved_model.pb")):
        reason, what_to_do = "is a SavedModel of TensorFlow, which is not read", _TENSORFLOW
    elif path.rstrip("/\\").lower().endswith((".mlpackage", ".mlmodelc")):
        reason, what_to_do = _KINDS[".mlmodel"]
    else:
        return None
    return Unreadable(f"the folder {reason}", help=what_to_do, code=OTHER_FILE)


def _explain_content(path: str, start: bytes) -> tuple[str, str] | None:
    """Return what a file is by its first bytes, and what to do."""
    if start.startswith(_ZIP):
        return _explain_archive(path)
    if _PICKLE.match(start):
        return _KINDS[".pkl"]
    if start == _HDF5:
        return "is of HDF5, as models and weights of Keras are", _KERAS
    kind = next((kind for magic, kind in _STARTS.items() if start.startswith(magic)), None)
    return None if kind is None else _KINDS[kind]


def _explain_archive(path: str) -> tuple[str, str] | None:
    """Return what an archive is by the names of its members, and what to do."""
    try:
        with open_archive(path) as archive:
            names = archive.namelist()
    # NotImplementedError: an unknown version of the format.
    except (OSError, BadZipFile, NotImplementedError, ValueError):
        return None
    if any(_EXPORTED.fullmatch(name) for name in names):
        return "is a program of torch.export under another name", "check it with --reader pt2."
    inner = {name.partition("/")[2] for name in names}
    if any(name.startswith("code/") and name.endswith(".py") for name in inner):
        return (
            "is an archive of TorchScript, whose graph is code, and no code is executed",
            "export it, torch.onnx.export(torch.jit.load('net.pt'), (x,), 'net.onnx',"
            " dynamo=False), and check net.onnx.",
        )
    if "data.pkl" in inner:
        return _KINDS[".pt"]
    if "config.json" in names:
        return "is an archive of Keras under another name", "check it with --reader keras."
    return _KINDS[".npz"] if all(name.endswith(".npy") for name in names) else None


def _explain_name(path: str, name: str) -> tuple[str, str] | None:
    """Return what a file is by its name and the files beside it, and what to do."""
    if _CHECKPOINT.search(name) and ".ckpt" in name:
        return f"{_WEIGHTS}: a checkpoint of TensorFlow", _TENSORFLOW
    kind = next((kind for kind in _KINDS if name.endswith(kind)), None)
    if kind == ".bin":
        stem = os.path.splitext(path)[0]
        if os.path.exists(f"{stem}.xml"):
            return f"{_WEIGHTS}: those of OpenVINO", "check the .xml file beside it."
        if os.path.exists(f"{stem}.param"):
            return f"{_WEIGHTS}: those of ncnn", _NCNN
    return None if kind is None else _KINDS[kind]
