"""Is not installed, and is of another dialect."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.releases import Need
from tests.fakes._fake import Fake


class Absent(Fake):
    """Nowhere to be found."""

    dialect = "tensorflow"
    needs = (Need("no_such_module", "no-such-module", "1.2"),)


FRAMEWORK: Framework = Absent()
