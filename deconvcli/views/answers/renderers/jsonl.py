"""The JSON object on one line, for files with one result per line."""

from __future__ import annotations

from json import dumps

from deconvcli.views.answers.renderers.json import document, encode_size
from deconvcli.views.answers.report import Report


def render(report: Report) -> str:
    """Return one line without spaces after separators."""
    return dumps(document(report), separators=(",", ":"), default=encode_size)
