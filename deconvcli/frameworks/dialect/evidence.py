"""How an answer was verified: by measuring the framework, or by its documents alone."""

from __future__ import annotations

from typing import NamedTuple


class Evidence(NamedTuple):
    """The release that was measured, or the document that was read, as `what`.

    rows: the number of measured layers that tests compare with our answers; 0 for documents.
    values: whether those rows have values and crops, or sizes alone.
    """

    what: str
    rows: int = 0
    values: bool = True

    @property
    def is_measured(self) -> bool:
        """Whether the framework itself was measured."""
        return self.rows > 0

    def __str__(self) -> str:
        if not self.is_measured:
            return f"documents only: {self.what}"
        return f"{'measured' if self.values else 'sizes measured'} with {self.what}"
