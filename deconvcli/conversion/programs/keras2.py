"""Keras 2's layers."""

from __future__ import annotations

from deconvcli.conversion.program import Program
from deconvcli.conversion.programs.keras import Keras
from deconvcli.conversion.programs.tensorflow import TensorFlow


class Keras2(TensorFlow, Keras):
    """A layer of tf_keras, with TensorFlow around it."""

    imports = ("import tensorflow as tf", "import tf_keras")
    layers = "tf_keras.layers"
    tensor = "tf.constant({}, tf_keras.backend.floatx())"


PROGRAM: Program = Keras2()
