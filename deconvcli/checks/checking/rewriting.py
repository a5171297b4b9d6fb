"""New contents of files: written, each in one step, or shown as a diff."""

from __future__ import annotations

import os
from errno import EACCES

from deconvcli.checks.checking._file_check import check_bytes
from deconvcli.checks.checking._files import STDIN, display_name, format_of_file
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import CheckedFile, Rewrite, Verdict
from deconvcli.checks.edits.diff import format_diff
from deconvcli.checks.rules import assign_code
from deconvcli.common.errors import Unreadable
from deconvcli.common.files import format_path, open_atomically, report_write_errors
from deconvcli.common.findings import Diagnostic, Severity, Where


def write_files(verdict: Verdict, settings: Settings) -> Verdict:
    """Write the files that have a new content, and return the verdict on the files as they are.

    A file that cannot be written keeps its findings, and has one more.
    """
    return Verdict(tuple(_write_file(file, settings) for file in verdict.files))


def _write_file(file: CheckedFile, settings: Settings) -> CheckedFile:
    rewrite = file.rewrite
    if rewrite is None or not rewrite.is_change or rewrite.source.path == STDIN:
        return file
    source, before = rewrite.source, rewrite.before
    try:
        _write(source.path, before, rewrite.after)
    except Unreadable as error:
        message = error.message.removeprefix(f"{format_path(source.path)}: ")
        help = "make the file and its folder writable, or copy the edits from --diff."
        found = Diagnostic("unwritable", Severity.ERROR, message, help, where=Where(file.name))
        kept = check_bytes(file.name, before, format_of_file(source), settings.without_edits())
        findings = (assign_code(found), *kept.findings)
        return kept._replace(findings=findings, rewrite=Rewrite(source, before, before))
    return file


def _write(path: str, before: bytes, after: bytes) -> None:
    with report_write_errors(format_path(path)):
        # A new file will take its place, for which the system asks only about the folder.
        if not os.access(path, os.W_OK):
            raise OSError(EACCES, os.strerror(EACCES))
        with open(path, "rb") as opened:
            now = opened.read()
        if now == after:  # written under another name: a link, or a longer path
            return
        if now != before:
            raise OSError(0, "it has changed since it was read")
        with open_atomically(path, force=True) as new:
            new.write(after)


def format_diffs(verdict: Verdict) -> str:
    """Return the diff of every file that has a new content, as `git apply` takes it."""
    diffs: dict[str, str] = {}
    for file in verdict.files:
        if file.rewrite is not None and file.rewrite.is_change:
            path = file.rewrite.source.path
            # Git follows no link and takes no dots, so the file itself is named.
            real = file.name if path == STDIN else display_name(os.path.realpath(path))
            name = real.removeprefix("./")
            texts = (data.decode() for data in (file.rewrite.before, file.rewrite.after))
            diffs[name] = format_diff(name, *texts)
    return "".join(diffs.values())
