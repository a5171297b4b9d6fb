"""`compiled`: Numba's njit with a cache on disk that can be damaged, absent or contested.

Numba's own cache (0.68) has four traps for a command-line tool, and each answers here:

* No writable folder is an error at decoration. Here it means compiling without a cache.
* A truncated file breaks every later run (numba#9348, numba#10434). Here a digest is checked first.
* Index and data are two files, so processes that start together can mix them up. Here each
  signature has one file, named by everything that shaped its code, and replaced in one step.
* The files are pickles: whoever can write them runs code as you. Here the folder must be private.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import llvmlite
import llvmlite.binding
import numba
import numba.core.compiler
import numba.core.serialize
import numpy as np

from deconvcli.compute.kernels.failure import NotCompiled, in_a_line

P = ParamSpec("P")
R = TypeVar("R")

DIGEST_BYTES = 32

internals: Any = numba.core
"""Untyped and private: used only where a failure means no cache."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """A kernel of this folder, compiled at its first call and kept on disk where that is safe.

    It runs without the GIL. With NUMBA_DISABLE_JIT=1 this is `function` itself.

    Raises (here or at a call):
        NotCompiled: the compiler failed, in whatever way.
    """
    try:
        return _dispatcher(function)
    except MemoryError:
        raise
    except Exception as error:
        raise NotCompiled(in_a_line(error)) from error


def _dispatcher(function: Callable[P, R]) -> Callable[P, R]:
    # Nobody calls it from C, and what is not compiled is not waited for.
    options: Any = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    dispatcher: Any = numba.njit(**options)(function)
    folder = cache_folder()
    if folder is not None and dispatcher is not function:
        dispatcher._cache = _DiskCache(function, folder)
    if dispatcher is not function:
        # What Numba calls for a new signature; the kernel itself does not run in it.
        dispatcher._compile_for_args = _telling(dispatcher._compile_for_args)
    answer: Callable[P, R] = dispatcher
    return answer


def _telling(compile: Callable[..., Any]) -> Callable[..., Any]:
    """The same compilation, whose failures are all told apart from those of a kernel that runs."""

    def told(*arguments: Any, **named: Any) -> Any:
        try:
            return compile(*arguments, **named)
        except (MemoryError, NotCompiled):
            raise
        except Exception as error:
            raise NotCompiled(in_a_line(error)) from error

    return told


@cache
def cache_folder() -> Path | None:
    """A folder that only this user can write: made if missing, None where there is none.

    Under NUMBA_CACHE_DIR where that is set, else $XDG_CACHE_HOME/deconv or ~/.cache/deconv.
    """
    try:
        folder = _wanted_folder().resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = _is_private(folder) and os.access(folder, os.W_OK | os.X_OK)
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        return None
    return folder if usable else None


def _wanted_folder() -> Path:
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen) / "deconv"
    caches = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification (0.8) has relative paths ignored.
    home = Path(caches) if os.path.isabs(caches) else Path.home() / ".cache"
    return home / "deconv" / "numba"


def _is_private(folder: Path) -> bool:
    """Whether nobody else, root aside, can put a file into `folder` or swap it for another."""
    if not hasattr(os, "geteuid"):  # Windows: profile folders are private by their access lists
        return True
    state = folder.stat()
    is_mine = state.st_uid == os.geteuid() and not state.st_mode & 0o022
    return is_mine and all(_keeps_its_children(parent.stat()) for parent in folder.parents)


def _keeps_its_children(state: os.stat_result) -> bool:
    """Whether only its owner (this user or root) can rename what lies in this folder."""
    has_trusted_owner = state.st_uid in (0, os.geteuid())
    return has_trusted_owner and bool(not state.st_mode & 0o002 or state.st_mode & stat.S_ISVTX)


class _DiskCache:
    """What a Numba dispatcher asks of its cache (numba.core.caching._Cache), one file a signature.

    A file is the SHA-256 digest of the rest, then the pickled compilation.
    """

    def __init__(self, function: Callable[..., object], folder: Path) -> None:
        self._function = function
        self._folder = folder

    @property
    def cache_path(self) -> str:
        return str(self._folder)

    def load_overload(self, signature: object, context: Any) -> Any:
        """The compilation kept for `signature`, or None."""
        context.refresh()
        try:
            payload = _intact(self._file(signature, context.codegen()).read_bytes())
            if payload is None:
                return None
            return internals.compiler.CompileResult._rebuild(context, *payload)
        except Exception:  # whatever is wrong with a cache, compiling again answers it
            return None

    def save_overload(self, signature: object, result: Any) -> None:
        """Keep a compilation, if it can be kept and the disk lets us."""
        if result.lifted or result.library.has_dynamic_globals:
            return
        try:
            payload = internals.serialize.dumps(result._reduce())
            content = hashlib.sha256(payload).digest() + payload
            replace(self._file(signature, result.codegen), content)
        except Exception:  # a full disk only costs the next process a compilation
            return

    def flush(self) -> None:
        """Nothing to forget: a file's name says what it holds."""

    def _file(self, signature: object, codegen: Any) -> Path:
        function = self._function
        what = (_circumstances(), _identity(function), str(signature), codegen.magic_tuple())
        digest = hashlib.sha256(repr(what).encode())
        return self._folder / f"{function.__name__}-{digest.hexdigest()[:32]}.bin"


def _identity(value: Any) -> object:
    """A function by its place, its code and what it closes over; anything else as it is."""
    function = getattr(value, "py_func", value)
    if not callable(function):
        return value
    closure = [_identity(cell.cell_contents) for cell in getattr(function, "__closure__", ()) or ()]
    code = getattr(function, "__code__", None)
    return (
        function.__module__,
        function.__qualname__,
        code and (code.co_firstlineno, code.co_code),
        closure,
    )


def _intact(content: bytes) -> Any:
    """The object in a cache file, or None if a byte is not as it was written."""
    digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if hashlib.sha256(payload).digest() != digest:
        return None
    return pickle.loads(payload)


def replace(file: Path, content: bytes) -> None:
    """Write `file` in one step, so that another process sees all of it or nothing."""
    temporary = file.with_name(f"{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


@cache
def identity() -> str:
    """What a measurement of kernels on this machine depends on."""
    known = (_circumstances(), llvmlite.binding.get_host_cpu_name())
    return hashlib.sha256(repr(known).encode()).hexdigest()


@cache
def _circumstances() -> str:
    """Everything but function, signature and CPU that shapes the code: sources, versions, options.

    All kernels' sources, because a compilation also holds the functions it calls.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    versions = (numba.__version__, llvmlite.__version__, np.__version__)
    options = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    digest.update(repr((versions, sys.implementation.cache_tag, options)).encode())
    return digest.hexdigest()
