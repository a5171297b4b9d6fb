"""Numbers as documents write them."""

from __future__ import annotations

from deconvcli.checks.documents._builder import Misplaced

MOST_DIGITS = 19
"""Of an integer of 64 bits."""


def whole(text: str, offset: int) -> int:
    """The integer that `text`, digits with or without a sign, is.

    Raises:
        Misplaced: it exceeds 64 bits.
    """
    # Counted first: int() refuses thousands of digits.
    number = int(text) if len(text) <= MOST_DIGITS + 1 else 1 << 64
    if not -(1 << 63) <= number < 1 << 63:
        raise Misplaced(
            offset,
            f"the number that begins here has {len(text.lstrip('+-'))} digits",
            "every size is an integer within 64 bits.",
        )
    return number


def fraction(text: str) -> int | float:
    """The number with a point or an exponent; an integer where it is one, as in JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number
