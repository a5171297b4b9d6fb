"""Paddle's layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, constructor
from deconvcli.layers.axis import Size


class Paddle(Program):
    """A layer whose parameters are set."""

    imports = ("import paddle",)
    tensor = "paddle.to_tensor({})"
    array = "{}.numpy()"

    def write_layer(self, plan: Plan) -> list[str]:
        """Return a layer with these weights, in their number type."""
        return [
            f"layer = {constructor(plan)}",
            "layer.to(dtype=w.dtype.name)",
            "layer.weight.set_value(w)",
            *self.list_bias(plan, "layer.bias.set_value(bias)"),
        ]

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of paddle.split."""
        return f"paddle.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of paddle.concat."""
        return f"paddle.concat({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of pad, which starts with the first axis if it is given all of them."""
        return f"paddle.nn.functional.pad({name}, {list(chain.from_iterable(pairs))})"

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return a call of paddle.reshape."""
        return f"paddle.reshape({name}, [{', '.join(map(str, shape))}])"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of paddle.transpose."""
        return f"paddle.transpose({name}, {list(order)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        indices = f"paddle.arange({-before}, {size + after}) % {size}"
        return f"paddle.index_select({name}, {indices}, axis={axis})"


PROGRAM: Program = Paddle()
