"""A framework that dies, hangs or answers, by the input's size."""

from __future__ import annotations

import os
import time
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake

DIES, HANGS, ANSWERS = 1, 2, 3


class Frail(Fake):
    """A framework that survives no input of size 1 or 2."""

    dialect = "torch"

    def draw(self, random: Random) -> Case:
        """Return a layer that kills the process, or one that it answers."""
        return Case({}, (1, 2, random.choice([DIES, ANSWERS])), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return our own output, unless the size kills or blocks the process."""
        if case.input_shape[-1] == DIES:
            os._exit(7)
        if case.input_shape[-1] == HANGS:
            time.sleep(600)
        return super().run(case, x, w, trace)


FRAMEWORK: Framework = Frail()
