"""One file a format of `deconv check`: `report(verdict)` gives the text. Reporters find nothing.

Foreign text stays within its line: a newline in it would be a command to some of the readers.
"""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.checks.checking import Verdict
from deconvcli.common.shelf import Shelf

REPORTERS: Shelf[Callable[[Verdict], str]] = Shelf("deconvcli.checks.reporters", "report", "format")
