"""One file from its bytes to its findings; nothing in it can end the check of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from deconvcli.checks import configs
from deconvcli.checks.checking._files import Source, content, kind_of
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._tables import tables
from deconvcli.checks.checking._verdict import Checked
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.checks.rules import (
    Subject,
    WalkedNetwork,
    assign_code,
    even_kernels,
    find,
    prepare_subject,
)
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.networks.graph import walk

_COMMENT = re.compile(r"#\s*deconv:\s*ignore(?:\[([\w\s,-]*)\])?")


def check_source(source: Source, settings: Settings) -> Checked | None:
    """What is found in one file; None for one that lies in a folder and is no config of ours."""
    try:
        data = content(source, MAX_DOCUMENT_BYTES)
    except OSError as error:
        where = Where(source.name)
        reason = error.strerror or str(error)
        help = "make it readable, or leave it out."
        found = Diagnostic("unreadable", Severity.ERROR, reason, help, where=where)
        return _checked(source.name, "", [assign_code(found)], settings)
    if source.is_named:
        return check_bytes(source.name, data, kind_of(source), settings)
    return _if_ours(source, data, settings)


def check_bytes(name: str, data: bytes, kind: str, settings: Settings) -> Checked:
    """What is found in the bytes of a file in the format `kind`."""
    try:
        document = read(name, data, kind)
    except Unreadable as error:
        return _of_unreadable(name, data, error, settings)
    return _of_document(document, settings)


def _if_ours(source: Source, data: bytes, settings: Settings) -> Checked | None:
    """The same for a file met in a folder, unless another program's."""
    if not may_be_ours(data):
        return None
    try:
        document = read(source.name, data, kind_of(source))
    except Unreadable as error:
        return _of_unreadable(source.name, data, error, settings)
    return _of_document(document, settings) if is_ours(document) else None


def _of_unreadable(name: str, data: bytes, error: Unreadable, settings: Settings) -> Checked:
    return _checked(name, data.decode("utf-8-sig", "replace"), [_unreadable(error)], settings)


def may_be_ours(data: bytes) -> bool:
    """Whether a file met in a folder is worth reading."""
    return b"networks" in data


def is_ours(document: Document) -> bool:
    """Whether anything in it has layers: other programs' files have networks too."""
    value = document.value
    networks = value.get("networks") if isinstance(value, dict) else None
    named = networks.values() if isinstance(networks, dict) else ()
    return any(isinstance(each, dict) and "layers" in each for each in named)


def _unreadable(error: Unreadable) -> Diagnostic:
    found = Diagnostic(error.code, Severity.ERROR, error.message, error.help, where=error.where)
    return assign_code(found)


def _of_document(document: Document, settings: Settings) -> Checked:
    config = configs.read(document)
    networks = tuple(WalkedNetwork(read, walk(read.graph)) for read in config.networks)
    asked = _asked(prepare_subject(config, networks, settings.useless_share), settings)
    checked = _checked(document.name, document.text, find(asked), settings)
    if settings.fix_hints:
        checked = _hinted(checked, document, settings)
    return checked._replace(networks=tables(document, networks)) if settings.tables else checked


def _asked(asked: Subject, settings: Settings) -> Subject:
    """With a search for all fixes, where edits are wanted: it takes longer than the check."""
    if not settings.fix_hints:
        return asked
    from deconvcli.checks.checking._hints import MOST

    search = even_kernels(asked.config.document, MOST)
    return asked._replace(find_even_kernels=search, max_diagnosed=MOST)


def _hinted(checked: Checked, document: Document, settings: Settings) -> Checked:
    """With the edits that mend its findings, and the lines that these change."""
    # Only who asks for edits pays for importing what writes them.
    from deconvcli.checks.checking._hints import edits_of

    edits = edits_of(document, checked.findings, _read_again(settings))
    lines = document.text.split("\n")
    changed = {edit.line: lines[edit.line - 1] for each in edits.values() for edit in each}
    return checked._replace(edits=edits, lines={**changed, **checked.lines})


def _read_again(settings: Settings) -> Callable[[Document, str], tuple[Diagnostic, ...]]:
    """The check of an edited text, without edits of its own."""
    plain = settings._replace(fix_hints=False, tables=False)

    def findings_of(document: Document, text: str) -> tuple[Diagnostic, ...]:
        return check_bytes(document.name, text.encode(), document.kind, plain).findings

    return findings_of


def _checked(name: str, text: str, found: Iterable[Diagnostic], settings: Settings) -> Checked:
    """The findings that are asked for, by place, at the severity that is asked for."""
    lines = text.split("\n")
    told = list(dict.fromkeys(found))
    kept = [
        each._replace(severity=settings.severity_of(each.code, each.severity))
        for each in told
        if settings.takes(each.code) and not _is_silenced(each, lines)
    ]
    kept.sort(key=_place)
    shown = {line: lines[line - 1].rstrip("\r") for line in map(_line, kept) if line <= len(lines)}
    return Checked(name, tuple(kept), shown, (), len(told) - len(kept))


def _line(found: Diagnostic) -> int:
    return found.where.line if found.where else 1


def _place(found: Diagnostic) -> tuple[int, int, str]:
    return (_line(found), found.where.column if found.where else 1, found.code)


def _is_silenced(found: Diagnostic, lines: list[str]) -> bool:
    """Whether a comment on the finding's line names its code, or none at all."""
    line = _line(found)
    comment = _COMMENT.search(lines[line - 1]) if line <= len(lines) else None
    if comment is None:
        return False
    codes = {code.strip().upper() for code in (comment[1] or "").split(",")}
    return comment[1] is None or found.code in codes
