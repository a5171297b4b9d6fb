"""Written arrays are read back; anything else ends in one clear line and leaves no file."""

from __future__ import annotations

import io
import os
import pickle
import random
import stat
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from deconvcli.common.errors import OutOfMemory, Unreadable, UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.npyfile import _header, _read

MAGIC = b"\x93NUMPY"


def save_bytes(array: NDArray[Any], version: tuple[int, int] | None = None) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def make_file(header: str, data: bytes = b"", major: int = 1) -> bytes:
    text = header.encode() + b"\n"
    length = struct.pack("<H" if major == 1 else "<I", len(text))
    return MAGIC + bytes([major, 0]) + length + text + data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.npy"


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_floats_come_out_native_and_contiguous(
    file: Path, dtype: str, order: Any, shape: tuple[int, ...]
) -> None:
    array = np.asarray(np.random.default_rng(0).standard_normal(shape).astype(dtype), order=order)
    file.write_bytes(save_bytes(array))
    read = npyfile.read(file)
    np.testing.assert_array_equal(read, array.astype(array.dtype.newbyteorder("=")), strict=True)
    assert read.flags.c_contiguous
    assert read.dtype.isnative


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_the_header_of_every_version_is_read(file: Path, version: tuple[int, int]) -> None:
    array = np.asfortranarray(np.ones((2, 3), np.float32))
    content = save_bytes(array, version)
    file.write_bytes(content)
    offset = len(content) - 24
    expected = npyfile.Header((2, 3), np.dtype(np.float32), True, offset, 24)
    assert npyfile.read_header(file) == expected


@pytest.mark.parametrize("dtype", ["?", "<i1", ">i4", "<u8"])
def test_integers_need_cast(file: Path, dtype: str) -> None:
    file.write_bytes(save_bytes(np.array([[0, 1], [1, 0]], dtype)))
    with pytest.raises(
        UsageError, match=r"a\.npy: holds .*; float16, float32 or float64"
    ) as caught:
        npyfile.read(file)
    assert "--cast" in caught.value.help
    expected = np.array([[0, 1], [1, 0]], np.float64)
    np.testing.assert_array_equal(npyfile.read(file, cast=True), expected, strict=True)


GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"
DATA = bytes(8)


