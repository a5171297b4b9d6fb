"""The size lock file: what every layer's size was, so that a change of one is seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deconvcli.checks.checking._verdict import Checked, Verdict
from deconvcli.checks.rules import assign_code
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where

SCHEMA = "deconv.lock/1"
HELP = "undo the edit, or accept the new size with deconv check --lock."


def lock_text(verdict: Verdict) -> str:
    """The lock file of what was checked."""
    document = {"schema": SCHEMA, "files": {file.name: _sizes(file) for file in verdict.files}}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _sizes(file: Checked) -> dict[str, dict[str, str]]:
    return {
        network.name: {row.name: row.size for row in network.rows if row.size is not None}
        for network in file.networks
    }


def against_lock(verdict: Verdict, text: str, name: str) -> Verdict:
    """The verdict with a finding for every size that is not the locked one.

    Raises:
        Unreadable: the text is no lock file.
    """
    locked = _locked(text, name)
    return Verdict(tuple(_held(file, locked.get(file.name, {})) for file in verdict.files))


def _locked(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        if document["schema"] == SCHEMA and isinstance(document["files"], dict):
            return dict(document["files"])
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise Unreadable(
        f"{name} is no lock file of ours", help="write it anew with deconv check --lock."
    )


def _held(file: Checked, locked: Any) -> Checked:
    changed = tuple(assign_code(found) for found in _changes(file, locked))
    return file._replace(findings=(*file.findings, *changed))


def _changes(file: Checked, locked: Any) -> Iterator[Diagnostic]:
    """One finding for each layer, those that came and went included."""
    places = {
        (network.name, row.name): row.where for network in file.networks for row in network.rows
    }
    for network, sizes in _sizes(file).items():
        before = locked.get(network, {}) if isinstance(locked, dict) else {}
        known = before if isinstance(before, dict) else {}
        for layer in {**known, **sizes}:
            was, now = known.get(layer, "nothing"), sizes.get(layer, "nothing")
            if was != now:
                where = places.get((network, layer)) or Where(file.name, path=f"networks.{network}")
                message = f"{network}: {layer}: {was} -> {now}"[:200]
                yield Diagnostic("changed-size", Severity.ERROR, message, HELP, where=where)
