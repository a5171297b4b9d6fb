"""Keras 2, in the package `tf_keras`, on TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers._keras import Keras
from deconvcli.frameworks.drivers.tensorflow import SETTINGS
from deconvcli.frameworks.releases import TENSORFLOW, TF_KERAS


class Keras2(Keras):
    """tf_keras.layers.Conv{1,2,3}DTranspose on TensorFlow."""

    dialect = "keras2"
    package = "tf_keras"
    has_ops = False
    needs = (TF_KERAS, TENSORFLOW)
    environment: ClassVar[Mapping[str, str]] = SETTINGS

    def array(self, y: Any) -> Any:
        """Return the tensor as an array."""
        return y.numpy()


FRAMEWORK: Framework = Keras2()
