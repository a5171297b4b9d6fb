"""Keras 3 on JAX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers._keras import Keras
from deconvcli.frameworks.releases import JAX, KERAS


class KerasOnJax(Keras):
    """Keras with KERAS_BACKEND=jax."""

    dialect = "keras@jax"
    needs = (KERAS, JAX)
    environment: ClassVar[Mapping[str, str]] = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    in_extra = True


FRAMEWORK: Framework = KerasOnJax()
