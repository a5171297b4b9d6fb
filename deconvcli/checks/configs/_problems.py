"""The problems in how a config is written. They are collected, so that the first hides no other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from deconvcli.checks.documents import Document, Path
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import (
    GUESSED,
    Change,
    Diagnostic,
    DocumentFix,
    Fixes,
    Severity,
    Verb,
    Where,
)
from deconvcli.common.shelf import is_slip, nearest, suggestion
from deconvcli.common.values import shorten


class Problems:
    """The findings of one document, each once, however often a block repeats it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        # Ordered, and without the repetitions that the rounds of a block bring.
        self._found: dict[Diagnostic, None] = {}
        self._settled: set[Path] = set()
        self._misspelled: dict[Path, dict[str, Any]] = {}
        self._around_settled: set[Path] = set()
        self.count = 0
        """How many there were, repeated ones too, by which a caller sees whether it added any."""

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """Return all findings, in the order in which they were found."""
        return tuple(self._found)

    def report(self, code: str, path: Path, message: str, help: str, better: Any = None) -> None:
        """Report a wrong value at a path; `better` is the value that was probably intended."""
        if self.is_settled(path):
            self.count += 1
            return
        fixes: Fixes = ()
        if better is not None:
            given = self.document.value_at(path) if path in self.document.places else better
            is_sure = not isinstance(better, str) or is_slip(str(given), better)
            change = Change(Verb.SET, path, better)
            fixes = (DocumentFix((change,), "" if is_sure else GUESSED),)
        self._add(code, message, help, self.document.where(path), fixes)

    def settle(self, path: Path) -> None:
        """Report nothing further about the value at a path: it would follow from what was said."""
        self._settled.add(path)
        self._around_settled.update(path[:length] for length in range(len(path)))

    def is_settled(self, path: Path) -> bool:
        """Return whether the value at a path is settled, by itself or with one around it."""
        return any(path[:length] in self._settled for length in range(1, len(path) + 1))

    def has_settled(self, path: Path) -> bool:
        """Return whether the value at a path or one inside it is settled."""
        return path in self._around_settled or self.is_settled(path)

    def report_error(self, error: DeconvError, path: Path) -> None:
        """Report an error at the place of the value that caused it."""
        self.report(error.code, path, error.message, error.help)

    def report_misspelling(
        self, error: DeconvError, path: Path, word: str, known: Collection[str]
    ) -> None:
        """Report a word that is not one of the known ones."""
        listed = list(known)
        help = suggestion(word, listed) or error.help
        self.report(error.code, path, error.message, help, nearest(word, listed))

    def check_keys(
        self, value: Mapping[str, Any], known: Collection[str], path: Path, owner: str
    ) -> None:
        """Report each unknown key, at its own place."""
        for name in value:
            if name not in known:
                key, colon, text = name.partition(":")
                if colon and key in known:
                    help = f"write a space after the colon: {key}: {text}."
                    self.report_key((*path, name), owner, help)
                    continue
                close = nearest(name, list(known))
                renamed = (Change(Verb.RENAME, (*path, name), close),)
                fixes: Fixes = ()
                if close:
                    fixes = (DocumentFix(renamed, "" if is_slip(name, close) else GUESSED),)
                if close and close not in value:
                    self.settle((*path, close))  # it is misspelled, not missing
                    # What is below a key would be reported at the places of another.
                    if not isinstance(value[name], dict | list):
                        self._misspelled.setdefault(path, {})[close] = value[name]
                self.report_key((*path, name), owner, suggestion(name, list(known)), fixes)

    def report_key(self, path: Path, owner: str, help: str, fixes: Fixes = ()) -> None:
        """Report a key that its owner does not have."""
        where, message = self.document.where_key(path), f"{owner} has no key {shorten(path[-1])}"
        self._add("unknown-key", message, help, where, fixes)

    def require_mapping(
        self, value: Any, path: Path, owner: str, known: Collection[str], help: str = ""
    ) -> dict[str, Any]:
        """Return the mapping at a path, or an empty one, and report what is wrong with it.

        A single value under a misspelled key is under the right one as well.
        """
        if not isinstance(value, dict):
            help = help or f"write its keys: {', '.join(known)}."
            self.report(
                "illegal-value", path, f"{owner} is {_describe(value)}, not a mapping", help
            )
            return {}
        self.check_keys(value, known, path, owner)
        return {**value, **self._misspelled.get(path, {})}

    def report_missing(self, path: Path, owner: str, key: str, help: str) -> None:
        """Report a required key that is missing."""
        if self.is_settled((*path, key)):
            self.count += 1
            return
        self.report("missing-key", path, f"{owner} has no {key}", help)

    def _add(self, code: str, message: str, help: str, where: Where, fixes: Fixes = ()) -> None:
        found = Diagnostic(code, Severity.ERROR, message, help, where=where, fixes=fixes)
        self._found[found] = None
        self.count += 1


def _describe(value: Any) -> str:
    if value is None:
        return "empty"
    return "a list" if isinstance(value, list) else shorten(value)
