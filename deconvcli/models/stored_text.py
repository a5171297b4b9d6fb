"""The JSON of a model file, read within bounds: a hostile file takes neither memory nor time."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from deconvcli.common.files import StrPath

MAX_BYTES = 64 << 20
"""The longest text that is read."""
MAX_WEIGHT = 3_000_000
"""The most that the values of a text may weigh: 1 for each, and more for lists and objects."""
MAX_DIRECTORY_BYTES = 8 << 20
"""The longest list of the members of an archive."""
_LIST_WEIGHT, _OBJECT_WEIGHT = 1, 4
# The records at the end of an archive, as far as the length of that list; then a comment may come.
_END, _END64 = struct.Struct("<12xL"), struct.Struct("<40xQ")
_LONGEST_END = 65_535 + 22 + 20 + 56


@contextmanager
def open_archive(path: StrPath) -> Iterator[ZipFile]:
    """Yield an archive whose members have names of their own, and not too many of them.

    Raises:
        ValueError: it has too many members, or two of one name.
        BadZipFile, OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _LONGEST_END))
        end = file.read()
        for record, mark in ((_END, b"PK\x05\x06"), (_END64, b"PK\x06\x06")):
            place = end.rfind(mark)
            is_whole = place != -1 and len(end) - place >= record.size
            if is_whole and record.unpack_from(end, place)[0] > MAX_DIRECTORY_BYTES:
                raise ValueError("it has too many members")
        with ZipFile(file) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names):
                raise ValueError("it has two members of one name")
            yield archive


def read_member(archive: ZipFile, name: str) -> bytes:
    """Return the content of a member, without trusting the length that the archive states.

    Raises:
        ValueError: it is too long, or compressed in a way that takes memory before any of it.
    """
    member = archive.getinfo(name)
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ValueError(f"{name} is compressed in another way than models are")
    # One byte more than is accepted: a size in the header may be wrong.
    with archive.open(member) as file:
        text = file.read(MAX_BYTES + 1)
    require_length(text, name)
    return text


def require_length(text: bytes, name: str) -> None:
    """Refuse a text of more than 64 MiB.

    Raises:
        ValueError: it is longer.
    """
    if len(text) > MAX_BYTES:
        raise ValueError(f"{name} has more than {MAX_BYTES >> 20} MiB")


def require_few_values(text: bytes) -> None:
    """Refuse JSON whose values would take far more memory than its text.

    Raises:
        ValueError: it has too many.
    """
    weight = text.count(b",")
    weight += _LIST_WEIGHT * text.count(b"[") + _OBJECT_WEIGHT * text.count(b"{")
    if weight > MAX_WEIGHT:
        raise ValueError("it has more values than the graph of a model")


def parse_json(text: bytes) -> Any:
    """Return the value of a text.

    Raises:
        ValueError: it is no JSON, or has too many values.
        RecursionError: it is nested too deep.
    """
    require_few_values(text)
    return json.loads(text)
