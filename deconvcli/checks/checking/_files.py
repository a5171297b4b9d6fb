"""The files that a check reads: named files, and the YAML, JSON and model files in folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from glob import glob, has_magic
from typing import NamedTuple

from deconvcli.checks.documents import format_of
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.models.reading import find_reader

STDIN = "-"
# Folders of installed code, which contains other people's configs.
_SKIPPED_FOLDERS = {"node_modules", "__pycache__", "site-packages", "venv"}


class SourceFile(NamedTuple):
    """A file to check.

    name: its name in findings. is_named: whether the user named it, so that it is checked whatever
    it contains.
    """

    name: str
    path: str
    is_named: bool = True


def find_files(paths: Sequence[str], exclude: Sequence[str] = ()) -> list[SourceFile]:
    """Return the files of all paths, each once; those of a folder are sorted.

    exclude: patterns of names, or of paths from the current folder, that folders are searched
    without. A file that is named, or that a glob finds, is checked.

    Raises:
        UsageError: a path does not exist, or there is no file at all.
    """
    found: dict[str, SourceFile] = {}
    for file in (file for path in paths for file in _expand(path)):
        if not file.is_named and _is_excluded(file.name, exclude):
            continue
        key = STDIN if file.path == STDIN else os.path.abspath(file.path)
        if file.is_named or key not in found:
            found[key] = file
    if not found:
        other = next(filter(None, map(_explain_folder, paths)), None)
        reason = f"; {other.message}" if other else ""
        raise UsageError(
            f"there is no YAML, JSON or model file in {' '.join(paths)[:80] or 'nothing'}{reason}",
            help=other.help if other else "name files, folders or globs that contain configs.",
            code="no-files",
        )
    return list(found.values())


def _expand(path: str) -> Iterator[SourceFile]:
    if path == STDIN:
        yield SourceFile("<stdin>", STDIN)
    elif os.path.isdir(path):
        for file in _files_in(path):
            yield SourceFile(display_name(file), file, False)
    elif os.path.lexists(path):
        yield SourceFile(display_name(path), path)
    elif has_magic(path):
        # The shell leaves a quoted glob alone, and on Windows every glob.
        for match in sorted(glob(path, recursive=True)):
            yield from _expand(match)
    else:
        raise UsageError(
            f"{path[:80] or repr(path)}: there is no such file or folder",
            help="check the spelling and the current folder.",
            code="no-such-file",
        )


def _is_excluded(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a path, one of the folders above it, or a part of it has such a name."""
    parts = name.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return any(
        fnmatch(one, pattern.removeprefix("./").rstrip("/"))
        for pattern in patterns
        for one in (*parts, *above)
    )


def _files_in(folder: str) -> Iterator[str]:
    # Links to folders are not followed, so none can lead in circles.
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS
        )
        for file in sorted(files):
            if not file.startswith(".") and (format_of(file) or find_reader(file)):
                yield os.path.join(here, file)


def is_model(file: SourceFile, reader: str | None = None) -> bool:
    """Return whether a file is a model, and not a config. reader: that of all named files."""
    if file.path == STDIN:
        return False
    return (reader is not None and file.is_named) or find_reader(file.path) is not None


def explain_other(file: SourceFile) -> Unreadable | None:
    """Return the error for a named file that is known and not read, such as one of weights."""
    if file.path == STDIN or not file.is_named or format_of(file.path):
        return None
    from deconvcli.models.other_files import explain_other_file  # which configs do not need

    return explain_other_file(file.path)


def _explain_folder(path: str) -> Unreadable | None:
    from deconvcli.models.other_files import explain_folder

    return explain_folder(path)


def display_name(path: str) -> str:
    """Return the path relative to the current folder, with slashes, as CI annotations need it."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # pragma: no cover - Windows: another drive
        relative = path
    name = (path if relative.startswith("..") else relative).replace(os.sep, "/")
    # CI systems can read a line that starts with a colon as a command.
    return f"./{name}" if name.startswith(":") else name


def format_of_file(file: SourceFile) -> str:
    """Return the format of a file by its suffix; files of other suffixes are read as YAML."""
    return format_of(file.path) or "yaml"


def read_bytes(file: SourceFile, limit: int) -> bytes:
    """Return the file's bytes, at most one more than `limit`.

    Raises:
        OSError: the file cannot be opened or read, or is not a regular file.
    """
    if file.path == STDIN:
        return sys.stdin.buffer.read(limit + 1)
    # Opening a pipe would wait for a writer, perhaps for ever.
    if not os.path.isfile(file.path):
        os.stat(file.path)  # raises the system's own reason for a broken or circular link
        raise OSError(0, "not a regular file")
    with open(file.path, "rb") as opened:
        return opened.read(limit + 1)
