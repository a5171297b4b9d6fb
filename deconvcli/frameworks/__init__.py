"""The shelf of frameworks: one file an implementation, the only place that imports foreign code.

It does so inside functions, and those run only in a process of their own (`__main__.py` here).
"""

from __future__ import annotations

from deconvcli.framework import Framework
from deconvcli.shelf import Shelf

FRAMEWORKS: Shelf[Framework] = Shelf("deconvcli.frameworks", "FRAMEWORK", "framework")
