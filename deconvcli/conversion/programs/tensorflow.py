"""TensorFlow's functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, write_function
from deconvcli.layers.axis import Size
from deconvcli.layers.counts import Unknown


class TensorFlow(Program):
    """A call of tf.nn."""

    imports: ClassVar[tuple[str, ...]] = ("import tensorflow as tf",)
    tensor = "tf.constant({})"
    array = "{}.numpy()"

    def write_function(self, plan: Plan) -> str:
        """Return the call, for any number of images."""
        arguments = plan.target.spelling.arguments
        if "output_shape" not in arguments:
            return super().write_function(plan)
        _, *sizes = arguments["output_shape"]
        shape = [Unknown("x.shape[0]"), *sizes]
        return write_function(plan.target, {"output_shape": shape})

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of tf.split."""
        return f"tf.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of tf.concat."""
        return f"tf.concat({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of tf.pad."""
        return f"tf.pad({name}, {tuple(pairs)})"

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return a call of tf.reshape."""
        return f"tf.reshape({name}, ({', '.join(map(str, shape))}))"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of tf.transpose."""
        return f"tf.transpose({name}, {tuple(order)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return f"tf.gather({name}, np.arange({-before}, {size + after}) % {size}, axis={axis})"


PROGRAM: Program = TensorFlow()
