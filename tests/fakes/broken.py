"""Is installed and cannot be imported."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from tests.fakes._fake import Fake


class Broken(Fake):
    """A library that lacks a library."""

    def versions(self) -> dict[str, str]:
        """What an import would raise."""
        raise ImportError("libmissing.so.1")


FRAMEWORK: Framework = Broken()
