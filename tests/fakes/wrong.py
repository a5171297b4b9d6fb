"""A framework that disagrees in each way: shape, values, a refusal too many, one too few."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake


class Wrong(Fake):
    """A framework whose answer depends on the input size, 1 to 5."""

    def draw(self, random: Random) -> Case:
        """Return a layer with input size 1 to 5; at 4 it is illegal."""
        n = random.randint(1, 5)
        return Case({"output_padding": 1 if n == 4 else 0}, (1, 2, n), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return an output that is right at size 5 only."""
        n = case.input_shape[-1]
        if n == 3:
            trace.stage = "construct"
            raise ValueError("three\n is too many")
        if n == 4:
            return np.zeros((1, 1, 7), "float32")
        y = super().run(case, x, w, trace)
        return {1: y[..., 1:], 2: y + 1, 5: y}[n]


FRAMEWORK: Framework = Wrong()
