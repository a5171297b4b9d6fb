"""Who says that a framework does this: its own answers, measured, or what its documents promise."""

from __future__ import annotations

from typing import NamedTuple


class Evidence(NamedTuple):
    """what: the version that was measured, or the document that was read.

    rows: measured layers that the tests hold every answer against; none for documents. values:
    whether those rows have values and crops, or sizes alone.
    """

    what: str
    rows: int = 0
    values: bool = True

    @property
    def is_measured(self) -> bool:
        """Whether the framework itself was asked."""
        return self.rows > 0

    def __str__(self) -> str:
        if not self.is_measured:
            return f"documents only: {self.what}"
        return f"{'measured' if self.values else 'sizes measured'} with {self.what}"
