"""The JSON object in one line, for files that hold one result a line."""

from __future__ import annotations

from json import dumps

from deconvcli.views.answers.renderers.json import document
from deconvcli.views.answers.report import Report


def render(report: Report) -> str:
    """One line without spaces around separators; symbolic sizes are strings."""
    return dumps(document(report), separators=(",", ":"), default=str)
