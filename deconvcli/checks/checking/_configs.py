"""Configs that have to be readable: for questions that only a whole network answers."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.checks import configs
from deconvcli.checks.checking._files import Source, content, kind_of, sources
from deconvcli.checks.checking._one import is_ours, may_be_ours
from deconvcli.checks.configs import Config
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where


def readable(paths: Sequence[str]) -> list[Config]:
    """The configs in files, folders and globs, in order.

    Raises:
        Unreadable: a file cannot be read, or something in it is not understood.
        UsageError: a path does not exist, or nothing in it is a config.
    """
    found = (_config(source) for source in sources(paths))
    return [config for config in found if config is not None]


def _config(source: Source) -> Config | None:
    """The config; None for a file that lies in a folder and is no config of ours."""
    data = _data(source)
    if not (source.is_named or may_be_ours(data)):
        return None
    document = _document(source, data)
    return _whole(document) if source.is_named or is_ours(document) else None


def _document(source: Source, data: bytes) -> Document:
    try:
        return read(source.name, data, kind_of(source))
    except Unreadable as error:
        message = _placed(source.name, error.where, error.message)
        raise Unreadable(message, help=error.help) from error


def _whole(document: Document) -> Config:
    config = configs.read(document)
    if config.problems:
        [first, *_] = config.problems
        raise Unreadable(
            _placed(document.name, first.where, first.message),
            help=f"{first.help} `deconv check` shows the place and all that is wrong.".strip(),
        )
    return config


def _placed(name: str, where: Where | None, message: str) -> str:
    return f"{name}:{where.line}: {message}" if where else f"{name}: {message}"


def _data(source: Source) -> bytes:
    try:
        return content(source, MAX_DOCUMENT_BYTES)
    except OSError as error:
        raise Unreadable(
            f"{source.name}: {error.strerror or error}", help="make it readable, or leave it out."
        ) from error
