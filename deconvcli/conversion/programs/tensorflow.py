"""TensorFlow's functions."""

from __future__ import annotations

from typing import ClassVar

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, list_pads
from deconvcli.layers.axis import Size


class TensorFlow(Program):
    """A call of tf.nn."""

    imports: ClassVar[tuple[str, ...]] = ("import tensorflow as tf",)
    tensor = "tf.constant({})"
    array = "{}.numpy()"

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of tf.split."""
        return f"tf.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of tf.concat."""
        return f"tf.concat({parts}, axis={axis})"

    def pad(self, name: str, plan: Plan) -> str:
        """Return a call of tf.pad."""
        return f"tf.pad({name}, {tuple(list_pads(plan))})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return f"tf.gather({name}, np.arange({-before}, {size + after}) % {size}, axis={axis})"


PROGRAM: Program = TensorFlow()
