"""What is wrong with a config as it is written, collected in place of ending at the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from deconvcli.checks.documents import Document, Path
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Change, Diagnostic, Fixes, Severity, Verb, Where
from deconvcli.common.shelf import nearest, suggestion
from deconvcli.common.values import shorten


class Problems:
    """Findings of one document, each once however often a block repeats it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._found: dict[Diagnostic, None] = {}

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """All findings in the order in which they were met."""
        return tuple(self._found)

    @property
    def count(self) -> int:
        """How many there are, for who wants to know whether more came."""
        return len(self._found)

    def tell(self, code: str, path: Path, message: str, help: str, meant: Any = None) -> None:
        """Something is wrong with the value at a path; `meant`: what may have to stand there."""
        fixes = () if meant is None else ((Change(Verb.SET, path, meant),),)
        self._add(code, message, help, self.document.where(path), fixes)

    def pass_on(self, error: DeconvError, path: Path) -> None:
        """An error of another room, at this place."""
        self.tell(error.code, path, error.message, error.help)

    def misspelled(self, error: DeconvError, path: Path, word: str, known: Collection[str]) -> None:
        """A value that is none of the words that are known there."""
        listed = list(known)
        help = suggestion(word, listed)
        self.tell(error.code, path, error.message, help, nearest(word, listed))

    def unknown_keys(
        self, value: Mapping[str, Any], known: Collection[str], path: Path, what: str
    ) -> None:
        """Every key that is not known stands at its own place."""
        for name in value:
            if name not in known:
                where = self.document.where_key((*path, name))
                message = f"{what} has no key {shorten(name)}"
                close = nearest(name, list(known))
                fixes = ((Change(Verb.RENAME, (*path, name), close),),) if close else ()
                self._add("unknown-key", message, suggestion(name, list(known)), where, fixes)

    def mapping(self, value: Any, path: Path, what: str, known: Collection[str]) -> dict[str, Any]:
        """The mapping that must stand here, its keys held against those known; else an empty."""
        if not isinstance(value, dict):
            help = f"write its keys: {', '.join(known)}."
            self.tell("illegal-value", path, f"{what} is {_kind(value)}, not a mapping", help)
            return {}
        self.unknown_keys(value, known, path, what)
        return value

    def missing(self, path: Path, what: str, key: str, help: str) -> None:
        """A key that must be there is not."""
        self.tell("missing-key", path, f"{what} has no {key}", help)

    def _add(self, code: str, message: str, help: str, where: Where, fixes: Fixes = ()) -> None:
        found = Diagnostic(code, Severity.ERROR, message, help, where=where, fixes=fixes)
        self._found[found] = None


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    return "a list" if isinstance(value, list) else shorten(value)
