"""A framework in which modules for JAX run: its process finds a stand-in for JAX."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from deconvcli.frameworks.driver.base import Case, Framework
from tests.fakes._fake import Fake


class Modular(Fake):
    """A framework with the words of JAX."""

    dialect = "jax"

    def versions(self) -> dict[str, str]:
        """Return our own version, after the stand-in can be imported."""
        sys.path.insert(0, str(Path(__file__).parent / "modules"))
        return super().versions()

    def draw(self, random: Random) -> Case:
        """Return a layer of one axis."""
        params = {
            "strides": [random.choice([1, 2, 3])],
            "padding": random.choice(["SAME", "VALID"]),
        }
        return Case(params, (2, random.randint(1, 5), 2), (3, 2, 1), 1)


FRAMEWORK: Framework = Modular()
