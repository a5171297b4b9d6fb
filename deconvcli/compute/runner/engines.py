"""The engines: what users type, and the room that holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from deconvcli.common.errors import UsageError
from deconvcli.compute.runner.canonical import Array, AxisNumbers

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much, in any unit."""
Step = Callable[[Array, Sequence[AxisNumbers] | None, Progress | None], Array]

ENGINES = {"numba": "engine", "numpy": "scatter", "reference": "reference"}


def load_engine(name: str) -> tuple[str, Callable[..., Step]]:
    """(engine taken, what prepares it): NumPy where Numba is asked for and cannot be imported.

    Raises:
        UsageError: there is no such engine.
    """
    if name not in ENGINES:
        raise UsageError(
            f"engine {name!r} is not known", help=f"choose from: {', '.join(ENGINES)}."
        )
    try:
        module = import_module(f"deconvcli.compute.kernels.{ENGINES[name]}")
    except ImportError:
        if name != "numba":
            raise
        return load_engine("numpy")
    return name, cast(Callable[..., Step], module.prepare)


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
