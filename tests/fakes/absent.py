"""A framework that is not installed, of another dialect."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.releases import Need
from tests.fakes._fake import Fake


class Absent(Fake):
    """A framework whose module does not exist."""

    dialect = "tensorflow"
    needs = (Need("no_such_module", "no-such-module", "1.2"),)


FRAMEWORK: Framework = Absent()
