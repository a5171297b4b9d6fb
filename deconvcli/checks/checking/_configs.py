"""Configs that must be readable, for questions about a whole network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.checks import configs
from deconvcli.checks.checking._file_check import has_networks, may_have_networks
from deconvcli.checks.checking._files import (
    SourceFile,
    explain_other,
    find_files,
    format_of_file,
    is_model,
    read_bytes,
)
from deconvcli.checks.configs import Config, NetworkSource
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.findings import Where
from deconvcli.common.shelf import suggestion
from deconvcli.models.model import OTHER_FILE, GivenSizes, Model
from deconvcli.models.reading import find_reader, finds_working, read_model


def read_configs(paths: Sequence[str]) -> list[Config]:
    """Return the configs in files, folders and globs, in order.

    Raises:
        Unreadable: a file cannot be read, or something in it is wrong.
        UsageError: a path does not exist, or there is no YAML or JSON file.
    """
    found = (_read_config(file) for file in find_files(paths))
    return [config for config in found if config is not None]


class ReadModel(NamedTuple):
    """A model file under its name in reports. is_named: whether the user named it."""

    name: str
    model: Model
    is_named: bool


def read_configs_and_models(
    paths: Sequence[str], sizes: GivenSizes, reader: str | None
) -> tuple[list[Config], list[ReadModel]]:
    """Return the configs in files, folders and globs, and the models, each in order.

    sizes: of the models' inputs. reader: that of all named files.

    Raises:
        Unreadable: a file cannot be read, or something in it is wrong.
        UsageError: a path or an input does not exist, or there is no YAML, JSON or model file.
    """
    found: list[Config] = []
    models: list[ReadModel] = []
    for file in find_files(paths):
        if is_model(file, reader):
            model = _read_model(file, sizes, reader)
            models += [] if model is None else [model]
        else:
            config = _read_config(file)
            found += [] if config is None else [config]
    return found, models


class NetworkPath(NamedTuple):
    """A file and the name of a network in it; both may be empty."""

    path: str = ""
    name: str = ""


def find_path(text: str) -> NetworkPath:
    """Return the file that a text names, as `net.yaml` or `net.yaml:NAME`; empty for a layer."""
    if os.path.isfile(text):
        return NetworkPath(text)
    path, colon, name = text.rpartition(":")
    if colon and os.path.isfile(path):
        return NetworkPath(path, name)
    ends = (".yaml", ".yml", ".json")
    is_path = "(" not in text and (text.lower().endswith(ends) or find_reader(text) is not None)
    return NetworkPath(text) if is_path else NetworkPath()


def read_one_network(path: str, name: str) -> NetworkSource:
    """Return the network of this name; without a name the only one.

    Raises:
        Unreadable: the file cannot be read, or something in it is wrong.
        UsageError: it does not exist, or has another number of such networks than one.
    """
    networks = [read for config in read_configs([path]) for read in config.networks]
    found = [read for read in networks if name in ("", read.graph.name)]
    if len(found) != 1:
        known = sorted(read.graph.name for read in networks)
        raise UsageError(
            f"{path} has {len(networks)} networks" if not name else f"there is no network {name!r}",
            help=suggestion(name, known)
            if name
            else f"choose one: {' or '.join(f'{path}:{one}' for one in known)}.",
            code="unknown-network",
        )
    return found[0]


def _read_config(file: SourceFile) -> Config | None:
    """Return the config, or None for a model or another program's file in a folder."""
    if is_model(file):
        if not file.is_named:
            return None
        raise Unreadable(
            f"{file.name}: a config is expected here, YAML or JSON, and not a model",
            help="write the layers into a config; `deconv check` reads models too.",
        )
    data = _read_data(file)
    if not (file.is_named or may_have_networks(data)):
        return None
    document = _read_document(file, data)
    if not (file.is_named or has_networks(document)):
        return None
    config = configs.read(document)
    if config.problems:
        [first, *_] = config.problems
        raise Unreadable(
            _locate(document.name, first.where, first.message),
            help=f"{first.help} `deconv check` shows every problem with its place.".strip(),
        )
    return config


def _read_model(file: SourceFile, sizes: GivenSizes, reader: str | None) -> ReadModel | None:
    """Return the model; None for a file in a folder of which no working sizes would be known."""
    chosen = reader if file.is_named else None
    if not finds_working(file.path, chosen):
        if not file.is_named:
            return None
        raise UsageError(
            f"{file.name}: the input sizes that work are found for models of ONNX, ncnn and Caffe,"
            f" and this one is read as {chosen or find_reader(file.path)}",
            help="export it as ONNX with open sizes, or write its layers into a config.",
            code="no-open-size",
        )
    try:
        model = read_model(file.path, sizes, chosen)
    except Unreadable as error:
        # Another program's file, or a link to a file that somebody else does not have.
        is_other = error.code == OTHER_FILE or not os.path.exists(file.path)
        if is_other and not file.is_named:
            return None
        raise Unreadable(_locate(file.name, error.where, error.message), help=error.help) from error
    return ReadModel(file.name, model, file.is_named)


def _read_document(file: SourceFile, data: bytes) -> Document:
    try:
        return read(file.name, data, format_of_file(file))
    except Unreadable as error:
        message = _locate(file.name, error.where, error.message)
        raise Unreadable(message, help=error.help) from error


def _locate(name: str, where: Where | None, message: str) -> str:
    return f"{name}:{where.line}: {message}" if where else f"{name}: {message}"


def _read_data(file: SourceFile) -> bytes:
    if other := explain_other(file):
        raise Unreadable(f"{file.name}: {other.message}", help=other.help, code=other.code)
    try:
        return read_bytes(file, MAX_DOCUMENT_BYTES)
    except OSError as error:
        raise Unreadable(
            f"{file.name}: {error.strerror or error}",
            help="make the file readable, or remove it from the command.",
        ) from error
