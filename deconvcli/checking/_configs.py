"""Configs that have to be readable: for questions that only a whole network answers."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli import configs
from deconvcli.checking._files import Source, content, kind_of, sources
from deconvcli.configs import Config
from deconvcli.documents import LARGEST, read
from deconvcli.errors import Unreadable


def readable(paths: Sequence[str]) -> list[Config]:
    """The configs in files, folders and globs, in order.

    Raises:
        Unreadable: a file cannot be read, or something in it is not understood.
        UsageError: a path does not exist, or nothing in it is a config.
    """
    return [_config(source) for source in sources(paths)]


def _config(source: Source) -> Config:
    config = configs.read(read(source.name, _data(source), kind_of(source)))
    if config.problems:
        [first, *_] = config.problems
        line = f":{first.where.line}" if first.where else ""
        raise Unreadable(
            f"{source.name}{line}: {first.message}",
            help=f"{first.help} `deconv check` shows the place and all that is wrong.".strip(),
        )
    return config


def _data(source: Source) -> bytes:
    try:
        return content(source, LARGEST)
    except OSError as error:
        raise Unreadable(
            f"{source.name}: {error.strerror or error}", help="make it readable, or leave it out."
        ) from error
