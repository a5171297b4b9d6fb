"""Arrays in a .npz file: an archive in ZIP form whose members are .npy files.

Source: numpy.savez and numpy.savez_compressed, which store or deflate each member.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedIOBase, BufferedRandom
from typing import Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from deconvcli.common.errors import DeconvError, Unreadable
from deconvcli.common.files import format_path, open_regular_file
from deconvcli.compute import npyfile
from deconvcli.compute.arrayfiles._entry import ArrayFile, Entry, damaged_file
from deconvcli.compute.arrayfiles._npy import make_entry, refuse_foreign_type

KIND = ".npz"
_SUFFIX = ".npy"
# Others could make gigabytes of a few bytes before anything is known of the array.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _NpzFile(ArrayFile):
    def __init__(self, path: str, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {
            info.filename.removesuffix(_SUFFIX): info
            for info in archive.infolist()
            if not info.is_dir()
        }
        self._headers: dict[str, npyfile.Header] = {}
        entries = {}
        for name in self._members:
            place = f"{path}:{name}"
            try:
                self._headers[name] = self._read_header(path, name)
                entries[name] = make_entry(self._headers[name], place)
            except DeconvError as error:
                entries[name] = Entry((), "", error)
        super().__init__(path, entries)

    def _read_header(self, path: str, name: str) -> npyfile.Header:
        info = self._members[name]
        if info.compress_type not in _METHODS:
            raise damaged_file(path, KIND, f"{name} is compressed in a way that NumPy never does")
        with _refuse_damaged(path), self._archive.open(info) as member:
            start = member.read(npyfile.HEAD_BYTES)
        return npyfile.parse_header(start, info.file_size, format_path(f"{path}:{name}"))

    def read(self, name: str) -> NDArray[Any]:
        place = format_path(f"{self.path}:{name}")
        with _refuse_damaged(self.path), self._archive.open(self._members[name]) as member:
            array = npyfile.read_data(cast("BufferedIOBase", member), self._headers[name], place)
            member.read(1)  # the checksum is compared at the end
        return array


@contextmanager
def open_arrays(path: str) -> Iterator[ArrayFile]:
    """Open a .npz file.

    Raises:
        Unreadable: the file cannot be read, or is damaged. Members that are no arrays of numbers
            are entries with a problem.
    """
    with npyfile.refuse_unreadable(format_path(path), KIND):
        file = open_regular_file(path)
    with file:
        with _refuse_damaged(path):
            archive = zipfile.ZipFile(file)
            opened = _NpzFile(path, archive)
        with archive:
            yield opened


@contextmanager
def _refuse_damaged(path: str) -> Iterator[None]:
    """Turn whatever a damaged archive raises inside the block into Unreadable."""
    try:
        yield
    except (DeconvError, MemoryError):
        raise
    except Exception as error:  # zipfile's own, zlib's, struct's, Unicode's ...
        if isinstance(error, RuntimeError) and "encrypted" in str(error):
            raise Unreadable(
                f"{format_path(path)}: is encrypted", help="write it again with numpy.savez."
            ) from error
        what = str(error) if isinstance(error, zipfile.BadZipFile) else "it cannot be unpacked"
        raise damaged_file(path, KIND, what[:200]) from error


def write_arrays(file: BufferedRandom, path: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays, uncompressed, as numpy.savez does.

    Raises:
        UsageError: one has a number type that .npy files do not have.
    """
    # Not numpy.savez, whose arguments cannot have every name.
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            refuse_foreign_type(array, path)
            # A fixed date: the same arrays make the same file.
            member = zipfile.ZipInfo(name + _SUFFIX)
            with archive.open(member, "w", force_zip64=True) as stream:
                npy.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)
