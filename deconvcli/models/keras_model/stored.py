"""The config in a file of Keras: a .keras archive, an .h5 file, or JSON of `to_json` and tfjs."""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from zipfile import BadZipFile

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error
from deconvcli.common.values import shorten
from deconvcli.models.model import OTHER_FILE
from deconvcli.models.stored_text import (
    MAX_BYTES,
    open_archive,
    parse_json,
    read_member,
    require_few_values,
    require_length,
)

_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
_CONFIG_START = b'{"class_name":'
MAX_HDF5_BYTES = 32 << 20
"""How much of an .h5 file is read for a config, by all attempts together."""
MAX_ATTEMPTS = 20
"""How many texts in an .h5 file may begin as a config does and be none."""
_VERSION = re.compile(rb"\d+\.\d+\.\d+")


class Stored(NamedTuple):
    """A model's config as it is stored. version: of Keras, as far as the file has it."""

    config: Mapping[str, Any]
    version: str


def read_stored(path: str) -> Stored:
    """Return the config of a file, whose first bytes say what it is.

    Weights are not read, and nothing is executed or extracted.

    Raises:
        Unreadable: the file cannot be read, is damaged or too large, or holds no config.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(8)
        if start.startswith(_ZIP):
            stored = _read_archive(path)
        elif start == _HDF5:
            stored = _read_hdf5(path)
        else:
            stored = _read_json(path)
    except OSError as error:
        raise refuse(f"cannot be read: {describe_os_error(error)}") from error
    except RecursionError:
        raise refuse("is nested too deep") from None
    # NotImplementedError: an unknown compression; RuntimeError: an encrypted member.
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise refuse(f"is damaged: {shorten(str(error), 100)}") from error
    if not isinstance(stored.config.get("config"), (dict, list)):
        raise refuse("holds no config of a Keras model")
    return stored


def refuse(reason: str, code: str | None = None) -> Unreadable:
    """Return the error for a file that is no such model."""
    return Unreadable(
        f"the file {reason}",
        help="save the whole model again, with model.save('model.keras').",
        code=code,
    )


def _read_archive(path: str) -> Stored:
    with open_archive(path) as archive:
        names = archive.namelist()
        if "config.json" not in names:
            raise refuse("has no config.json, as archives of Keras have")
        config = _load(read_member(archive, "config.json"))
        metadata = {}
        if "metadata.json" in names:
            metadata = _load(read_member(archive, "metadata.json"))
    return Stored(config, str(metadata.get("keras_version", "")))


def _load(text: bytes) -> dict[str, Any]:
    found = parse_json(text)
    if not isinstance(found, dict):
        raise refuse("holds JSON that is no config of a Keras model")
    return found


def _read_json(path: str) -> Stored:
    with open(path, "rb") as file:
        text = file.read(MAX_BYTES + 1)
    require_length(text, "the config")
    data = _load(text)
    # TensorFlow.js puts what Keras wrote into a file with the list of the weights' files.
    topology = data.get("modelTopology", data)
    if not isinstance(topology, dict):
        raise refuse("holds no config of a Keras model")
    config = topology.get("model_config", topology)
    version = topology.get("keras_version", data.get("keras_version", ""))
    return Stored(config if isinstance(config, dict) else {}, str(version))


def _read_hdf5(path: str) -> Stored:
    """Find the text of the config in an HDF5 file, which stores it in one piece."""
    decoder = json.JSONDecoder()
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), os.fstat(file.fileno()).st_size, access=mmap.ACCESS_READ) as data,
    ):
        place = data.find(_CONFIG_START)
        left = MAX_HDF5_BYTES
        for _ in range(MAX_ATTEMPTS):
            if place == -1:
                break
            end = data.find(b"\0", place, place + left)
            text = data[place : end if end != -1 else place + left]
            left -= len(text)
            try:
                require_few_values(text)
                config, length = decoder.raw_decode(text.decode("utf-8", "replace"))
            except ValueError:
                length = 1
            else:
                if isinstance(config.get("config"), (dict, list)) and "layers" in config["config"]:
                    return Stored(config, _find_version(data))
            place = data.find(_CONFIG_START, place + length)
    reason = "holds weights alone, or a model that was saved without its graph"
    raise refuse(reason, OTHER_FILE)


def _find_version(data: mmap.mmap) -> str:
    """Return the value of the attribute `keras_version`, which stands near its name."""
    place = data.find(b"keras_version")
    found = _VERSION.search(data, place, place + 4096) if place != -1 else None
    return found[0].decode() if found else ""
