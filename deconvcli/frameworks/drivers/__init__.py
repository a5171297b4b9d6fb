"""The shelf of frameworks: one file for each implementation, the only place that imports them.

Frameworks are imported inside functions that run in a process of their own (`__main__.py` here).
The process that lists the shelf would otherwise load all of them.
"""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.driver.base import Framework

FRAMEWORKS: Shelf[Framework] = Shelf("deconvcli.frameworks.drivers", "FRAMEWORK", "framework")
