"""Sizes and crops as text, in the form in which they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def size_text(sizes: Sequence[Any]) -> str:
    """Return `16x16`, as sizes are typed, or `2H+2 x 2W+2` where formulas need room.

    Channels without a number are expressions in parentheses: `16x16x(filters)`.
    """
    if not sizes:
        return "no sizes"
    texts = [str(size) for size in sizes]
    return (
        " x " if any(("+" in text or "-" in text) and text[0] != "(" for text in texts) else "x"
    ).join(texts)


def crop_text(crop: Sequence[tuple[Any, Any]]) -> str:
    """Return `1:2,0:1`: begin:end per axis, as crops are typed."""
    return ",".join(f"{begin}:{end}" for begin, end in crop)
