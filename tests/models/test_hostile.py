"""Files that are made to harm: every reader says one clear line, in a second and 200 MB.

The files of one reader are read by one process, which reports its time and its memory.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from tests.models import archives, fuzz
from tests.processes import python

# A measure of coverage stops at every line of the child too.
MAX_SECONDS = 1.0 if sys.gettrace() is None else 10.0
MAX_MEGABYTES = 200
MIB = 2**20
CHILD = """
import json, os, sys, time
import deconvcli
for path in sys.argv[1:]:
    started = time.process_time()
    try:
        findings = deconvcli.check(path).files[0].findings
        text = [one.message for one in findings if one.severity.value == "error"]
    except deconvcli.DeconvError as error:
        text = [error.message]
    memory = 0
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    took = time.process_time() - started
    print(json.dumps([os.path.basename(path), took, memory // 1024, text]), flush=True)
"""
VALID: dict[str, Callable[[], bytes]] = {
    "onnx": fuzz.FILES["onnx"],
    "pt2": fuzz.FILES["pt2"],
    "keras": fuzz.FILES["keras"],
    "h5": fuzz.FILES["h5"],
    "json": fuzz.FILES["keras-json"],
    "tflite": fuzz.FILES["tflite"],
    "xml": fuzz.FILES["xml"],
}
MEMBERS = {"pt2": "net/models/model.json", "keras": "config.json"}
HEADS = {"json": b'{"class_name":"Functional","config":', "h5": b'{"class_name":"a","config":'}
ENTITIES = b'<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><net name="&b;"><layers/></net>'


def write_archive(path: Path, *members: tuple[str, bytes], method: int = ZIP_DEFLATED) -> None:
    with ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)


def make_links(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield what is no file: a folder is left out, because it is searched for files."""
    yield folder / f"dangling.{suffix}"
    (folder / f"dangling.{suffix}").symlink_to("nowhere")
    yield folder / f"circle.{suffix}"
    (folder / f"circle.{suffix}").symlink_to(f"circle.{suffix}")
    yield folder / f"device.{suffix}"
    (folder / f"device.{suffix}").symlink_to("/dev/zero")
    yield folder / f"pipe.{suffix}"
    os.mkfifo(folder / f"pipe.{suffix}")


def make_any(suffix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of files that are hostile to every reader."""
    valid = VALID[suffix]()
    yield "empty", b""
    yield "half", valid[: len(valid) // 2]
    yield "garbage", Random(1).randbytes(MIB)
    yield "garbage-later", valid[:16] + Random(2).randbytes(MIB)
    yield "no-utf8", b"\xff\xfe\xe9" * 5000
    yield "zeros", bytes(MIB)
    yield "spaces", valid[:20] + b" " * (65 * MIB)


def make_archives(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield archives that are larger than they look, or mislead."""
    member = MEMBERS[suffix]
    content = fuzz.make_keras_text() if suffix == "keras" else json.dumps(archives.program())
    text = content.encode() if isinstance(content, str) else content
    made: dict[str, tuple[tuple[tuple[str, bytes], ...], int]] = {
        "bomb": (((member, b'{"a":"' + b" " * (256 * MIB)),), ZIP_DEFLATED),
        "bomb-of-lists": (((member, b"[" + b"[]," * (20 * MIB)),), ZIP_DEFLATED),
        "bzip2": (((member, b" " * (100 * MIB)),), ZIP_BZIP2),
        "lzma": (((member, b" " * (100 * MIB)),), ZIP_LZMA),
        "twice": (((member, text), (member, text)), ZIP_STORED),
        "deep": (((member, b"[" * 100_000),), ZIP_STORED),
        "deep-objects": (((member, b'{"a":' * 100_000),), ZIP_STORED),
        "digits": (((member, b'{"config":' + b"9" * MIB + b"}"),), ZIP_STORED),
        "members": (tuple((str(number), b"") for number in range(200_000)), ZIP_STORED),
    }
    for name, (members, method) in made.items():
        path = folder / f"{name}.{suffix}"
        write_archive(path, *members, method=method)
        yield path


def make_own(suffix: str) -> Iterator[tuple[str, bytes]]:
    """Yield files that are hostile to the readers of one format."""
    if suffix == "xml":
        yield "entities", ENTITIES
        yield "deep", b"<net><layers>" + b"<a>" * 500_000
        yield "layers", b"<net><layers>" + b"<layer/>" * (7 * MIB) + b"</layers></net>"
        yield "digits", fuzz.FILES["xml"]().replace(b"<dim>10<", b"<dim>" + b"9" * 5000 + b"<")
        yield "letters", fuzz.FILES["xml"]().replace(b'"2, 2"', b'"2, e"')
    if suffix in HEADS:
        start = VALID["h5"]()[:48] if suffix == "h5" else b""
        yield "deep", start + HEADS[suffix] + b"[" * 100_000
        yield "lists", start + HEADS[suffix] + b"[" + b"[]," * (20 * MIB)
    if suffix == "h5":
        yield "starts", VALID["h5"]()[:48] + (b'{"class_name":' + b"a" * (3 * MIB)) * 21


def make_files(folder: Path, suffix: str) -> Iterator[Path]:
    for name, content in (*make_any(suffix), *make_own(suffix)):
        path = folder / f"{name}.{suffix}"
        path.write_bytes(content)
        yield path
    if suffix in MEMBERS:
        yield from make_archives(folder, suffix)
    yield from make_links(folder, suffix)


def read_all(files: list[Path]) -> Iterator[list[Any]]:
    with python("-c", CHILD, *map(str, files)) as process:
        out, err = process.communicate(timeout=120)
    assert not err.decode()
    for line in out.splitlines():
        yield json.loads(line)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("suffix", VALID)
def test_hostile_files_cost_little_and_have_one_line(suffix: str, tmp_path: Path) -> None:
    files = list(make_files(tmp_path, suffix))
    results = list(read_all(files))
    assert [name for name, *_ in results] == [file.name for file in files]
    for name, seconds, megabytes, messages in results:
        assert len(messages) == 1, name
        assert "\n" not in messages[0], name
        assert seconds < MAX_SECONDS, name
        assert megabytes < MAX_MEGABYTES, name


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may write every zero")
@pytest.mark.parametrize("suffix", VALID)
def test_a_terabyte_of_zeros_costs_little(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"sparse.{suffix}"
    with path.open("wb") as file:
        file.truncate(2**40)
    [(_, seconds, megabytes, messages)] = read_all([path])
    assert len(messages) == 1
    assert seconds < MAX_SECONDS
    assert megabytes < MAX_MEGABYTES


@pytest.mark.parametrize("suffix", MEMBERS)
def test_a_member_outside_of_its_folder_is_not_extracted(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / f"net.{suffix}"
    path.write_bytes(VALID[suffix]())
    with ZipFile(path, "a") as archive:
        archive.writestr("../outside", b"content")
    [(_, _, _, messages)] = read_all([path])
    assert not messages
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["in", path.name]
