"""SARIF 2.1.0, as GitHub's code scanning reads it: relative paths, and rules with their pages.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0; docs.github.com, SARIF support.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from os import fsencode
from typing import Any
from urllib.parse import quote

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.edits import TextEdit, TextFix
from deconvcli.checks.reporters._common import advice, one_line, place_of
from deconvcli.checks.reporters._fingerprints import fingerprint_findings
from deconvcli.checks.rules import page, rules
from deconvcli.common.findings import Diagnostic
from deconvcli.common.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_SARIF_RESULTS = 25_000
"""The results that GitHub accepts in one run; it refuses a file with more."""


def report(verdict: Verdict) -> str:
    """Return a log with one run."""
    return dumps({"version": "2.1.0", "$schema": SCHEMA, "runs": [_run(verdict)]}, indent=2)


def _run(verdict: Verdict) -> dict[str, Any]:
    codes = list(rules())
    results = [_result(codes, *each) for each in fingerprint_findings(verdict)]
    driver = {
        "name": "deconv",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    return {
        "tool": {"driver": driver},
        # Our columns count characters; the default of SARIF is UTF-16 code units.
        "columnKind": "unicodeCodePoints",
        # Code scanning replaces earlier results of the same category, which ends at the last slash.
        "automationDetails": {"id": "deconv/check/"},
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "the folder in which deconv was started."}}
        },
        "results": results[:MAX_SARIF_RESULTS],
    }


def _rule(code: str) -> dict[str, Any]:
    name, rule = rules()[code]
    text = page(name)
    first = text.partition("\n")[0]
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in name.split("_")),
        "shortDescription": {"text": first},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(
    codes: Sequence[str], file: CheckedFile, found: Diagnostic, fingerprint: str
) -> dict[str, Any]:
    where = place_of(found)
    region = {"startLine": where.line, "startColumn": where.column}
    # By bytes, since a file name may not be UTF-8, and a URI has no other way to write it.
    artifact = {"uri": quote(fsencode(file.name)), "uriBaseId": "SRCROOT"}
    physical = {"artifactLocation": artifact, "region": region}
    location: dict[str, Any] = {"physicalLocation": physical}
    if where.path:
        location["logicalLocations"] = [{"fullyQualifiedName": where.path}]
    return {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": str(found.severity),
        "message": {"text": advice(found)},
        "locations": [location],
        "partialFingerprints": {"deconv/v1": fingerprint},
        **_fix(artifact, file.fixes.get(found)),
    }


def _fix(artifact: dict[str, str], fix: TextFix | None) -> dict[str, Any]:
    """Return the fix with all its edits, and in words what else they change."""
    if fix is None:
        return {}
    replacements = [_replacement(edit) for edit in fix.edits]
    changes = {"artifactLocation": artifact, "replacements": replacements}
    caution = {"description": {"text": one_line(fix.caution)}} if fix.caution else {}
    return {"fixes": [{**caution, "artifactChanges": [changes]}]}


def _replacement(edit: TextEdit) -> dict[str, Any]:
    region = {"startLine": edit.line, "startColumn": edit.column, "endColumn": edit.end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.new}}
