"""A finding: what is the matter, how bad, what to do, and where it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How bad a finding is; only an error changes the exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Where(NamedTuple):
    """A place in something the user wrote: line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1
    path: str = ""


class Verb(StrEnum):
    """What a change does at its path."""

    RENAME = "give the key there this name"
    SET = "put this value there, under a key of its own if there is none"
    INSERT = "put this item into the list, in front of what stands there"
    DROP = "take the key and its value out"


class Change(NamedTuple):
    """One change of a document, not yet text. Lists are tuples, mappings tuples of pairs."""

    verb: Verb
    path: tuple[str | int, ...]
    value: Any = None


# Ways to mend a finding, each of changes that belong together.
Fixes = tuple[tuple[Change, ...], ...]


class Diagnostic(NamedTuple):
    """One finding. The message stands alone; help is one action; source says who measured it.

    differs: the implementation was seen to do otherwise than we answer, as the message says.
    fixes: changes that may mend it, the best first.
    """

    code: str
    severity: Severity
    message: str
    help: str = ""
    source: str = ""
    where: Where | None = None
    differs: bool = False
    fixes: Fixes = ()
