"""A framework whose modules give values that are one element too late."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from tests.fakes.modular import Modular


class Shifted(Modular):
    """JAX' stand-in with a shift."""

    def versions(self) -> dict[str, str]:
        """Return our own version, after the stand-in is changed."""
        found = super().versions()
        from jax import lax

        lax.shift = 1
        return found


FRAMEWORK: Framework = Shifted()
