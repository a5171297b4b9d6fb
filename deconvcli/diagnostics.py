"""A finding: what is the matter, how bad, what to do, and where it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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


class Diagnostic(NamedTuple):
    """One finding. The message stands alone; help is one action; source says who measured it.

    differs: the implementation was seen to do otherwise than we answer, as the message says.
    """

    code: str
    severity: Severity
    message: str
    help: str = ""
    source: str = ""
    where: Where | None = None
    differs: bool = False
