"""The number types that a framework computes, and what becomes of two in one call.

Names are NumPy's, with `bfloat16` of ml_dtypes.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

FLOATS = ("float16", "bfloat16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
INTEGERS = (*SIGNED, *(f"u{name}" for name in SIGNED))
COMPLEX = ("complex64", "complex128")


class Mixing(Enum):
    """What becomes of data and weights of different number types."""

    REFUSED = "refused"
    PROMOTED = "both become the smallest type that holds all their numbers"
    AS_WEIGHTS = "the data become the type of the weights"
    AS_DATA = "the weights become the type of the data"


class NumberTypes(NamedTuple):
    """Of one framework, besides the floating-point types, which all are taken to compute.

    integers: integer types that it computes, in arithmetic modulo 2**bits. instead: what it does
    with other integers, as a sentence. has_complex: whether it computes complex numbers.
    """

    mixing: Mixing = Mixing.AS_DATA
    integers: tuple[str, ...] = ()
    instead: str = ""
    has_complex: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return all that data and weights may be."""
        return (*FLOATS, *self.integers, *(COMPLEX if self.has_complex else ()))

    def computes(self, name: str) -> bool:
        """Return whether data and weights may be of this type."""
        return name in self.names

    def join(self, data: str, weights: str) -> str | None:
        """Return the type of the output, None where the framework refuses these two together."""
        if data == weights:
            return data
        # No framework here turns integers and floating-point numbers into one type unasked.
        if self.mixing is Mixing.REFUSED or data in INTEGERS or weights in INTEGERS:
            return None
        if self.mixing is Mixing.PROMOTED:
            return _promote(data, weights)
        return weights if self.mixing is Mixing.AS_WEIGHTS else data


def _promote(one: str, other: str) -> str:
    """Return the smallest type that holds the numbers of both, which are no integers.

    Neither of the 16-bit ones holds the other.
    """
    if one in COMPLEX or other in COMPLEX:
        # Place 1, complex128, if one of them has parts of 64 bits.
        return COMPLEX[not {"float64", "complex128"}.isdisjoint((one, other))]
    if {one, other} == {"float16", "bfloat16"}:
        return "float32"
    return max(one, other, key=FLOATS.index)
