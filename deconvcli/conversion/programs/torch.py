"""PyTorch's modules."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, constructor
from deconvcli.layers.axis import Size


class Torch(Program):
    """A module whose parameters are set."""

    imports = ("import torch", "from torch import nn", "from torch.nn import functional as F")
    # torch takes no array whose strides are negative, as those of a flipped kernel are.
    tensor = "torch.from_numpy(np.array({}))"
    array = "{}.detach().numpy()"

    def write_layer(self, plan: Plan) -> list[str]:
        """Return a module with these weights."""
        weight, bias = self.tensor.format("w"), self.tensor.format("bias")
        return [
            f"layer = {constructor(plan)}",
            f"layer.weight = nn.Parameter({weight})",
            *self.list_bias(plan, f"layer.bias = nn.Parameter({bias})"),
        ]

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of chunk."""
        return f"{name}.chunk({parts}, dim={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of torch.cat."""
        return f"torch.cat({parts}, dim={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of F.pad, which counts axes from the last."""
        first = next(axis for axis, pair in enumerate(pairs) if pair != (0, 0))
        flat = [str(count) for pair in reversed(pairs[first:]) for count in pair]
        return f"F.pad({name}, ({', '.join(flat)}))"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of permute, as transpose exchanges two axes."""
        return f"{name}.permute({', '.join(map(str, order))})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        indices = f"torch.arange({-before}, {size + after}) % {size}"
        return f"{name}.index_select({axis}, {indices})"


PROGRAM: Program = Torch()
