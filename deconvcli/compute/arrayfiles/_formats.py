"""The kinds of files, by the end of their names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import PurePath
from types import MappingProxyType, ModuleType
from typing import Any

from numpy.typing import NDArray

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path, open_atomically, report_write_errors
from deconvcli.compute.arrayfiles import _npy, _npz, _safetensors
from deconvcli.compute.arrayfiles._entry import ArrayFile
from deconvcli.compute.arrayfiles._place import Place

_FORMATS: Mapping[str, ModuleType] = MappingProxyType(
    {".npy": _npy, ".npz": _npz, ".safetensors": _safetensors}
)
# Files in which people have weights, and what makes one of ours of them.
_OTHERS = MappingProxyType(
    {
        **dict.fromkeys(
            (".pt", ".pth", ".bin", ".ckpt"),
            "in PyTorch, write safetensors.torch.save_file(model.state_dict(),"
            ' "model.safetensors").',
        ),
        **dict.fromkeys(
            (".h5", ".hdf5", ".keras"),
            'in Keras, write numpy.save("w.npy", layer.get_weights()[0]).',
        ),
        ".onnx": 'write numpy.save("w.npy", onnx.numpy_helper.to_array(initializer)), where'
        " initializer is one of model.graph.initializer.",
    }
)


def check_place(place: Place) -> None:
    """Refuse a file of another kind, and a name in a file that has a single array.

    Raises:
        UsageError: it is one.
    """
    if _take_format(place.path) is _npy and place.name:
        raise UsageError(
            f"{place}: a .npy file has one array, without a name",
            help=f"write {format_path(place.path)}.",
            code="array-name",
        )


def has_names(path: str) -> bool:
    """Return whether a file of this kind has several arrays, with names."""
    return _take_format(path) is not _npy


def open_arrays(path: str) -> AbstractContextManager[ArrayFile]:
    """Open a file of arrays for reading.

    Raises:
        UsageError: it is a file of another kind, or a package is missing.
        Unreadable: it cannot be read, or is damaged.
    """
    opened: AbstractContextManager[ArrayFile] = _take_format(path).open_arrays(path)
    return opened


def write_files(files: Mapping[str, Mapping[str, NDArray[Any]]], *, force: bool) -> None:
    """Write files, each with its arrays by name: all of them, or none where anything fails.

    Raises:
        Unreadable: a file exists (without `force`), or cannot be written.
        UsageError: it is of another kind, or cannot hold the array.
    """
    with ExitStack() as stack:
        for path, arrays in files.items():
            file = stack.enter_context(open_atomically(path, force=force))
            with report_write_errors(format_path(path)):
                _take_format(path).write_arrays(file, path, arrays)
                # A full disk shows here, before any of the files has its name.
                file.flush()
                os.fsync(file.fileno())


def _take_format(path: str) -> ModuleType:
    suffix = PurePath(path).suffix.lower()
    if suffix not in _FORMATS:
        *others, last = _FORMATS
        raise UsageError(
            f"{format_path(path)}: arrays are read and written in {', '.join(others)} and"
            f" {last} files",
            help=_OTHERS.get(suffix, f"name a file that ends in {', '.join(others)} or {last}."),
            code="array-file",
        )
    return _FORMATS[suffix]
