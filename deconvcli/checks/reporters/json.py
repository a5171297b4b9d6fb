"""JSON for programs: one object, indented, its shape named in `schema`."""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._words import place
from deconvcli.common.findings import Diagnostic, Severity

SCHEMA = "deconv.check/1"


def report(verdict: Verdict) -> str:
    """Files with their findings and, where asked for, their networks."""
    return dumps(document(verdict), indent=2)


def document(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain data."""
    counts = {str(severity): verdict.counts[severity] for severity in Severity}
    files = [_file(file) for file in verdict.files]
    return {"schema": SCHEMA, "counts": counts, "files": files}


def _file(file: CheckedFile) -> dict[str, Any]:
    networks = {
        table.name: [
            {name: value for name, value in row._asdict().items() if name != "where"}
            for row in table.rows
        ]
        for table in file.networks
    }
    return {
        "file": file.name,
        "ignored": file.ignored,
        "findings": [finding(file, found) for found in file.findings],
        **({"networks": networks} if networks else {}),
    }


def finding(file: CheckedFile, found: Diagnostic) -> dict[str, Any]:
    """One finding as plain data, with the edits that mend it if these were asked for."""
    edits = [edit._asdict() for edit in file.edits.get(found, ())]
    where = place(found)
    return {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "help": found.help,
        "source": found.source,
        "line": where.line,
        "column": where.column,
        "path": where.path,
        **({"edits": edits} if edits else {}),
    }
