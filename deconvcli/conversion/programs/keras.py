"""Keras 3's layers, on any backend."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, constructor
from deconvcli.layers.axis import Size


class Keras(Program):
    """A layer that is built for its input, and Cropping and ZeroPadding layers."""

    imports = ("import keras", "from keras import layers")
    # The number type of its layers, whatever that of the weights is.
    tensor = "keras.ops.convert_to_tensor({}, keras.config.floatx())"
    array = "keras.ops.convert_to_numpy({})"
    ops = "keras.ops"
    layers = "layers"

    def choose_implementation(self, name: str) -> list[str]:
        """Return the choice of a backend, which Keras reads at its first import."""
        return ["import os", "", f'os.environ["KERAS_BACKEND"] = "{name}"', ""] if name else []

    def write_layer(self, plan: Plan) -> list[str]:
        """Return a layer with these weights."""
        shape = (None, *plan.target.input_shape[1:])
        weights = "[w]" if plan.has_late_bias else "[w] if bias is None else [w, bias]"
        return [
            f"layer = {constructor(plan)}",
            f"layer.build({shape})",
            f"layer.set_weights({weights})",
        ]

    def write_after(self, plan: Plan, y: str = "y") -> list[str]:
        """Return Cropping and ZeroPadding layers, which stand in models too."""
        lines = []
        rank = len(plan.target.layer.axes)
        # Cropping layers leave at least one element.
        sizes = zip(plan.target.output_sizes, plan.cuts, strict=True)
        if any(size == sum(cut) for size, cut in sizes):
            return super().write_after(plan, y)
        for name, pairs in (("Cropping", plan.cuts), ("ZeroPadding", plan.zeros)):
            if any(pair != (0, 0) for pair in pairs):
                given = pairs[0] if rank == 1 else tuple(pairs)
                lines.append(f"{self.layers}.{name}{rank}D({given})({y})")
        return lines

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of ops.split."""
        return f"{self.ops}.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of ops.concatenate."""
        return f"{self.ops}.concatenate({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of ops.pad."""
        return f"{self.ops}.pad({name}, {tuple(pairs)})"

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return a call of ops.reshape."""
        return f"{self.ops}.reshape({name}, ({', '.join(map(str, shape))}))"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of ops.transpose."""
        return f"{self.ops}.transpose({name}, {tuple(order)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return (
            f"{self.ops}.take({name}, np.arange({-before}, {size + after}) % {size}, axis={axis})"
        )


PROGRAM: Program = Keras()
