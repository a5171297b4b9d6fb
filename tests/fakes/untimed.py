"""A real driver of a framework that is not timed."""

from __future__ import annotations

from deconvcli.frameworks.drivers.keras_torch import FRAMEWORK

__all__ = ["FRAMEWORK"]
