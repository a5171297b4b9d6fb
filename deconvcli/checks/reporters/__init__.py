"""The formats of `deconv check`, one file each: `report(verdict)` returns the text.

Names and values come from files that may be hostile, and CI systems execute lines of a log that
look like their commands. Text from outside therefore never contains a line end here.
"""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.checks.checking import Verdict
from deconvcli.common.shelf import Shelf

REPORTERS: Shelf[Callable[[Verdict], str]] = Shelf("deconvcli.checks.reporters", "report", "format")
