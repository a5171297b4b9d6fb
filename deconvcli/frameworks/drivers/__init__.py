"""The shelf of frameworks: one file an implementation, the only place that imports foreign code.

It does so inside functions, and those run only in a process of their own (`__main__.py` here).
"""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.driver.base import Framework

FRAMEWORKS: Shelf[Framework] = Shelf("deconvcli.frameworks.drivers", "FRAMEWORK", "framework")
