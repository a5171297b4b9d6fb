"""Arrays in a .safetensors file, read and written by the package `safetensors`.

Source: safetensors 0.8.0, its README, section "Format".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from io import BufferedRandom
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deconvcli.common.errors import OutOfMemory, Unreadable, UsageError
from deconvcli.common.files import format_path, open_regular_file
from deconvcli.compute import npyfile
from deconvcli.compute.arrayfiles._entry import (
    ArrayFile,
    Entry,
    damaged_file,
    number_type_error,
)

KIND = ".safetensors"
_TYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "BF16": "bfloat16",
}


class _SafetensorsFile(ArrayFile):
    def __init__(self, path: str, opened: Any) -> None:
        self._opened = opened
        super().__init__(path, {name: self._make_entry(path, name) for name in opened.keys()})  # noqa: SIM118 - no mapping

    def _make_entry(self, path: str, name: str) -> Entry:
        array = self._opened.get_slice(name)
        shape, stored = tuple(array.get_shape()), str(array.get_dtype())
        dtype = _TYPES.get(stored)
        if dtype is None:
            return Entry(shape, stored, number_type_error(f"{path}:{name}", stored))
        return Entry(shape, dtype)

    def read(self, name: str) -> NDArray[Any]:
        place = format_path(f"{self.path}:{name}")
        try:
            with npyfile.refuse_unreadable(place, KIND):
                array: NDArray[Any] = self._opened.get_tensor(name)
                return array
        except MemoryError as error:
            raise OutOfMemory(
                f"{place}: {self.entries[name]} does not fit in memory",
                help="use a machine with more memory.",
            ) from error
        except _load().SafetensorError as error:
            raise _make_error(self.path, error) from error


@contextmanager
def open_arrays(path: str) -> Iterator[ArrayFile]:
    """Open a .safetensors file.

    Raises:
        Unreadable: the file cannot be read, or is damaged. Tensors of number types that NumPy has
            not are entries with a problem.
        UsageError: safetensors is not installed.
    """
    package, shown = _load(), format_path(path)
    with npyfile.refuse_unreadable(shown, KIND):
        # Pipes and devices are refused here, as the package would wait for them.
        open_regular_file(path).close()
        try:
            # Not mapped into memory, where a file that becomes shorter would end the process.
            opened = package.safe_open(path, framework="numpy", backend="pread")
        except package.SafetensorError as error:
            raise _make_error(path, error) from error
    with opened as entered:
        yield _SafetensorsFile(path, entered)


def _make_error(path: str, error: Exception) -> Unreadable:
    what = str(error).removeprefix("Error while deserializing header: ")
    return damaged_file(path, KIND, what[:200])


def write_arrays(file: BufferedRandom, path: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays.

    Raises:
        UsageError: safetensors is not installed.
    """
    _load()
    save = import_module("safetensors.numpy").save
    file.write(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))


def _load() -> Any:
    """Return the package, which few conversions need.

    Raises:
        UsageError: it is not installed, or ml_dtypes is not, which has NumPy's bfloat16.
    """
    try:
        import_module("ml_dtypes")
        return import_module("safetensors")
    except ImportError as error:
        raise UsageError(
            f"{KIND} files are read by safetensors and ml_dtypes, and {error.name} is not"
            " installed",
            help="pip install 'deconvcli[safetensors]', or give .npy or .npz files.",
            code="no-safetensors",
        ) from error
