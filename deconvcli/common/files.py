"""Files written in one step: a reader sees the old file or all of the new one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom, BufferedReader
from typing import TypeAlias

from deconvcli.common.errors import Unreadable

StrPath: TypeAlias = str | os.PathLike[str]


def open_regular_file(path: StrPath) -> BufferedReader:
    """Open a regular file for reading; a pipe or a device is refused without waiting for it.

    Raises:
        Unreadable: it is no regular file.
        OSError, ValueError: it cannot be opened.
    """
    name = format_path(path)
    # Non-blocking: opening a pipe without a writer would hang before fstat could find out.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise irregular_file_error(name)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115 - the caller closes it
    # Checked again: another file may have taken the name since os.stat.
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise irregular_file_error(name)
    return file


@contextmanager
def open_atomically(path: StrPath, *, force: bool) -> Iterator[BufferedRandom]:
    """Open a new file beside `path`, which takes that name on success and is removed otherwise.

    A file that is replaced passes its permissions on, and its owner where the system allows it.

    Raises:
        Unreadable: the file exists (without `force`), is no regular file, or cannot be written.
    """
    name = format_path(path)
    with report_write_errors(name):
        _refuse_target(os.fspath(path), name, force)
        target = os.path.realpath(path)  # A link stays a link: its target is replaced.
    # Random by os.urandom, because `secrets` imports base64 and hmac.
    temporary = os.path.join(os.path.dirname(target), f".deconv-{os.urandom(8).hex()}.tmp")
    try:  # Before the file exists, since Ctrl-C may come as soon as it does.
        with report_write_errors(name):
            created = _create(temporary)
        with _close_after(created) as file:
            yield file
            with report_write_errors(name):
                file.flush()
                _copy_permissions(target, file.fileno())
                os.fsync(file.fileno())
        with report_write_errors(name):
            _publish(temporary, target, force)
    finally:
        with suppress(OSError, ValueError):  # ValueError: a null character in the name
            os.unlink(temporary)


def _create(path: str) -> BufferedRandom:
    # Not tempfile: the system applies the umask to 0666 here, tempfile leaves 0600.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return open(os.open(path, flags, 0o666), "w+b")


def _copy_permissions(target: str, file: int) -> None:
    """Give a new file the owner and the permissions of the file that it replaces."""
    if os.path.exists(target):
        status = os.stat(target)
        # Root may replace anybody's file, which stays theirs; others may not give files away.
        # AttributeError: Windows has neither function.
        with suppress(OSError, AttributeError):
            os.fchown(file, status.st_uid, status.st_gid)
        # Second, because a new owner clears bits of the mode.
        with suppress(OSError, AttributeError):
            os.fchmod(file, stat.S_IMODE(status.st_mode))


@contextmanager
def _close_after(file: BufferedRandom) -> Iterator[BufferedRandom]:
    try:
        yield file
    finally:
        with suppress(OSError):  # closing tries once more to write the buffer
            file.close()


def _refuse_target(target: str, name: str, force: bool) -> None:
    """Refuse to replace a device, a pipe or a folder, or without `force` any file."""
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
            # In one step: a link fails where the name is taken; a rename would replace the file.
            os.link(temporary, target)
            return
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # no hard links here: check once more, then replace
            if os.path.lexists(target):
                raise FileExistsError(target) from None
    os.replace(temporary, target)


def format_path(path: StrPath) -> str:
    """Return the path for a message, with characters that disturb a terminal escaped."""
    text = os.fspath(path) or "(empty name)"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def report_write_errors(name: str) -> Iterator[None]:
    """Turn an error of the system inside the block into Unreadable."""
    try:
        yield
    except FileExistsError as error:
        raise existing_file_error(name) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{name}: cannot be written: {describe_os_error(error)}",
            help="choose an existing folder that has space and that you can write to.",
        ) from error


def irregular_file_error(name: str) -> Unreadable:
    """Return the error for a folder or a device in place of a file."""
    return Unreadable(
        f"{name}: is a folder or a device, not a regular file", help="name a regular file."
    )


def existing_file_error(name: str) -> Unreadable:
    """Return the error for a file that must not exist."""
    return Unreadable(
        f"{name}: already exists", help="give --force, or choose another name.", code="exists"
    )


def describe_os_error(error: Exception) -> str:
    """Return the system's message without its number."""
    return getattr(error, "strerror", None) or str(error)
