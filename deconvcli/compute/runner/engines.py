"""The engines by the names that users type, and how they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels.failure import NotCompiled, format_in_a_line
from deconvcli.compute.runner.canonical import Array, AxisNumbers

Progress = Callable[[int, int], None]
"""Called with the amount of work done and the total, in the same arbitrary unit."""
Step = Callable[[Array, Sequence[AxisNumbers] | None, Progress | None], Array]

ENGINES = {"numba": "engine", "numpy": "scatter", "reference": "reference"}


class Engine(NamedTuple):
    """A loaded engine. why: one sentence that says why it is not the requested one, else empty."""

    name: str
    prepare: Callable[..., Step]
    why: str = ""


_not_compiled: list[str] = []
"""Why Numba failed to compile in this process, which does not try it again."""


def load_engine(name: str) -> Engine:
    """Return the engine; that is NumPy if Numba cannot be imported or cannot compile here.

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
    # A lack of memory says nothing about Numba.
    except MemoryError:
        raise
    except NotCompiled as error:
        return use_numpy_from_now_on(error)
    # Any error: an incomplete Numba, or one built for another NumPy, fails in its own way.
    except Exception as error:
        if name != "numba":
            raise
        return _numpy(f"numba cannot be imported here ({format_in_a_line(error)})")
    return Engine(name, cast(Callable[..., Step], module.prepare))


def use_numpy_from_now_on(error: NotCompiled) -> Engine:
    """Return the NumPy engine, which replaces a Numba that could not compile a kernel."""
    _not_compiled.append(f"numba cannot compile here ({error})")
    return _numpy(_not_compiled[0])


def _numpy(why: str) -> Engine:
    advice = "reinstall numba to be fast again, or choose the engine numpy"
    return load_engine("numpy")._replace(why=f"{why}; numpy computes instead: {advice}")


class ChannelOrder(Protocol):
    """Functions that move the channel axis with vectors; see kernels/channel_order.py."""

    def channels_first(self, x: Array, threads: int) -> Array:
        """Return x (N, *n, C) as (N, C, *n)."""

    def channels_last(self, x: Array, threads: int) -> Array:
        """Return x (N, C, *n) as (N, *n, C)."""


def load_channel_order(engine: str) -> ChannelOrder | None:
    """Return the functions that reorder channels for this engine; None if NumPy does it."""
    if engine != "numba":
        return None
    return cast(ChannelOrder, import_module("deconvcli.compute.kernels.channel_order"))
