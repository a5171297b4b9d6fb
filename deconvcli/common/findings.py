"""A finding: what is wrong, how severe it is, what to do, and where it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """The severity of a finding; only an error changes the exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Where(NamedTuple):
    """A place in something that the user wrote; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1
    path: str = ""


class Verb(StrEnum):
    """The effect of a change at its path."""

    RENAME = "rename the key at the path"
    SET = "set this value at the path, with a new key if there is none"
    INSERT = "insert this item into the list, before the one at the path"
    DROP = "remove the key and its value"


class Change(NamedTuple):
    """One change of a document, before it is text. Lists are tuples, mappings tuples of pairs."""

    verb: Verb
    path: tuple[str | int, ...]
    # Hashable, hence the tuples: findings hold changes, and are keys of dictionaries.
    value: Any = None


class DocumentFix(NamedTuple):
    """One way to fix a finding: changes that belong together.

    caution: in words, what else it changes: values that move, layers to be trained again, another
    input. Empty where everything that worked before gives the same values at the same places.
    """

    changes: tuple[Change, ...]
    caution: str = ""

    @property
    def is_safe(self) -> bool:
        """Whether it can be made without asking."""
        return not self.caution


Fixes = tuple[DocumentFix, ...]


class Diagnostic(NamedTuple):
    """One finding. The message stands alone; help is one action; source says who measured it.

    differs: the implementation was seen to give another answer than ours; the message says which.
    fixes: ways that may fix it, the best first.
    """

    code: str
    severity: Severity
    message: str
    help: str = ""
    source: str = ""
    where: Where | None = None
    differs: bool = False
    fixes: Fixes = ()
