"""Our own engine, timed like any framework: in a process of its own, through the same interface.

In this process it would be timed under other conditions than the frameworks: beside the threads of
the progress bar, and without the pipe between two calls.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from deconvcli.common.version import __version__
from deconvcli.compute.runner import Prepared, prepare
from deconvcli.frameworks.driver.base import Case, Packing, Step, TimedDriver, Trace
from deconvcli.frameworks.releases import Need
from deconvcli.frameworks.spelling import read_layer

DIALECT = "onnx"
"""The dialect that our engine is asked in: it has the engine's layouts and expresses any crop."""


class Ours(TimedDriver):
    """Our engine; it takes two more parameters: engine, and packing as `Packing` names it."""

    needs = (Need("deconvcli", "deconvcli", __version__),)
    packing = Packing.BEFOREHAND

    def versions(self) -> dict[str, str]:
        """Return the versions of deconv and of the libraries that it computes with."""
        libraries = [name for name in ("numba", "numpy") if find_spec(name)]
        return {"deconvcli": __version__, **{name: version(name) for name in libraries}}

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return the layer with packed weights, or one that packs them in every call."""
        parameters = dict(case.params)
        engine, packing = parameters.pop("engine"), parameters.pop("packing")
        reading = read_layer(DIALECT, parameters, case.input_shape, case.weight_shape)
        step = partial(prepare, reading, w, threads=threads, engine=engine)
        if packing == Packing.EVERY_CALL:
            return lambda: _compute(step(once=True), x)
        return partial(_compute, step(), x)


def _compute(step: Prepared, x: Any) -> Any:
    """Return the output, if the requested engine has computed it.

    Raises:
        RuntimeError: another engine has, whose time would be reported under the wrong name.
    """
    y = step(x)
    if step.why:
        raise RuntimeError(step.why)
    return y


def find_working_engine(engine: str, dtype: str) -> tuple[str, str]:
    """Return the engine that computes a small layer here, and why it is another one, or "".

    An engine that imports may still fail to compile; a call is the only reliable test.
    """
    reading = read_layer(DIALECT, {}, (1, 1, 5), (1, 1, 3))
    step = prepare(reading, np.ones((1, 1, 3), dtype), threads=1, engine=engine)
    # Called before the engine is read: a failure to compile replaces it.
    step(np.ones((1, 1, 5), dtype))
    return step.engine, step.why


FRAMEWORK = Ours()
