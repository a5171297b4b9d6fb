"""A framework that is installed but cannot be imported."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from tests.fakes._fake import Fake


class Broken(Fake):
    """A framework that misses a shared library."""

    def versions(self) -> dict[str, str]:
        """Raise the error of a failing import."""
        raise ImportError("libmissing.so.1")


FRAMEWORK: Framework = Broken()
