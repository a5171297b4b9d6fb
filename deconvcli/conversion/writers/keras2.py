"""Keras 2's operations, which are TensorFlow's."""

from __future__ import annotations

from deconvcli.conversion.programs.keras2 import Keras2
from deconvcli.conversion.writer import Writer
from deconvcli.conversion.writers.tensorflow import TensorFlowWriter

WRITER: Writer = TensorFlowWriter(Keras2())
