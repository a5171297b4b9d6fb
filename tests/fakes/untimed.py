"""A driver as it is, of a framework that nobody times."""

from __future__ import annotations

from deconvcli.frameworks.drivers.keras_torch import FRAMEWORK

__all__ = ["FRAMEWORK"]