def describe(descr: str, shape: str = "(2,)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"


BAD = {
    "empty": (b"", "header cannot be read"),
    "text": (b"1.0 2.0\n", "header cannot be read"),
    "zip": (b"PK\x03\x04" + bytes(200), "header cannot be read"),
    "pickle": (pickle.dumps([1, 2]), "header cannot be read"),
    "version": (b"\x93NUMPY\x04\x00" + make_file(GOOD, DATA)[8:], "header cannot be read"),
    "header cut": (make_file(GOOD)[:40], "header cannot be read"),
    "header long": (make_file(GOOD + " " * 10_001, DATA), "header cannot be read"),
    "header huge": (MAGIC + b"\x02\x00\xff\xff\xff\xff" + bytes(100), "header cannot be read"),
    "header no dictionary": (make_file("[1]", DATA), "header cannot be read"),
    "header deep": (make_file("(" * 9000, DATA), "header cannot be read"),
    "header tokens": (make_file("{'descr': '<f4", DATA), "header cannot be read"),
    "truncated": (make_file(GOOD, DATA[:-1]), "it has 7 bytes of data, but its header says 8"),
    "trailing": (make_file(GOOD, DATA + b"x"), "it has 9 bytes of data, but its header says 8"),
    "huge": (make_file(describe("'<f4'", "(10**6, 10**6)").replace("10**6", "1000000")), "says 4"),
    "astronomic": (make_file(describe("'<f8'", f"({'9' * 400},)")), "says more"),
    "negative": (make_file(describe("'<f4'", "(-1, -2)"), DATA), r"its shape is \(-1, -2\)"),
    "bool": (make_file(describe("'<f4'", "(True, 2)"), DATA), "its shape is"),
    "axes": (make_file(describe("'<f4'", str((1,) * 33)), bytes(4)), "its shape is"),
    "complex": (make_file(describe("'<c8'"), bytes(16)), "holds complex numbers"),
    "longdouble": (make_file(describe("'<f16'"), bytes(32)), "holds float128|header cannot"),
    "object": (make_file(describe("'|O'"), pickle.dumps([1])), "pickled Python objects"),
    "structured": (make_file(describe("[('a', '<f4')]"), DATA), "structured or raw"),
    "subarray": (make_file(describe("('<f4', (1,))"), DATA), "structured or raw"),
    "bfloat16": (make_file(describe("'|V2'"), DATA[:4]), "bfloat16"),
    "nothing": (make_file(describe("'|V0'", "(1000000000000,)")), "structured or raw"),
    "date": (make_file(describe("'<M8[s]'"), bytes(16)), "holds datetime64"),
    "string": (make_file(describe("'<U1'"), DATA), "holds <U1"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_other_files_are_refused_in_one_line(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    for read in (npyfile.read_header, npyfile.read):
        with pytest.raises(Unreadable, match=f"a.npy: .*({message})") as caught:
            read(file)
        assert "\n" not in caught.value.message
        assert len(caught.value.message) < 300 + len(str(file))


def mutants(count: int) -> Iterator[bytes]:
    """Yield files with damaged headers, the same ones in every run."""
    draw = random.Random(20)
    seeds = [
        save_bytes(np.ones((2, 3), np.float32), version) for version in [(1, 0), (2, 0), (3, 0)]
    ]
    seeds += [
        save_bytes(np.ones((2, 3), ">i8")),
        make_file(GOOD, DATA),
        make_file(describe("[('a', '<f4')]")),
    ]
    pieces = [
        b"(",
        b")",
        b"'",
        b"\\",
        b"{",
        b",",
        b"-",
        b"9" * 30,
        b"\x00",
        b"L",
        b"#",
        b"\n",
        b"O",
    ]
    for _ in range(count):
        content = bytearray(draw.choice(seeds))
        for _ in range(draw.randint(1, 2)):
            at = draw.randrange(min(len(content), 130))
            kind = draw.randrange(4)
            if kind == 0:
                content[at] = draw.randrange(256)
            elif kind == 1:
                content[at : at + draw.randint(1, 5)] = draw.choice(pieces)
            elif kind == 2:
                content[at:at] = draw.choice(pieces)
            else:
                del content[at : at + draw.randint(1, 9)]
        yield bytes(content)


def test_mutated_files_raise_only_declared_errors(file: Path) -> None:
    outcomes = {"read": 0, "refused": 0}
    for content in mutants(5000):
        file.write_bytes(content)
        try:
            npyfile.read(file, cast=True)
            outcomes["read"] += 1
        except (Unreadable, UsageError):
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 30  # mutants that are all refused alike would test little


def test_missing_files_folders_and_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        npyfile.read(tmp_path / "missing.npy")
    with pytest.raises(Unreadable, match="is a folder or a device"):
        npyfile.read(tmp_path)
    with pytest.raises(Unreadable, match=r"a\\x00b: cannot be read"):
        npyfile.read("a\0b")
    with pytest.raises(Unreadable, match="is a folder or a device"):
        npyfile.read(os.devnull)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in the file system")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="is a folder or a device"):
        npyfile.read(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="is a folder or a device"):
        npyfile.write(tmp_path / "pipe", np.ones(1), force=True)


def test_a_pipe_that_takes_the_name_after_the_look_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(save_bytes(np.ones(1)))
    regular = os.stat(file)
    monkeypatch.setattr(os, "stat", lambda path: regular)
    with pytest.raises(Unreadable, match="is a folder or a device"):
        npyfile.read(os.devnull)


def test_data_that_does_not_fit_in_memory_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise MemoryError

    file.write_bytes(save_bytes(np.ones(4)))
    monkeypatch.setattr(np, "empty", refuse)
    with pytest.raises(OutOfMemory, match="its 32 bytes do not fit"):
        npyfile.read(file)


def test_a_file_that_becomes_shorter_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(save_bytes(np.ones(100)))

    @contextmanager
    def open_and_cut(path: Path) -> Iterator[Any]:
        with _header.open_regular(path) as opened:
            os.truncate(path, 200)
            yield opened

    monkeypatch.setattr(_read, "open_regular", open_and_cut)
    with pytest.raises(Unreadable, match="it became shorter while it was read"):
        npyfile.read(file)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    assert npyfile.format_path("a\x1b[31m\nb\x7f\udcffé.npy") == r"a\x1b[31m\nb\x7f\udcffé.npy"
    assert npyfile.format_path(Path("plain name.npy")) == "plain name.npy"
    assert npyfile.format_path("") == "(empty name)"


@given(st.text())
def test_any_name_is_printable(name: str) -> None:
    assert npyfile.format_path(name).isprintable()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.bool_])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_what_is_written_is_what_numpy_would_save(
    file: Path, dtype: type[np.generic], shape: tuple[int, ...]
) -> None:
    array = np.ones(shape, dtype)
    npyfile.write(file, array)
    assert file.read_bytes() == save_bytes(array)
    assert os.listdir(file.parent) == [file.name]


def test_a_transposed_array_is_written_in_rows(file: Path) -> None:
    array = np.arange(6.0).reshape(2, 3).T
    npyfile.write(file, array)
    np.testing.assert_array_equal(np.load(file), array)


def test_the_mode_follows_the_umask(file: Path) -> None:
    before = os.umask(0o027)
    try:
        npyfile.write(file, np.ones(1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_an_existing_file_is_replaced_only_by_force(file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(Unreadable, match=r"a\.npy: already exists") as caught:
        npyfile.write(file, np.ones(1))
    assert "--force" in caught.value.help
    assert file.read_text() == "precious"
    npyfile.write(file, np.ones(1), force=True)
    np.testing.assert_array_equal(np.load(file), [1])
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_appears_while_writing_is_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def other_process(handle: Any, array: NDArray[Any]) -> None:
        file.write_text("precious")

    def no_links(source: str, target: str) -> None:
        raise PermissionError

    monkeypatch.setattr("deconvcli.compute.npyfile._write.write_array", other_process)
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(Unreadable, match="already exists"):
        npyfile.write(file, np.ones(1))
    assert file.read_text() == "precious"
    assert os.listdir(file.parent) == [file.name]


def test_a_file_system_without_links_is_written_to(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "link")
    npyfile.write(file, np.ones(1))
    assert os.listdir(file.parent) == [file.name]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link = tmp_path / "link.npy"
    link.symlink_to(tmp_path / "far/b.npy")
    with pytest.raises(Unreadable, match="already exists"):
        npyfile.write(link, np.ones(1))
    npyfile.write(link, np.ones(1), force=True)
    assert link.is_symlink()
    np.testing.assert_array_equal(np.load(tmp_path / "far/b.npy"), [1])


def test_places_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    one = np.ones(1)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreadable, match=r"b.npy: cannot be written: No such file"):
        npyfile.write(tmp_path / "no folder" / "b.npy", one)
    with pytest.raises(Unreadable, match="cannot be written: Not a directory"):
        npyfile.write(tmp_path / "file" / "b.npy", one)
    for folder in (tmp_path, f"{tmp_path}/new/", "", os.devnull):
        with pytest.raises(Unreadable, match="is a folder or a device"):
            npyfile.write(folder, one, force=True)
    with pytest.raises(Unreadable, match="cannot be written"):
        npyfile.write(tmp_path / ("x" * 300), one)
    with pytest.raises(Unreadable, match=r"\\x00"):
        npyfile.write(f"{tmp_path}/a\0b", one)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
def test_a_disk_that_fills_up_leaves_no_file(file: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(Unreadable, match="cannot be written: File too large"):
            npyfile.write(file, np.ones(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(file.parent) == []


def test_an_interrupt_leaves_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        npyfile.write(file, np.ones(1))
    assert os.listdir(file.parent) == []


@pytest.mark.parametrize("array", [np.array([None]), np.array(["a"]), np.ones(1, np.complex64)])
def test_only_plain_numbers_are_written(file: Path, array: NDArray[Any]) -> None:
    with pytest.raises(UsageError, match="cannot hold"):
        npyfile.write(file, array)
    assert not file.exists()
