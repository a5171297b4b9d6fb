"""The engines: what users type, and the room that holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels.failure import NotCompiled, in_a_line
from deconvcli.compute.runner.canonical import Array, AxisNumbers

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much, in any unit."""
Step = Callable[[Array, Sequence[AxisNumbers] | None, Progress | None], Array]

ENGINES = {"numba": "engine", "numpy": "scatter", "reference": "reference"}


class Engine(NamedTuple):
    """An engine that is loaded. why: in one sentence, why another one than was asked for."""

    name: str
    prepare: Callable[..., Step]
    why: str = ""


_not_compiled: list[str] = []
"""Why Numba failed to compile in this process: it is not asked for that again."""


def load_engine(name: str) -> Engine:
    """Return the engine; NumPy where Numba is asked for and cannot be imported or cannot compile.

    Raises:
        UsageError: there is no such engine.
    """
    if name not in ENGINES:
        raise UsageError(
            f"engine {name!r} is not known", help=f"choose from: {', '.join(ENGINES)}."
        )
    if name == "numba" and _not_compiled:
        return _numpy(_not_compiled[0])
    try:
        module = import_module(f"deconvcli.compute.kernels.{ENGINES[name]}")
    except MemoryError:
        raise
    except NotCompiled as error:
        return not_compiled(error)
    # A package that is half installed, or built for another NumPy, fails in its own way.
    except Exception as error:
        if name != "numba":
            raise
        return _numpy(f"numba cannot be imported here ({in_a_line(error)})")
    return Engine(name, cast(Callable[..., Step], module.prepare))


def not_compiled(error: NotCompiled) -> Engine:
    """Return the engine that computes from now on, where Numba could not compile a kernel."""
    _not_compiled.append(f"numba cannot compile here ({error})")
    return _numpy(_not_compiled[0])


def _numpy(why: str) -> Engine:
    advice = "reinstall numba to be fast again, or ask for the engine numpy"
    return load_engine("numpy")._replace(why=f"{why}; numpy computes instead: {advice}")


class Turning(Protocol):
    """Moves of channels that an engine makes by itself; see kernels/turning.py."""

    def channels_first(self, x: Array, threads: int) -> Array:
        """(N, C, *n) of x (N, *n, C)."""

    def channels_last(self, x: Array, threads: int) -> Array:
        """(N, *n, C) of x (N, C, *n)."""


def load_turning(engine: str) -> Turning | None:
    """What turns arrays for this engine; None where NumPy does."""
    if engine != "numba":
        return None
    return cast(Turning, import_module("deconvcli.compute.kernels.turning"))
