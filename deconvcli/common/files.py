"""A file written in one step: a reader sees the old one or all of the new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from typing import TypeAlias

from deconvcli.common.errors import Unreadable

StrPath: TypeAlias = str | os.PathLike[str]


@contextmanager
def open_atomically(path: StrPath, *, force: bool) -> Iterator[BufferedRandom]:
    """A new file beside `path`, which gets that name if all goes well, and else is removed.

    Raises:
        Unreadable: the file exists (without `force`), is no regular file, or cannot be written.
    """
    name = format_path(path)
    with report_write_errors(name):
        _refuse_target(os.fspath(path), name, force)
        target = os.path.realpath(path)  # through a link, so that the link stays
    temporary = os.path.join(os.path.dirname(target), f".deconv-{os.urandom(8).hex()}.tmp")
    try:  # before it is there: Ctrl-C may come as soon as it is
        with report_write_errors(name):
            created = _create(temporary)
        with _close_after(created) as file:
            yield file
            with report_write_errors(name):
                file.flush()
                os.fsync(file.fileno())
        with report_write_errors(name):
            _publish(temporary, target, force)
    finally:
        with suppress(OSError, ValueError):
            os.unlink(temporary)


def _create(path: str) -> BufferedRandom:
    # Not tempfile: the system applies the umask to 0666 here, tempfile leaves 0600.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return open(os.open(path, flags, 0o666), "w+b")


@contextmanager
def _close_after(file: BufferedRandom) -> Iterator[BufferedRandom]:
    try:
        yield file
    finally:
        with suppress(OSError):  # closing tries again to write what could not be written
            file.close()


def _refuse_target(target: str, name: str, force: bool) -> None:
    """Never replace a device, a pipe or a folder, nor, without `force`, anything."""
    if not os.path.basename(target):
        raise irregular_file_error(name)
    if os.path.exists(target) and not os.path.isfile(target):
        raise irregular_file_error(name)
    if os.path.lexists(target) and not force:
        raise existing_file_error(name)


def _publish(temporary: str, target: str, force: bool) -> None:
    """Give `temporary` its name; without `force` only if the name is still free."""
    if not force:
        try:
            os.link(temporary, target)
            return
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # no hard links here; look once more, then replace
            if os.path.lexists(target):
                raise FileExistsError(target) from None
    os.replace(temporary, target)


def format_path(path: StrPath) -> str:
    """The path for a message, with what would disturb a terminal escaped."""
    text = os.fspath(path) or "(empty name)"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def report_write_errors(name: str) -> Iterator[None]:
    """What the system refuses inside is Unreadable."""
    try:
        yield
    except FileExistsError as error:
        raise existing_file_error(name) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{name}: cannot be written: {describe_os_error(error)}",
            help="write into an existing folder that has room and that you may write to.",
        ) from error


def irregular_file_error(name: str) -> Unreadable:
    """A folder or a device where a file is needed."""
    return Unreadable(
        f"{name}: is a folder or a device, not a regular file", help="name a regular file."
    )


def existing_file_error(name: str) -> Unreadable:
    """A file where none may be."""
    return Unreadable(
        f"{name}: exists already", help="give --force, or choose another name.", code="exists"
    )


def describe_os_error(error: Exception) -> str:
    """What the system says, without its number."""
    return getattr(error, "strerror", None) or str(error)
