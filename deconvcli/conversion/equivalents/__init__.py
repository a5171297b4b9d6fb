"""The shelf of ways to compute a layer without a transposed convolution, and how one is chosen."""

from __future__ import annotations

from typing import Protocol

from deconvcli.common.shelf import Shelf
from deconvcli.conversion.equivalent import Core, Equivalent, Steps, require_output, take_core
from deconvcli.conversion.writers import take_writer
from deconvcli.layers.layer import Reading


class Way(Protocol):
    """One way to compute a transposed convolution by other operations."""

    def __call__(self, core: Core) -> Steps:
        """Return the operations."""


WAYS: Shelf[Way] = Shelf("deconvcli.conversion.equivalents", "WAY", "way")


FOR_ANY_WEIGHTS = ("zeros", "subpixel", "matrix")
"""The ways for any weights; of two with as many multiplications the one that stands first."""


def find_equivalent(source: Reading, name: str, way: str) -> Equivalent:
    """Return a layer as operations of a dialect, or of one implementation of it, in one way.

    Raises:
        NotExpressible: the framework has no such operations, or no code for them is written.
        UsageError: no way has this name.
        NotLinear: the crop depends on a size that is a letter.
    """
    writer = take_writer(name, len(source.layer.axes))
    core, repeat = take_core(source, name, writer)
    require_output(core, name)
    return Equivalent(source, way, name, writer, repeat, WAYS.take(way)(core))


def list_equivalents(source: Reading, name: str) -> list[Equivalent]:
    """Return a layer in every way for any weights, the fewest multiplications first.

    Raises:
        NotExpressible, NotLinear: as `find_equivalent`.
    """
    found = [find_equivalent(source, name, way) for way in FOR_ANY_WEIGHTS]
    return sorted(found, key=lambda one: one.count_multiplications())


def find_cheapest(source: Reading, name: str) -> Equivalent:
    """Return a layer in the way with the fewest multiplications, for any weights.

    Raises:
        NotExpressible, NotLinear: as `find_equivalent`.
    """
    return list_equivalents(source, name)[0]
