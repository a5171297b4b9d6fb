"""Exact edits of a document's text: written from changes (`writing`), and tried (`trying`)."""

from __future__ import annotations

from deconvcli.checks.edits._edit import NotWritable, TextEdit, TextFix, edit_text

__all__ = ["NotWritable", "TextEdit", "TextFix", "edit_text"]
