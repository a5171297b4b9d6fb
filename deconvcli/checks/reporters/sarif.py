"""SARIF 2.1.0, as GitHub's code scanning takes it: relative files, rules with their pages.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0; docs.github.com, SARIF support.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from os import fsencode
from typing import Any
from urllib.parse import quote

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.edits import TextEdit
from deconvcli.checks.reporters._fingerprints import fingerprinted
from deconvcli.checks.reporters._words import advice, place
from deconvcli.checks.rules import page, rules
from deconvcli.common.findings import Diagnostic
from deconvcli.common.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000
"""Results of one run that GitHub takes."""


def report(verdict: Verdict) -> str:
    """A log with one run."""
    return dumps({"version": "2.1.0", "$schema": SCHEMA, "runs": [_run(verdict)]}, indent=2)


def _run(verdict: Verdict) -> dict[str, Any]:
    codes = list(rules())
    results = [_result(codes, *each) for each in fingerprinted(verdict)]
    driver = {
        "name": "deconv",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "deconv/check/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "where deconv was started."}}},
        "results": results[:MOST],
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
    where = place(found)
    region = {"startLine": where.line, "startColumn": where.column}
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
        **_fixes(artifact, file.edits.get(found, ())),
    }


def _fixes(artifact: dict[str, str], edits: Sequence[TextEdit]) -> dict[str, Any]:
    """One fix of all edits; nothing where there are none."""
    if not edits:
        return {}
    changes = {"artifactLocation": artifact, "replacements": [_replacement(e) for e in edits]}
    return {"fixes": [{"artifactChanges": [changes]}]}


def _replacement(edit: TextEdit) -> dict[str, Any]:
    region = {"startLine": edit.line, "startColumn": edit.column, "endColumn": edit.end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.new}}
