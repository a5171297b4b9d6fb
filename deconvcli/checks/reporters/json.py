"""JSON for programs: one indented object, with its form named in `schema`."""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import place_of
from deconvcli.common.findings import Diagnostic, Severity

SCHEMA = "deconv.check/1"


def report(verdict: Verdict) -> str:
    """Return the files with their findings and, if requested, their networks."""
    return dumps(document(verdict), indent=2)


def document(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain data."""
    counts = {str(severity): verdict.counts[severity] for severity in Severity}
    files = [_file(file) for file in verdict.files]
    return {"schema": SCHEMA, "counts": counts, "files": files}


def _file(file: CheckedFile) -> dict[str, Any]:
    networks = {table.name: [row._asdict() for row in table.rows] for table in file.networks}
    return {
        "file": file.name,
        "ignored": file.ignored,
        **_edits_made(file),
        "findings": [finding(file, found) for found in file.findings],
        **({"networks": networks} if networks else {}),
        **({"tensors": dict(file.tensors)} if file.tensors else {}),
    }


def _edits_made(file: CheckedFile) -> dict[str, Any]:
    made = file.rewrite
    if made is None:
        return {}
    return {"fixed": dict(made.fixed), "unsafe": made.unsafe, "silenced": made.silenced}


def finding(file: CheckedFile, found: Diagnostic) -> dict[str, Any]:
    """Return one finding as plain data, with the edits that fix it if there are any."""
    fix = file.fixes.get(found)
    edits = [edit._asdict() for edit in fix.edits] if fix else []
    where = place_of(found)
    return {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "help": found.help,
        "source": found.source,
        "line": where.line,
        "column": where.column,
        "path": where.path,
        **({"also": list(found.also)} if found.also else {}),
        **({"edits": edits, "caution": fix.caution} if fix else {}),
    }
