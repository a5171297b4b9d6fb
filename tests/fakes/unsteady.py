"""A framework with other values in each call."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake

CALLS = count(1)


class Unsteady(Fake):
    """A framework that seems to read foreign memory."""

    def draw(self, random: Random) -> Case:
        """Return a legal layer."""
        return Case({}, (1, 2, random.randint(1, 5)), (2, 1, 3), 1)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return our own output plus a growing number."""
        return super().run(case, x, w, trace) + next(CALLS)


FRAMEWORK: Framework = Unsteady()
