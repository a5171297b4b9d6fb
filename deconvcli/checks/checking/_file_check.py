"""The check of one file, from its bytes to its findings.

Nothing in a file raises an error here: every problem becomes a finding, so that one broken file
never hides the findings of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from deconvcli.checks import configs
from deconvcli.checks.checking._files import SourceFile, format_of_file, read_bytes
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.checks.rules import (
    Subject,
    WalkedNetwork,
    assign_code,
    even_kernel_search,
    find_code,
    prepare_subject,
    run_rules,
)
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.networks.graph import make_table, walk

_IGNORE_COMMENT = re.compile(r"#\s*deconv:\s*ignore(?:\[([\w\s,-]*)\])?")


def check_file(file: SourceFile, settings: Settings) -> CheckedFile | None:
    """Return what is found in one file, or None for another program's file in a folder."""
    try:
        data = read_bytes(file, MAX_DOCUMENT_BYTES)
    except OSError as error:
        found = Diagnostic(
            "unreadable",
            Severity.ERROR,
            error.strerror or str(error),
            "make the file readable, or remove it from the command.",
            where=Where(file.name),
        )
        return _apply_settings(file.name, "", [assign_code(found)], settings)
    if file.is_named:
        return check_bytes(file.name, data, format_of_file(file), settings)
    return _check_if_ours(file, data, settings)


def check_bytes(name: str, data: bytes, kind: str, settings: Settings) -> CheckedFile:
    """Return what is found in the bytes of a file in the format `kind`."""
    try:
        document = read(name, data, kind)
    except Unreadable as error:
        return _report_unreadable(name, data, error, settings)
    return _check_document(document, settings)


def _check_if_ours(file: SourceFile, data: bytes, settings: Settings) -> CheckedFile | None:
    if not may_have_networks(data):
        return None
    try:
        document = read(file.name, data, format_of_file(file))
    except Unreadable as error:
        return _report_unreadable(file.name, data, error, settings)
    return _check_document(document, settings) if has_networks(document) else None


def may_have_networks(data: bytes) -> bool:
    """Return whether a file in a folder is worth parsing."""
    return b"networks" in data


def has_networks(document: Document) -> bool:
    """Return whether the document has a network with layers."""
    # Not just `networks`: files of Docker Compose have that key as well.
    value = document.value
    networks = value.get("networks") if isinstance(value, dict) else None
    named = networks.values() if isinstance(networks, dict) else ()
    return any(isinstance(network, dict) and "layers" in network for network in named)


def _report_unreadable(
    name: str, data: bytes, error: Unreadable, settings: Settings
) -> CheckedFile:
    found = Diagnostic(error.code, Severity.ERROR, error.message, error.help, where=error.where)
    # Whatever is wrong with the bytes, the finding shows its line and heeds its comment.
    text = data.decode("utf-8-sig", "replace")
    return _apply_settings(name, text, [assign_code(found)], settings)


def _check_document(document: Document, settings: Settings) -> CheckedFile:
    config = configs.read(document)
    networks = tuple(WalkedNetwork(source, walk(source.graph)) for source in config.networks)
    subject = prepare_subject(config, networks, settings.useless_share)
    if settings.fix_hints:
        subject = _with_all_fixes(subject)
    checked = _apply_settings(document.name, document.text, run_rules(subject), settings)
    if settings.fix_hints:
        checked = _add_edits(checked, document, settings)
    if settings.locked is not None:
        checked = _add_changes(checked, document, networks, settings)
    if settings.lock:
        from deconvcli.checks.checking.lock import add_sizes  # which most checks do not need

        checked = add_sizes(checked, networks)
    if settings.tables:
        tables = tuple(make_table(source.graph, outcomes) for source, outcomes in networks)
        checked = checked._replace(networks=tables)
    return checked


def _add_changes(
    checked: CheckedFile,
    document: Document,
    networks: Sequence[WalkedNetwork],
    settings: Settings,
) -> CheckedFile:
    """Return the file with its differences from the lock file."""
    # Most checks have no lock file, and should not pay for these imports.
    from deconvcli.checks.checking._lock_changes import find_changes

    changes = find_changes(document, networks, settings.locked or {})
    found = _apply_settings(document.name, document.text, changes, settings)
    return checked._replace(
        findings=tuple(sorted((*checked.findings, *found.findings), key=_sort_key)),
        lines={**checked.lines, **found.lines},
        ignored=checked.ignored + found.ignored,
    )


def _with_all_fixes(subject: Subject) -> Subject:
    """Return the subject with a search for all fixes, which takes longer than the check."""
    from deconvcli.checks.checking._hints import MAX_HINTED_FINDINGS

    search = even_kernel_search(subject.config.document, MAX_HINTED_FINDINGS)
    return subject._replace(find_even_kernels=search, max_diagnosed=MAX_HINTED_FINDINGS)


def _add_edits(checked: CheckedFile, document: Document, settings: Settings) -> CheckedFile:
    """Return the file with the edits that fix its findings, and the lines that they change."""
    # Most checks request no edits, and should not pay for these imports.
    from deconvcli.checks.checking._hints import find_edits

    edits = find_edits(document, checked.findings, _check_again(settings))
    lines = document.text.split("\n")
    changed = {edit.line: lines[edit.line - 1] for each in edits.values() for edit in each}
    return checked._replace(edits=edits, lines={**changed, **checked.lines})


def _check_again(settings: Settings) -> Callable[[Document, str], tuple[Diagnostic, ...]]:
    """Return a check of an edited text, which looks for no edits itself."""
    plain = settings._replace(fix_hints=False, tables=False, lock=False, locked=None)

    def findings_of(document: Document, text: str) -> tuple[Diagnostic, ...]:
        return check_bytes(document.name, text.encode(), document.kind, plain).findings

    return findings_of


def _apply_settings(
    name: str, text: str, found: Iterable[Diagnostic], settings: Settings
) -> CheckedFile:
    """Return the file with its selected findings, sorted by place, at the chosen severity."""
    # Not splitlines, which ends lines at form feeds and U+2028 too: places count line feeds.
    lines = text.split("\n")
    # The rounds of a repeated block can report one mistake several times.
    unique = list(dict.fromkeys(found))
    kept = [
        each._replace(severity=settings.severity_of(each.code, each.severity))
        for each in unique
        if settings.selects(each.code) and not _is_silenced(each, lines)
    ]
    kept.sort(key=_sort_key)
    shown = {line: lines[line - 1].rstrip("\r") for line in map(_line, kept) if line <= len(lines)}
    return CheckedFile(name, tuple(kept), shown, (), len(unique) - len(kept))


def _line(found: Diagnostic) -> int:
    return found.where.line if found.where else 1


def _sort_key(found: Diagnostic) -> tuple[int, int, str]:
    return (_line(found), found.where.column if found.where else 1, found.code)


def _is_silenced(found: Diagnostic, lines: list[str]) -> bool:
    """Return whether a comment on the finding's line names its code, or names no code."""
    line = _line(found)
    comment = _IGNORE_COMMENT.search(lines[line - 1]) if line <= len(lines) else None
    if comment is None:
        return False
    codes = {find_code(code) for code in (comment[1] or "").split(",")}
    return comment[1] is None or found.code in codes
