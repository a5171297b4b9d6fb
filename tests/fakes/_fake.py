"""A fake framework that computes with our own engine; its subclasses misbehave."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import deconvcli
from deconvcli.compute.runner import prepare
from deconvcli.frameworks.driver.base import (
    Case,
    Packing,
    Step,
    TimedFramework,
    Trace,
    format_call,
)
from deconvcli.frameworks.releases import Need


class Fake(TimedFramework):
    """A framework that agrees with our predictions, with torch's parameters."""

    dialect = "torch"
    needs = (Need("deconvcli", "deconvcli", deconvcli.__version__),)
    in_extra = True
    packing = Packing.EVERY_CALL

    def draw(self, random: Random) -> Case:
        """Return a layer that is legal twice out of three times."""
        stride = random.choice([1, 2, 3])
        params = {"stride": stride, "output_padding": random.choice([0, stride - 1, stride])}
        return Case(params, (1, 2, random.randint(1, 5)), (2, 1, 3), 1)

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return our own engine's step."""
        shapes = {"input_shape": x.shape, "weight_shape": w.shape}
        reading = deconvcli.layer(self.dialect, **shapes, **case.params)
        return partial(prepare(reading, w, engine="numpy"), x)

    def code(self, case: Case) -> str:
        """Return code that is never run."""
        return f"y = {format_call('fake', 'x', 'w', **case.params)}"
