"""Objects that are equal where what they were made of is equal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class Comparable(ABC):
    """Base of objects that compare and hash by the tuple that `_identity` returns."""

    @abstractmethod
    def _identity(self) -> tuple[Any, ...]:
        """Return what makes this object what it is; the remainder follows from it."""

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Comparable)
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((type(self), self._identity()))
