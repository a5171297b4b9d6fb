"""The check of one file, from its bytes to its findings.

Nothing in a file raises an error here: every problem becomes a finding, so that one broken file
never hides the findings of others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from deconvcli.checks import configs
from deconvcli.checks.checking._files import (
    SourceFile,
    explain_other,
    format_of_file,
    is_model,
    read_bytes,
)
from deconvcli.checks.checking._ignores import is_silenced
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._trial import Trial, is_error
from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, read
from deconvcli.checks.rules import (
    Subject,
    WalkedNetwork,
    assign_code,
    even_kernel_search,
    prepare_subject,
    run_rules,
)
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where, merge_causes
from deconvcli.networks.graph import make_table, walk

CheckData = Callable[[SourceFile, bytes, Settings], "CheckedFile | None"]


def check_file(
    file: SourceFile, settings: Settings, check: CheckData | None = None
) -> CheckedFile | None:
    """Return what is found in one file, or None for another program's file in a folder.

    check: what is done with the file's bytes; by default `check_data`.
    """
    if is_model(file, settings.reader):
        return _check_model(file, settings)
    if other := explain_other(file):
        return _report_unreadable(file.name, b"", other, settings)._replace(lines={})
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
    return (check or check_data)(file, data, settings)


def _check_model(file: SourceFile, settings: Settings) -> CheckedFile | None:
    """Return what is found in a model file, which is never edited; None for source without any."""
    # Most checks have configs alone, and should not pay for these imports.
    from deconvcli.checks.checking._models import check_model
    from deconvcli.models.model import OTHER_FILE

    try:
        model = check_model(file.name, file.path, settings)
    except Unreadable as error:
        # Another program's file, or a link to a file that somebody else does not have.
        is_other = error.code == OTHER_FILE or not os.path.exists(file.path)
        if is_other and not file.is_named:
            return None
        return _report_unreadable(file.name, b"", error, settings)._replace(lines={})
    # Most files of a program have no layers; a model file is one whatever it has.
    if not (file.is_named or model.has_layers or model.findings or model.text is None):
        return None
    kept = _apply_settings(file.name, model.text or "", model.findings, settings)
    lines = {} if model.text is None else kept.lines
    return model.file._replace(findings=kept.findings, ignored=kept.ignored, lines=lines)


def check_data(file: SourceFile, data: bytes, settings: Settings) -> CheckedFile | None:
    """Return what is found in the bytes of a file, or None for another program's file."""
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
    config = configs.read(document, settings.targets)
    networks = tuple(WalkedNetwork(source, walk(source.graph)) for source in config.networks)
    subject = prepare_subject(config, networks, settings.useless_share)
    if settings.fix_hints or settings.fix:
        subject = _with_all_fixes(subject)
    checked = _apply_settings(document.name, document.text, run_rules(subject), settings)
    shapes = [outcome.shape for walked in networks for outcome in walked.outcomes]
    unsized = shapes.count(None)
    checked = checked._replace(sized=len(shapes) - unsized, unsized=unsized)
    if settings.fix_hints:
        checked = _add_fixes(checked, document, settings)
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


def _add_fixes(checked: CheckedFile, document: Document, settings: Settings) -> CheckedFile:
    """Return the file with the fixes of its findings, and the lines that they change."""
    # Most checks request no edits, and should not pay for these imports.
    from deconvcli.checks.checking._hints import find_fixes

    fixes = find_fixes(document, checked.findings, make_trial(document, checked, settings))
    lines = document.text.split("\n")
    changed = {edit.line: lines[edit.line - 1] for fix in fixes.values() for edit in fix.edits}
    return checked._replace(fixes=fixes, lines={**changed, **checked.lines})


def make_trial(document: Document, checked: CheckedFile, settings: Settings) -> Trial:
    """Return the trial of a document's edits, which looks for no edits itself."""
    everything = settings.without_extras()._replace(select=("DCV",), ignore=())

    @cache  # what is fixed by the same edits is asked for each finding
    def check_text(text: str) -> CheckedFile:
        # An edit that fixes one finding must not add an error that the user has not selected.
        found = check_bytes(document.name, text.encode(), document.kind, everything)
        kept = [each for each in found.findings if settings.selects(each.code) or is_error(each)]
        return found._replace(findings=tuple(kept))

    unselected: list[Diagnostic] = []
    if (settings.select, settings.ignore) != (everything.select, everything.ignore):
        found = check_text(document.text).findings
        unselected = [each for each in found if not settings.selects(each.code)]
    return Trial(checked._replace(findings=(*checked.findings, *unselected)), check_text)


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
        if settings.selects(each.code) and not is_silenced(each, lines)
    ]
    count = len(kept)
    # After the selection, so that what is ignored leaves no trace in what is not.
    kept = merge_causes(kept)
    kept.sort(key=_sort_key)
    shown = {line: lines[line - 1].rstrip("\r") for line in map(_line, kept) if line <= len(lines)}
    return CheckedFile(name, tuple(kept), shown, (), len(unique) - count)


def _line(found: Diagnostic) -> int:
    return found.where.line if found.where else 1


def _sort_key(found: Diagnostic) -> tuple[int, int, str]:
    return (_line(found), found.where.column if found.where else 1, found.code)
