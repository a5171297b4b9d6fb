"""Fixes written as edits and tried."""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.checks.documents import Document
from deconvcli.checks.edits._edit import NotWritable, TextFix, edit_text
from deconvcli.checks.edits.writing import write_change
from deconvcli.common.findings import Fixes


def try_fixes(document: Document, fixes: Fixes, is_fixed: Callable[[str], bool]) -> TextFix | None:
    """Return the first fix that works, as edits; one that is safe comes before all others.

    is_fixed: whether the edited text no longer has the finding.
    """
    for fix in sorted(fixes, key=lambda fix: not fix.is_safe):
        try:
            edits = tuple([write_change(document, change) for change in fix.changes])
        except NotWritable:
            continue
        # A fix was proven on the network, not on its text: a repeated block, or a second place
        # that depends on the value, can make the edited file differ. So the text itself is tried.
        if edits and is_fixed(edit_text(document.text, edits)):
            return TextFix(edits, fix.caution)
    return None
