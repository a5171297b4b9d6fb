"""Keras 3 on TensorFlow, whose kernel checks sizes when the layer runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers._keras import Keras
from deconvcli.frameworks.drivers.tensorflow import SETTINGS
from deconvcli.frameworks.releases import KERAS, TENSORFLOW


class KerasOnTensorFlow(Keras):
    """Keras with KERAS_BACKEND=tensorflow."""

    dialect = "keras@tensorflow"
    needs = (KERAS, TENSORFLOW)
    environment: ClassVar[Mapping[str, str]] = {"KERAS_BACKEND": "tensorflow", **SETTINGS}
    in_extra = True


FRAMEWORK: Framework = KerasOnTensorFlow()
