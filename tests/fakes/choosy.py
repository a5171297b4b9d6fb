"""Refuses even kernels, and cannot be called often."""

from __future__ import annotations

import os
from itertools import count
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Step, Trace
from tests.fakes._fake import Fake

LONGEST = 9
"""The input's size that it dies of, when it is called once more."""


class Choosy(Fake):
    """Right, if it answers."""

    dialect = "paddle"

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Our own output, if it comes to that."""
        if case.weight_shape[-1] % 2 == 0:
            raise ValueError("a kernel has a middle")
        step, calls = super().prepare(case, x, w, trace, threads), count()

        def called() -> Any:
            if x.shape[-1] == LONGEST and next(calls) > 0:
                os._exit(7)
            return step()

        return called


FRAMEWORK: Framework = Choosy()
