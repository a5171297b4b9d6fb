"""A framework that refuses even kernels, and dies of a second call with a long input."""

from __future__ import annotations

import os
from itertools import count
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Step, Trace
from tests.fakes._fake import Fake

LONGEST = 9
"""The input size that kills the process in the second call."""


class Choosy(Fake):
    """A framework whose answers are right."""

    dialect = "paddle"

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return our own engine's step, for odd kernels."""
        if case.weight_shape[-1] % 2 == 0:
            raise ValueError("a kernel has a middle")
        step, calls = super().prepare(case, x, w, trace, threads), count()

        def compute() -> Any:
            if x.shape[-1] == LONGEST and next(calls) > 0:
                os._exit(7)
            return step()

        return compute


FRAMEWORK: Framework = Choosy()
