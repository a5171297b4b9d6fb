"""Our own engine as a contestant like any other: in a process of its own, behind the same door.

Beside the frameworks in one process it would be measured otherwise than they are: with the threads
of the progress bar, and without the pipe.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from deconvcli.common.version import __version__
from deconvcli.compute.runner import Prepared, prepare
from deconvcli.frameworks.driver.base import Case, Need, Packing, Step, TimedDriver, Trace
from deconvcli.frameworks.spelling import read_layer

DIALECT = "onnx"
"""Whose words it is asked in: channels first, as the engine has them, and any crop can be said."""


class Ours(TimedDriver):
    """Two words beside the dialect's: engine, and packing as `Packing` names it."""

    needs = (Need("deconvcli", "deconvcli", __version__),)
    packing = Packing.BEFOREHAND

    def versions(self) -> dict[str, str]:
        """Ours, and those of what computes, as installed."""
        libraries = [name for name in ("numba", "numpy") if find_spec(name)]
        return {"deconvcli": __version__, **{name: version(name) for name in libraries}}

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """The layer with its weights packed, or with all of `prepare` in every call."""
        words = dict(case.params)
        engine, packing = words.pop("engine"), words.pop("packing")
        reading = read_layer(DIALECT, words, case.input_shape, case.weight_shape)
        step = partial(prepare, reading, w, threads=threads, engine=engine)
        if packing == Packing.EVERY_CALL:
            return lambda: _computed(step(once=True), x)
        return partial(_computed, step(), x)


def _computed(step: Prepared, x: Any) -> Any:
    """Return the output, if the engine that was asked for has computed it.

    Raises:
        RuntimeError: another one has, whose time would be told as this one's.
    """
    y = step(x)
    if step.why:
        raise RuntimeError(step.why)
    return y


FRAMEWORK = Ours()
