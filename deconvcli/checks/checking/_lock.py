"""The lock file: the size of every layer, so that a review sees when one changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deconvcli.checks.checking._verdict import CheckedFile, Verdict
from deconvcli.checks.rules import assign_code
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where

SCHEMA = "deconv.lock/1"
HELP = "undo the edit, or accept the new size with deconv check --lock."


def format_lock(verdict: Verdict) -> str:
    """Return the text of the lock file for the checked files."""
    files = {file.name: _sizes(file) for file in verdict.files}
    # Sorted and one size per line, so that a change of one size is a change of one line.
    return json.dumps({"schema": SCHEMA, "files": files}, indent=1, sort_keys=True) + "\n"


def _sizes(file: CheckedFile) -> dict[str, dict[str, str]]:
    return {
        network.name: {row.name: row.size for row in network.rows if row.size is not None}
        for network in file.networks
    }


def compare_with_lock(verdict: Verdict, text: str, name: str) -> Verdict:
    """Return the verdict with a finding for every size that differs from the lock file.

    text, name: of the lock file.

    Raises:
        Unreadable: the text is not a lock file.
    """
    locked = _read_lock(text, name)
    files = []
    for file in verdict.files:
        changes = map(assign_code, _changes(file, locked.get(file.name, {})))
        files.append(file._replace(findings=(*file.findings, *changes)))
    return Verdict(tuple(files))


def _read_lock(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        if document["schema"] == SCHEMA and isinstance(document["files"], dict):
            return dict(document["files"])
    # RecursionError: a file of open brackets. Whatever else it is, it is no lock file.
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise Unreadable(
        f"{name} is not a lock file of deconv", help="write it again with deconv check --lock."
    )


def _changes(file: CheckedFile, locked: Any) -> Iterator[Diagnostic]:
    """Yield a finding for each layer that changed, is new or is gone."""
    places = {
        (network.name, row.name): row.where for network in file.networks for row in network.rows
    }
    for network, sizes in _sizes(file).items():
        # A lock file is edited and merged by hand, so any part of it may be anything.
        before = locked.get(network, {}) if isinstance(locked, dict) else {}
        known = before if isinstance(before, dict) else {}
        for layer in {**known, **sizes}:
            was, now = known.get(layer, "nothing"), sizes.get(layer, "nothing")
            if was != now:
                where = places.get((network, layer)) or Where(file.name, path=f"networks.{network}")
                # Cut short: the lock file may say anything, at any length.
                message = f"{network}: {layer}: {was} -> {now}"[:200]
                yield Diagnostic("changed-size", Severity.ERROR, message, HELP, where=where)
