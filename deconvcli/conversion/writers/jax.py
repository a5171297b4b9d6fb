"""JAX' operations."""

from __future__ import annotations

from deconvcli.conversion.operations import Convolve, InsertZeros, Resize
from deconvcli.conversion.programs.jax import Jax
from deconvcli.conversion.writer import Writer, write_sizes


class JaxWriter(Writer):
    """Functions of jax.lax, whose convolutions have any number of axes."""

    most_axes = 9

    def insert_zeros(self, name: str, operation: InsertZeros) -> list[str]:
        """Return a call of lax.pad, which has zeros between elements too."""
        inner = [(0, stride - 1, stride - 1) for stride in operation.strides]
        nothing = (0, 0, 0)
        # A zero of the tensor's own number type.
        zero = f"jnp.zeros((), {name}.dtype)"
        return [f"jax.lax.pad({name}, {zero}, {(nothing, *inner, nothing)})"]

    def add_up(self, name: str, index: str, count: str) -> str:
        """Return a call of ops.segment_sum."""
        return f"jax.ops.segment_sum({name}, {index}, {count})"

    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a call of lax.conv_general_dilated."""
        rank = len(operation.kernel)
        words = [name, "w", str((1,) * rank), '"VALID"']
        if any(step != 1 for step in operation.dilation):
            words.append(f"rhs_dilation={operation.dilation}")
        spatial = "".join(map(str, range(rank))) if rank > 3 else "DHW"[-rank:]
        words.append(f'dimension_numbers=("N{spatial}C", "{spatial}IO", "N{spatial}C")')
        if operation.groups != 1:
            words.append(f"feature_group_count={operation.groups}")
        return f"jax.lax.conv_general_dilated({', '.join(words)})"

    def resize(self, name: str, operation: Resize) -> list[str]:
        """Return a call of jax.image.resize, which has any number of axes."""
        channels, spatial, strides, kind = operation
        axes = zip(spatial, strides, strict=True)
        wide = write_sizes([n * stride for n, stride in axes])
        method = "nearest" if kind == "nearest" else "linear"
        shape = f"({name}.shape[0], {wide}, {channels})"
        return [f'jax.image.resize({name}, {shape}, "{method}")']


WRITER: Writer = JaxWriter(Jax())
