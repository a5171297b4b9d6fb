"""`compile_kernel`: Numba's njit with a disk cache that may be damaged, absent or shared.

Numba's own cache (0.68) has four traps for a command-line tool. Each has an answer here:

* Without a writable folder, decoration fails. Here the kernel is compiled without a cache.
* A truncated file breaks every later run (numba#9348, numba#10434). Here a digest is checked first.
* Index and data are two files, which processes that start together can mix up. Here each
  signature has one file, named by everything that shaped its code and replaced in one step.
* The files are pickles: anyone who can write them runs code as you. The folder must be private.
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

from deconvcli.compute.kernels.failure import NotCompiled, format_in_a_line

P = ParamSpec("P")
R = TypeVar("R")

DIGEST_BYTES = 32

internals: Any = numba.core
"""Numba's private interfaces, used only where a failure means that there is no cache."""


def compile_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled at its first call, and cached on disk if that is safe.

    It runs without the interpreter's lock. With NUMBA_DISABLE_JIT=1 this is `function` itself.

    Raises (here or at a call):
        NotCompiled: the compiler failed, in whatever way.
    """
    try:
        return _make_dispatcher(function)
    except MemoryError:
        raise
    except Exception as error:
        raise NotCompiled(format_in_a_line(error)) from error


def _make_dispatcher(function: Callable[P, R]) -> Callable[P, R]:
    # The error model of Python would test the divisor of every division.
    # No kernel is called from C, and the wrapper for that would have to be compiled too.
    options: Any = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    dispatcher: Any = numba.njit(**options)(function)
    folder = cache_folder()
    # With NUMBA_DISABLE_JIT=1 njit returns the function itself.
    if folder is not None and dispatcher is not function:
        # Not `cache=True`, which is Numba's own cache, with the four traps above.
        dispatcher._cache = _DiskCache(function, folder)
    if dispatcher is not function:
        # Numba calls this for a new signature; the kernel itself does not run in it.
        dispatcher._compile_for_args = _raise_not_compiled(dispatcher._compile_for_args)
    kernel: Callable[P, R] = dispatcher
    return kernel


def _raise_not_compiled(compile: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same compilation with its errors distinguished from those of a running kernel."""

    def compile_or_raise(*arguments: Any, **named: Any) -> Any:
        try:
            return compile(*arguments, **named)
        # NotCompiled: of a kernel that this one calls; it has its message already.
        except (MemoryError, NotCompiled):
            raise
        except Exception as error:
            raise NotCompiled(format_in_a_line(error)) from error

    return compile_or_raise


@cache
def cache_folder() -> Path | None:
    """Return a folder that only this user can write, created if missing; None if there is none.

    It lies in NUMBA_CACHE_DIR if that is set, else in $XDG_CACHE_HOME/deconv or ~/.cache/deconv.
    """
    try:
        # Resolved, so that the folders looked at below are those that links lead to.
        folder = _default_folder().resolve()
        # The mode is that of the last folder alone; _is_private looks at those above it.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = _is_private(folder) and os.access(folder, os.W_OK | os.X_OK)
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return None
    return folder if usable else None


def _default_folder() -> Path:
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen) / "deconv"
    caches = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification (0.8) says that relative paths are ignored.
    home = Path(caches) if os.path.isabs(caches) else Path.home() / ".cache"
    return home / "deconv" / "numba"


def _is_private(folder: Path) -> bool:
    """Whether root and this user alone can put files into `folder` or replace it."""
    # On Windows access lists keep profile folders private.
    if not hasattr(os, "geteuid"):  # pragma: no cover - Windows
        return True
    state = folder.stat()
    is_mine = state.st_uid == os.geteuid() and not state.st_mode & 0o022
    return is_mine and all(_keeps_its_children(parent.stat()) for parent in folder.parents)


def _keeps_its_children(state: os.stat_result) -> bool:
    """Whether only this user or root can rename the entries of a folder."""
    has_trusted_owner = state.st_uid in (0, os.geteuid())
    return has_trusted_owner and bool(not state.st_mode & 0o002 or state.st_mode & stat.S_ISVTX)


class _DiskCache:
    """The cache of a Numba dispatcher (numba.core.caching._Cache), with one file a signature.

    A file holds a SHA-256 digest and the pickled compilation that it was made from.
    """

    def __init__(self, function: Callable[..., object], folder: Path) -> None:
        self._function = function
        self._folder = folder

    def load_overload(self, signature: object, context: Any) -> Any:
        """Return the compilation cached for `signature`, or None."""
        # As Numba's own cache does: the context may not be initialized yet.
        context.refresh()
        try:
            payload = _load_intact(self._file(signature, context.codegen()).read_bytes())
            if payload is None:
                return None
            return internals.compiler.CompileResult._rebuild(context, *payload)
        except Exception:  # whatever is wrong with the cache, compiling again is the answer
            return None

    def save_overload(self, signature: object, result: Any) -> None:
        """Cache a compilation, if that is possible."""
        # Lifted loops and globals of this process mean nothing to another one.
        if result.lifted or result.library.has_dynamic_globals:
            return
        try:
            payload = internals.serialize.dumps(result._reduce())
            content = hashlib.sha256(payload).digest() + payload
            replace(self._file(signature, result.codegen), content)
        except Exception:  # a full disk only costs the next process a compilation
            return

    def flush(self) -> None:
        """Do nothing: a file's name depends on all that its content depends on."""

    def _file(self, signature: object, codegen: Any) -> Path:
        function = self._function
        key = (_circumstances(), _identity(function), str(signature), codegen.magic_tuple())
        digest = hashlib.sha256(repr(key).encode())
        # 128 bits: no two keys meet by chance.
        return self._folder / f"{function.__name__}-{digest.hexdigest()[:32]}.bin"


def _identity(value: Any) -> object:
    """Return a function's place, code and closure, which identify it; other values as they are."""
    function = getattr(value, "py_func", value)
    if not callable(function):
        return value
    closure = [_identity(cell.cell_contents) for cell in getattr(function, "__closure__", ()) or ()]
    code = getattr(function, "__code__", None)
    return (
        function.__module__,
        function.__qualname__,
        # Constants are not in it: the digest of all sources covers them.
        code and (code.co_firstlineno, code.co_code),
        closure,
    )


def _load_intact(content: bytes) -> Any:
    """Return the object in a cache file, or None if its bytes are not those that were written."""
    # The digest finds damage only; against other users the private folder protects.
    digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if hashlib.sha256(payload).digest() != digest:
        return None
    return pickle.loads(payload)


def replace(file: Path, content: bytes) -> None:
    """Write `file` in one step, so that other processes see all of it or nothing."""
    # In the same folder, since only there a rename is one step.
    temporary = file.with_name(f"{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


@cache
def identity() -> str:
    """Return a digest of everything that a measurement of kernels on this machine depends on."""
    # A cache folder may serve several machines, as a home on a network does.
    known = (_circumstances(), llvmlite.binding.get_host_cpu_name())
    return hashlib.sha256(repr(known).encode()).hexdigest()


@cache
def _circumstances() -> str:
    """Return a digest of sources, versions and options, which shape the code of every kernel.

    It covers the sources of all kernels, because a compilation contains the functions it calls.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    versions = (numba.__version__, llvmlite.__version__, np.__version__)
    options = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    digest.update(repr((versions, sys.implementation.cache_tag, options)).encode())
    return digest.hexdigest()
