"""Has other values each time it is asked."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake

QUESTIONS = count(1)


class Unsteady(Fake):
    """Reads memory that is not its own, so to say."""

    def draw(self, random: Random) -> Case:
        """Legal layers."""
        return Case({}, (1, 2, random.randint(1, 5)), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Our own output and a little more each time."""
        return super().run(case, x, w, trace) + next(QUESTIONS)


FRAMEWORK: Framework = Unsteady()
