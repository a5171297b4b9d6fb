"""A framework made of our own engine, which its children make misbehave."""

from __future__ import annotations

from random import Random
from typing import Any

import deconvcli
from deconvcli.framework import Case, Framework, Need, Trace, call
from deconvcli.runner import run


class Fake(Framework):
    """Speaks torch's words, and answers as we predict."""

    dialect = "torch"
    needs = (Need("deconvcli", "deconvcli", deconvcli.__version__),)
    in_extra = True

    def draw(self, random: Random) -> Case:
        """Two legal layers of three."""
        stride = random.choice([1, 2, 3])
        params = {"stride": stride, "output_padding": random.choice([0, stride - 1, stride])}
        return Case(params, (1, 2, random.randint(1, 5)), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Our own output."""
        reading = deconvcli.layer("torch", input_shape=x.shape, weight_shape=w.shape, **case.params)
        return run(reading, x, w, engine="numpy")

    def code(self, case: Case) -> str:
        """Not to be run."""
        return f"y = {call('fake', 'x', 'w', **case.params)}"
