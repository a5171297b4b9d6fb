"""Fixes written as text, and tried."""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.checks.documents import Document
from deconvcli.checks.edits._edit import Edit, NotWritable, applied
from deconvcli.checks.edits.writing import edits_of
from deconvcli.common.findings import Fixes


def hint(document: Document, fixes: Fixes, mends: Callable[[str], bool]) -> tuple[Edit, ...]:
    """The edits of the first fix whose text mends the finding; none where no fix can be written.

    mends: whether the edited text is as it should be.
    """
    for fix in fixes:
        try:
            edits = tuple([edit for change in fix for edit in edits_of(document, change)])
        except NotWritable:
            continue
        if edits and mends(applied(document.text, edits)):
            return edits
    return ()
