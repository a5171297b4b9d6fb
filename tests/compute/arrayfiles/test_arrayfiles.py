"""Files of arrays: every bit comes back, and whatever is no array of numbers is one clear error."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from deconvcli.common.errors import DeconvError, Unreadable, UsageError
from deconvcli.compute.arrayfiles import (
    Place,
    check_place,
    choose_array,
    open_arrays,
    read_place,
    write_files,
)

KINDS = (".npy", ".npz", ".safetensors")
DTYPES = ("float16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64", "uint64")


def save(path: Path, arrays: Mapping[str, NDArray[Any]], *, force: bool = False) -> Path:
    write_files({str(path): arrays}, force=force)
    return path


def read(path: Path, name: str = "") -> NDArray[Any]:
    with open_arrays(str(path)) as file:
        return file.read(choose_array(file, name, "the weights", lambda shape: len(shape) == 4))


def draw_bits(dtype: Any) -> NDArray[Any]:
    """Return an array of random bits: among them are NaN with any payload, infinity and -0.0."""
    size = np.dtype(dtype).itemsize
    bits = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5 * size), np.uint8)
    return bits.view(dtype)


def test_a_place_has_a_file_and_a_name(tmp_path: Path) -> None:
    assert read_place("model.safetensors:up1.weight") == ("model.safetensors", "up1.weight")
    assert read_place("C:\\a.NPZ:w:1") == ("C:\\a.NPZ", "w:1")
    assert read_place("C:\\a.npy") == ("C:\\a.npy", "")
    odd = tmp_path / "a.npz:b"
    odd.touch()
    assert read_place(str(odd)) == (str(odd), "")
    with pytest.raises(UsageError, match=r"a\.npz: has no name after its colon"):
        read_place("a.npz:")
    with pytest.raises(UsageError, match=r"a\.npy:w: a \.npy file has one array"):
        check_place(Place("a.npy", "w"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_bit_comes_back(tmp_path: Path, kind: str, dtype: str) -> None:
    array = draw_bits(dtype)
    found = read(save(tmp_path / f"a{kind}", {"w": array}))
    assert (found.shape, found.dtype) == (array.shape, array.dtype)
    assert found.tobytes() == array.tobytes()


def test_bfloat16_is_in_safetensors_alone(tmp_path: Path) -> None:
    array = draw_bits(ml_dtypes.bfloat16)
    found = read(save(tmp_path / "a.safetensors", {"w": array}))
    assert found.dtype == array.dtype
    assert found.tobytes() == array.tobytes()
    for kind in (".npy", ".npz"):
        with pytest.raises(UsageError, match="NumPy's files cannot hold bfloat16"):
            save(tmp_path / f"b{kind}", {"w": array})
    assert [file.name for file in tmp_path.iterdir()] == ["a.safetensors"]


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed], ids=["stored", "deflated"])
def test_archives_of_numpy_are_read(tmp_path: Path, write: Callable[..., None]) -> None:
    array = np.asfortranarray(draw_bits(">f4"))
    write(tmp_path / "a.npz", w=array, b=np.arange(3))
    found = read(tmp_path / "a.npz")
    assert found.flags.c_contiguous
    assert found.dtype == np.float32
    assert found.tobytes() == array.astype("<f4", order="C").tobytes()


def test_numpy_and_safetensors_read_what_is_written(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1)
    # A name that is an argument of numpy.savez.
    save(tmp_path / "a.npz", {"file": array, "allow_pickle": array[0]})
    loaded = np.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(loaded["file"], array)
    np.testing.assert_array_equal(loaded["allow_pickle"], array[0])
    save(tmp_path / "a.safetensors", {"up.weight": array})
    np.testing.assert_array_equal(load_file(tmp_path / "a.safetensors")["up.weight"], array)
    first = (tmp_path / "a.npz").read_bytes()
    save(tmp_path / "a.npz", {"file": array, "allow_pickle": array[0]}, force=True)
    assert (tmp_path / "a.npz").read_bytes() == first


@pytest.mark.parametrize("kind", KINDS[1:])
def test_one_array_of_several_is_chosen_by_its_shape_or_its_name(tmp_path: Path, kind: str) -> None:
    arrays = {name: np.full((n, 1, 1, 1), n, np.float32) for name, n in (("up", 1), ("top", 2))}
    path = save(tmp_path / f"a{kind}", {**arrays, "b": np.zeros(3, np.float32)})
    with open_arrays(str(path)) as file:
        assert choose_array(file, "", "the weights", lambda shape: shape[0] == 2) == "top"
        assert choose_array(file, "up", "the weights", lambda shape: False) == "up"
        with pytest.raises(UsageError, match="2 of its 3 arrays can be the weights") as caught:
            choose_array(file, "", "the weights", lambda shape: len(shape) == 4)
        assert "up 1x1x1x1 float32" in caught.value.help
        assert "b 3" not in caught.value.help
        with pytest.raises(UsageError, match="none of its 3 arrays can be the weights") as caught:
            choose_array(file, "", "the weights", lambda shape: False)
        assert "b 3 float32" in caught.value.help
        with pytest.raises(UsageError, match="has no array 'ub'"):
            choose_array(file, "ub", "the weights", lambda shape: True)


def test_a_list_of_many_arrays_is_short(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", {f"w{n}": np.zeros((1, 1, 1, n)) for n in range(1, 40)})
    with pytest.raises(UsageError) as caught:
        read(path)
    assert "31 more" in caught.value.help


def save_members(
    path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED
) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def bare_header(shape: tuple[int, ...]) -> bytes:
    """Return a .npy file that claims a shape and has no data."""
    file = io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue()


def safetensors(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


WEIGHT = np.ones((2, 3, 4, 5), np.float32)
ZIPPED = {
    "pickled": ({"w.npy": npy(np.array([{}], object), allow_pickle=True)}, "pickled Python"),
    "string": ({"w.npy": npy(np.array(["a"]))}, "holds <U1"),
    "complex": ({"w.npy": npy(WEIGHT.astype("c8"))}, "holds complex numbers"),
    "bool": ({"w.npy": npy(WEIGHT > 0)}, "holds bool"),
    "text": ({"w.npy": b"1.0"}, "header cannot be read"),
    "truncated": ({"w.npy": npy(WEIGHT)[:-4]}, "it has 476 bytes of data, but its header says"),
    "claim": ({"w.npy": bare_header((10**6, 10**6))}, "it has 0 bytes of data"),
    "nothing": ({}, "has no arrays"),
}


@pytest.mark.parametrize(("members", "message"), ZIPPED.values(), ids=ZIPPED)
def test_members_that_are_no_arrays_are_refused(
    tmp_path: Path, members: Mapping[str, bytes], message: str
) -> None:
    save_members(tmp_path / "a.npz", members)
    with pytest.raises(DeconvError, match=rf"a\.npz.*: .*{message}"):
        read(tmp_path / "a.npz")


def test_an_array_beside_a_pickled_one_is_read(tmp_path: Path) -> None:
    pickled = npy(np.array([{}], object), allow_pickle=True)
    save_members(tmp_path / "a.npz", {"w.npy": npy(WEIGHT), "o.npy": pickled, "folder/": b""})
    np.testing.assert_array_equal(read(tmp_path / "a.npz"), WEIGHT)
    with pytest.raises(Unreadable, match="pickled Python objects, which are never loaded"):
        read(tmp_path / "a.npz", "o")


def test_compression_that_could_explode_is_refused_before_it_is_undone(tmp_path: Path) -> None:
    members = {"w.npy": npy(np.zeros((1, 1, 1000, 1000)))}
    save_members(tmp_path / "a.npz", members, zipfile.ZIP_LZMA)
    with pytest.raises(Unreadable, match="compressed in a way that NumPy never does"):
        read(tmp_path / "a.npz")


def test_an_array_is_read_only_when_its_shape_was_taken(tmp_path: Path) -> None:
    """A gigabyte of zeros is a megabyte in the file, and is not unpacked to learn its shape."""
    from tracemalloc import get_traced_memory, start, stop

    with (
        zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("w.npy", "w", force_zip64=True) as member,
    ):
        member.write(bare_header((64, 1, 1024, 1024)))
        for _ in range(64):
            member.write(bytes(4 << 20))
    start()
    with open_arrays(str(tmp_path / "a.npz")) as file:
        assert file.entries["w"].shape == (64, 1, 1024, 1024)
    peak = get_traced_memory()[1]
    stop()
    assert peak < 4 << 20


def damage(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]


def zipped() -> bytes:
    file = io.BytesIO()
    np.savez(file, w=WEIGHT)
    return file.getvalue()


def encrypted() -> bytes:
    """Return an archive whose member says that it is encrypted, in both of its headers."""
    content = zipped()
    content = damage_flag(content, content.index(b"PK\x03\x04") + 6)
    return damage_flag(content, content.index(b"PK\x01\x02") + 8)


def damage_flag(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] | 1]) + content[place + 1 :]


ONE = {"w": {"dtype": "F32", "shape": [1, 1, 1, 1], "data_offsets": [0, 4]}}
BAD = {
    "empty.npz": (b"", "is not a whole .npz file: File is not a zip file"),
    "garbage.npz": (bytes(range(256)), "is not a whole .npz file: File is not a zip file"),
    "truncated.npz": (zipped()[:-30], "is not a whole .npz file"),
    "checksum.npz": (damage(zipped(), 400), "is not a whole .npz file: Bad CRC-32"),
    "directory.npz": (damage(zipped(), zipped().index(b"PK\x01\x02")), "not a whole .npz file"),
    "encrypted.npz": (encrypted(), "is encrypted"),
    "empty.safetensors": (b"", "is not a whole .safetensors file: header too small"),
    "garbage.safetensors": (bytes(range(256)), "header too large"),
    "json.safetensors": (safetensors(b"{w:1}"), "invalid JSON in header"),
    "truncated.safetensors": (safetensors(ONE, bytes(3)), "is not a whole .safetensors file"),
    "trailing.safetensors": (safetensors(ONE, bytes(5)), "is not a whole .safetensors file"),
    "claim.safetensors": (
        safetensors({"w": {**ONE["w"], "shape": [10**6] * 3}}, bytes(4)),
        "is not a whole .safetensors file",
    ),
    "float8.safetensors": (
        safetensors({"w": {**ONE["w"], "dtype": "F8_E4M3", "data_offsets": [0, 1]}}, b"1"),
        "holds F8_E4M3; integers and floating-point numbers are allowed",
    ),
    "complex.safetensors": (
        safetensors({"w": {**ONE["w"], "dtype": "C64", "data_offsets": [0, 8]}}, bytes(8)),
        "holds C64",
    ),
    "bool.npy": (npy(WEIGHT > 0), "holds bool; integers and floating-point numbers are allowed"),
    "model.pt": (b"", "arrays are read and written in .npy, .npz and .safetensors files"),
    "model.h5": (b"", "arrays are read and written in"),
    "model.onnx": (b"", "arrays are read and written in"),
    "weights": (b"", "arrays are read and written in"),
}


@pytest.mark.parametrize("name", BAD)
def test_damaged_and_other_files_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    content, message = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises((Unreadable, UsageError), match=rf"{name}.*: .*{message}") as caught:
        read(tmp_path / name)
    assert "\n" not in caught.value.message
    assert caught.value.help


def test_the_help_has_what_writes_a_file_that_is_read(tmp_path: Path) -> None:
    for name, words in [
        ("model.pt", "safetensors.torch.save_file(model.state_dict()"),
        ("model.weights.h5", "layer.get_weights()[0]"),
        ("model.onnx", "onnx.numpy_helper.to_array"),
        ("weights", "name a file that ends in .npy, .npz or .safetensors"),
    ]:
        with pytest.raises(UsageError) as caught:
            read(tmp_path / name)
        assert words in caught.value.help


@pytest.mark.parametrize("kind", KINDS)
def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Unreadable, match="No such file") as caught:
        read(tmp_path / f"missing{kind}")
    assert caught.value.help == f"name an existing {kind} file that you may read."
    (tmp_path / f"folder{kind}").mkdir()
    with pytest.raises(Unreadable, match="is a folder or a device"):
        read(tmp_path / f"folder{kind}")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / f"pipe{kind}")
        with pytest.raises(Unreadable, match="is a folder or a device"):
            read(tmp_path / f"pipe{kind}")


@pytest.mark.parametrize("missing", ["safetensors", "ml_dtypes"])
def test_a_missing_package_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    path = save(tmp_path / "a.safetensors", {"w": WEIGHT})
    monkeypatch.setitem(sys.modules, missing, None)
    for act in (lambda: read(path), lambda: save(tmp_path / "b.safetensors", {"w": WEIGHT})):
        with pytest.raises(UsageError, match=f"{missing} is not installed") as caught:
            act()
        assert "pip install 'deconvcli[safetensors]'" in caught.value.help
    assert [file.name for file in tmp_path.iterdir()] == ["a.safetensors"]


def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.npz").write_bytes(b"old")
    first, second = str(tmp_path / "a.npy"), str(tmp_path / "b.npz")
    files = {first: {"": WEIGHT}, second: {"b": WEIGHT}}
    with pytest.raises(Unreadable, match=r"b\.npz: already exists"):
        write_files(files, force=False)
    absent = {first: {"": WEIGHT}, str(tmp_path / "absent" / "b.npz"): {"b": WEIGHT}}
    with pytest.raises(Unreadable, match="cannot be written"):
        write_files(absent, force=False)
    half = {first: {"": WEIGHT}, second: {"b": WEIGHT.astype(ml_dtypes.bfloat16)}}
    with pytest.raises(UsageError, match="cannot hold bfloat16"):
        write_files(half, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["b.npz"]
    assert (tmp_path / "b.npz").read_bytes() == b"old"
    write_files(files, force=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.npy", "b.npz"]
    np.testing.assert_array_equal(read(tmp_path / "b.npz"), WEIGHT)


def test_a_full_disk_leaves_none_of_several_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [1]

    def sync(file: int) -> None:
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        left.pop()

    monkeypatch.setattr(os, "fsync", sync)
    files = {str(tmp_path / f"{name}.safetensors"): {"w": WEIGHT} for name in "ab"}
    with pytest.raises(Unreadable, match=r"b\.safetensors: cannot be written: No space left"):
        write_files(files, force=False)
    assert list(tmp_path.iterdir()) == []


def mutants(content: bytes, count: int) -> Iterator[bytes]:
    """Yield damaged files, the same ones in every run; the heads and the ends are hit most."""
    draw = random.Random(7)
    for _ in range(count):
        changed = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            near = draw.choice([draw.randrange(150), -1 - draw.randrange(150), draw.randrange(600)])
            place = near % len(changed)
            if draw.randrange(3):
                changed[place] = draw.choice([0, 1, 255, draw.randrange(256)])
            else:
                del changed[place : place + draw.randint(1, 9)]
        yield bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_raise_only_declared_errors(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path / f"a{kind}", {"w": WEIGHT})
    outcomes = {"read": 0, "refused": 0}
    for content in mutants(path.read_bytes(), 700):
        path.write_bytes(content)
        try:
            read(path)
            outcomes["read"] += 1
        except (Unreadable, UsageError):
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20  # mutants that are all refused alike would test little
