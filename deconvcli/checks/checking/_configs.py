"""Configs that must be readable, for questions about a whole network."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.checks import configs
from deconvcli.checks.checking._file_check import has_networks, may_have_networks
from deconvcli.checks.checking._files import SourceFile, find_files, format_of_file, read_bytes
from deconvcli.checks.configs import Config
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where


def read_configs(paths: Sequence[str]) -> list[Config]:
    """Return the configs in files, folders and globs, in order.

    Raises:
        Unreadable: a file cannot be read, or something in it is wrong.
        UsageError: a path does not exist, or there is no YAML or JSON file.
    """
    found = (_read_config(file) for file in find_files(paths))
    return [config for config in found if config is not None]


def _read_config(file: SourceFile) -> Config | None:
    """Return the config, or None for another program's file in a folder."""
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


def _read_document(file: SourceFile, data: bytes) -> Document:
    try:
        return read(file.name, data, format_of_file(file))
    except Unreadable as error:
        message = _locate(file.name, error.where, error.message)
        raise Unreadable(message, help=error.help) from error


def _locate(name: str, where: Where | None, message: str) -> str:
    return f"{name}:{where.line}: {message}" if where else f"{name}: {message}"


def _read_data(file: SourceFile) -> bytes:
    try:
        return read_bytes(file, MAX_DOCUMENT_BYTES)
    except OSError as error:
        raise Unreadable(
            f"{file.name}: {error.strerror or error}",
            help="make the file readable, or remove it from the command.",
        ) from error
