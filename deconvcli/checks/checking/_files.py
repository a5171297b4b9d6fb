"""Which files a check reads: those named, and in folders those that may be ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from typing import NamedTuple

from deconvcli.checks.documents import format_of
from deconvcli.common.errors import UsageError

STDIN = "-"
# Folders of other programs, where configs of theirs lie.
_SKIPPED = {"node_modules", "__pycache__", "site-packages", "venv"}


class Source(NamedTuple):
    """A file. is_named: whether the user named it, so that it is read whatever it holds."""

    name: str
    path: str
    is_named: bool = True


def sources(paths: Sequence[str]) -> list[Source]:
    """The files of all paths, each once, those of a folder by name.

    Raises:
        UsageError: a path does not exist, or there is no file at all.
    """
    found = list({source.path: source for path in paths for source in _of(path)}.values())
    if not found:
        raise UsageError(
            f"no YAML or JSON file in {' '.join(paths)[:80] or 'nothing'}",
            help="name files, folders or globs that hold configs.",
            code="no-files",
        )
    return found


def _of(path: str) -> Iterator[Source]:
    if path == STDIN:
        yield Source("<stdin>", STDIN)
    elif os.path.isdir(path):
        yield from (_named(file, False) for file in _files_in(path))
    elif os.path.lexists(path):
        yield _named(path, True)
    elif has_magic(path):
        yield from _matched(path)
    else:
        raise UsageError(
            f"{path[:80] or repr(path)}: there is no such file or folder",
            help="look at its spelling, and at the folder you are in.",
            code="no-such-file",
        )


def _matched(pattern: str) -> Iterator[Source]:
    """What a glob that the shell left alone stands for."""
    for path in sorted(glob(pattern, recursive=True)):
        yield from _of(path)


def _files_in(folder: str) -> Iterator[str]:
    # Links to folders are not followed, so that none can lead in circles.
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for file in sorted(files):
            if not file.startswith(".") and format_of(file):
                yield os.path.join(here, file)


def _named(path: str, is_named: bool) -> Source:
    """Relative to where we are, with slashes: what annotations in CI need."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        relative = path
    name = (path if relative.startswith("..") else relative).replace(os.sep, "/")
    # A line that begins with a colon can be a command to a CI system.
    return Source(f"./{name}" if name.startswith(":") else name, path, is_named)


def kind_of(source: Source) -> str:
    """The format of a file by its suffix; YAML for others."""
    return format_of(source.path) or "yaml"


def content(source: Source, most: int) -> bytes:
    """The file's bytes, one more than `most` at the most.

    Raises:
        OSError: it cannot be opened or read, or is no file.
    """
    if source.path == STDIN:
        return sys.stdin.buffer.read(most + 1)
    if not os.path.isfile(source.path):
        os.stat(source.path)  # a link in circles or to nothing has its own reason
        raise OSError(0, "not a regular file")
    with open(source.path, "rb") as file:
        return file.read(most + 1)
