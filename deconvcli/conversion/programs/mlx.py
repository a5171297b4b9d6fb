"""MLX' layers, and its functions where a layer has groups."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, constructor
from deconvcli.layers.axis import Size


class Mlx(Program):
    """A layer whose parameters are set; a function for groups, which no layer has."""

    imports = ("import mlx.core as mx", "import mlx.nn")
    # mlx takes no array whose strides are negative, as those of a flipped kernel are.
    tensor = "mx.array(np.array({}))"

    def write_layer(self, plan: Plan) -> list[str]:
        """Return a layer with these weights; nothing for a function."""
        if plan.target.layer.groups > 1:
            return []
        weight, bias = self.tensor.format("w"), self.tensor.format("bias")
        return [
            f"layer = {constructor(plan)}",
            f"layer.weight = {weight}",
            *self.list_bias(plan, f"layer.bias = {bias}"),
        ]

    def takes_bias(self, plan: Plan) -> bool:
        """Return whether it is a layer: functions have no bias."""
        return bool(self.write_layer(plan))

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of mx.split."""
        return f"mx.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of mx.concatenate."""
        return f"mx.concatenate({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of mx.pad."""
        return f"mx.pad({name}, {tuple(pairs)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return f"mx.take({name}, mx.arange({-before}, {size + after}) % {size}, axis={axis})"


PROGRAM: Program = Mlx()
