"""JAX' functions."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.program import Program
from deconvcli.layers.axis import Size


class Jax(Program):
    """A call of jax.lax, with jax.numpy around it."""

    imports = ("import jax", "import jax.numpy as jnp")
    tensor = "jnp.asarray({})"

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return a call of jnp.split."""
        return f"jnp.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of jnp.concatenate."""
        return f"jnp.concatenate({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of jnp.pad."""
        return f"jnp.pad({name}, {tuple(pairs)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return f"jnp.take({name}, np.arange({-before}, {size + after}) % {size}, axis={axis})"


PROGRAM: Program = Jax()
