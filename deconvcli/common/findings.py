"""A finding: what is wrong, how severe it is, what to do, and where it was written."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """The severity of a finding; only an error changes the exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """The place in the order of severity, 0 for an error."""
        return list(Severity).index(self)


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


GUESSED = "the name is a guess"
"""The caution of a fix whose new name is like the old one, and by more than a slip another."""


class DocumentFix(NamedTuple):
    """One way to fix a finding: changes that belong together.

    caution: in words, what else it changes: values that move, layers to be trained again, another
    input; or that it is a guess. Empty where everything that worked before gives the same values at
    the same places.
    """

    changes: tuple[Change, ...]
    caution: str = ""

    @property
    def is_safe(self) -> bool:
        """Whether it can be made without asking."""
        return not self.caution


Fixes = tuple[DocumentFix, ...]
# The part that has to change: a network, a layer and a part of it. Empty where it is not known.
Cause = tuple[str, ...]


class Diagnostic(NamedTuple):
    """One finding. The message stands alone; help is one action; source says who measured it.

    differs: the implementation was seen to give another answer than ours; the message says which.
    fixes: ways that may fix it, the best first. cause: what has to change; findings of one cause
    are reported as one. clause: what it adds to the message of another finding of its cause, if not
    the whole message. also: the codes of the findings that this one includes.
    """

    code: str
    severity: Severity
    message: str
    help: str = ""
    source: str = ""
    where: Where | None = None
    differs: bool = False
    fixes: Fixes = ()
    cause: Cause = ()
    clause: str = ""
    also: tuple[str, ...] = ()


def merge_causes(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings, those of one cause as one: the most severe, else the first of them.

    A finding in the words of another adds nothing to it, and stays apart: its rule is a copy, with
    which a new rule begins.
    """
    groups: dict[object, list[Diagnostic]] = {}
    for number, found in enumerate(findings):
        # A finding without a cause is alone with its own number.
        group = groups.setdefault(found.cause or number, [])
        is_copy = any(found == other._replace(code=found.code) for other in group)
        (groups.setdefault((found.code, number), []) if is_copy else group).append(found)
    return [_merge(group) if len(group) > 1 else group[0] for group in groups.values()]


def _merge(group: list[Diagnostic]) -> Diagnostic:
    """Return the first of the most severe findings, with the messages and codes of the others."""
    first, *others = sorted(group, key=lambda found: found.severity.rank)
    message, codes = first.message, [first.code]
    for other in others:
        subject, _, text = other.message.partition(": ")
        is_same = message.startswith(f"{subject}: ")
        clause = other.clause or (text if is_same else other.message)
        message += "" if clause in message else f"; {clause}"
        if other.code not in codes:
            message += f" ({other.code})"
            codes.append(other.code)
    fixes = tuple(dict.fromkeys(fix for found in (first, *others) for fix in found.fixes))
    return first._replace(message=message, fixes=fixes, also=tuple(codes[1:]))
