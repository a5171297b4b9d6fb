"""tinygrad's method, which takes the bias as a tensor."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.program import Program
from deconvcli.layers.axis import Size


class Tinygrad(Program):
    """A method of a tensor."""

    imports = ("from tinygrad import Tensor",)
    tensor = "Tensor({})"
    array = "{}.numpy()"

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of chunk."""
        return f"{name}.chunk({parts}, dim={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of cat, which takes tensors and no list of them."""
        return f"Tensor.cat(*{parts}, dim={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of pad."""
        return f"{name}.pad({tuple(pairs)})"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of permute, as transpose exchanges two axes."""
        return f"{name}.permute({', '.join(map(str, order))})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        index = f"Tensor.arange({-before}, {size + after}) % {size}"
        return f"{name}[..., {', '.join([index, *[':'] * (-1 - axis)])}]"


PROGRAM: Program = Tinygrad()
