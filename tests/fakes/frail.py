"""Dies, hangs or answers, by the input's size."""

from __future__ import annotations

import os
import time
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake

DIES, HANGS, ANSWERS = 1, 2, 3


class Frail(Fake):
    """Never outlives a layer of size 1 or 2."""

    dialect = "torch"

    def draw(self, random: Random) -> Case:
        """The sizes that matter."""
        return Case({}, (1, 2, random.choice([DIES, ANSWERS])), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Our own output, if it comes to that."""
        if case.input_shape[-1] == DIES:
            os._exit(7)
        if case.input_shape[-1] == HANGS:
            time.sleep(600)
        return super().run(case, x, w, trace)


FRAMEWORK: Framework = Frail()
