"""Words for one thing in several styles of writing: LeakyReLU, leaky_relu, leakyrelu."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def find_word(given: Any, words: Iterable[str]) -> str | None:
    """Return the word that is meant, whatever its capitals and underscores; None for another."""
    plain = _simplify(given) if isinstance(given, str) else None
    return next((word for word in words if _simplify(word) == plain), None)


def _simplify(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")
