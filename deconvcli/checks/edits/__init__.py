"""The exact edits that mend a finding: changes of a document made into text (`writing`), and tried
(`trying`)."""

from __future__ import annotations

from deconvcli.checks.edits._edit import Edit, NotWritable, applied

__all__ = ["Edit", "NotWritable", "applied"]
