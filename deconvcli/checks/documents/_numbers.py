"""Numbers in documents."""

from __future__ import annotations

from deconvcli.checks.documents._builder import Misplaced

MAX_INT64_DIGITS = 19


def read_integer(text: str, offset: int) -> int:
    """Return the integer in `text`, which holds digits with or without a sign.

    Raises:
        Misplaced: the integer exceeds 64 bits.
    """
    # Digits are counted first, since int() raises ValueError from 4,301 digits on.
    number = int(text) if len(text) <= MAX_INT64_DIGITS + 1 else 1 << 64
    if not -(1 << 63) <= number < 1 << 63:
        raise Misplaced(
            offset,
            f"the number that begins here has {len(text.lstrip('+-'))} digits",
            "write an integer within 64 bits.",
        )
    return number


def read_fraction(text: str) -> int | float:
    """Return the number in `text`, which has a point or an exponent; 2.0 is the integer 2."""
    number = float(text)
    # JSON Schema counts 2.0 as an integer. From 2**53 on a float identifies no single one.
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number
