"""The shelf of writers: each framework's convolutions, zero insertion, shuffles and products."""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.conversion.writer import Writer
from deconvcli.frameworks.dialects import take

WRITERS: Shelf[Writer] = Shelf("deconvcli.conversion.writers", "WRITER", "writer")


def take_writer(name: str, rank: int) -> Writer:
    """Return the writer of a dialect, for a layer of so many axes.

    Raises:
        NotExpressible: no code is written for this framework, or it has no such convolution.
    """
    dialect, _ = take(name)
    if dialect.name not in WRITERS.names:
        raise dialect.not_expressible_error(
            f"deconv writes no code of {dialect.title} without a transposed convolution",
            f"choose from: {', '.join(WRITERS.names)}.",
        )
    writer = WRITERS.take(dialect.name)
    if rank > writer.most_axes:
        raise dialect.not_expressible_error(
            f"{dialect.title} has no convolution of {rank} axes",
            "use a layer of at most three axes, or JAX.",
        )
    return writer
