"""One array in a .npy file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedRandom, BufferedReader
from typing import Any

from numpy.typing import NDArray

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path
from deconvcli.compute import npyfile
from deconvcli.compute.arrayfiles._entry import ArrayFile, Entry, number_type_error


class _NpyFile(ArrayFile):
    def __init__(self, path: str, file: BufferedReader, header: npyfile.Header) -> None:
        super().__init__(path, {"": make_entry(header, path)})
        self._file = file
        self._header = header

    def read(self, name: str) -> NDArray[Any]:
        shown = format_path(self.path)
        with npyfile.refuse_unreadable(shown):
            return npyfile.read_data(self._file, self._header, shown)


def make_entry(header: npyfile.Header, place: str) -> Entry:
    """Return the entry of an array with this header."""
    dtype = str(header.dtype.newbyteorder("="))
    problem = number_type_error(place, dtype) if header.dtype.kind == "b" else None
    return Entry(header.shape, dtype, problem)


@contextmanager
def open_arrays(path: str) -> Iterator[ArrayFile]:
    """Open a .npy file.

    Raises:
        Unreadable: the file cannot be read, is damaged, or holds no real numbers.
    """
    with npyfile.open_regular(path) as (file, header):
        yield _NpyFile(path, file, header)


def write_arrays(file: BufferedRandom, path: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write one array.

    Raises:
        UsageError: it has a number type that .npy files do not have.
    """
    [array] = arrays.values()
    refuse_foreign_type(array, path)
    npyfile.write_array(file, array)


def refuse_foreign_type(array: NDArray[Any], path: str) -> None:
    """Refuse number types that are not NumPy's own, as bfloat16, which its files do not have.

    Raises:
        UsageError: the array has such a type.
    """
    if array.dtype.kind not in "fiu":
        raise UsageError(
            f"{format_path(path)}: NumPy's files cannot hold {array.dtype}",
            help="write a .safetensors file.",
            code="dtype",
        )
