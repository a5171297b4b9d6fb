"""A file that cannot be read, or not written with --fix.

What: the file is not UTF-8, is not YAML or JSON, or uses a feature that a config does not need:
tags, anchors and aliases, a repeated key, more than one document, more than 32 nested levels, more
than 1 MiB. With `--fix` also: the file is write-protected, or it changed while it was checked.

Why: if a file has to be guessed at, nobody knows which network was checked. Programs disagree about
a repeated key, and aliases can make a small file endless.

Example:
    networks: {a: {layers: [}

Fix: correct the file at the place that the finding names; the cause may be just before it.
No automatic edit: only the author knows the intended text.

Source: YAML 1.2.2; RFC 8259, section 4 (names within an object should be unique).
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV101", Severity.ERROR, ("unreadable", "unwritable", "other-file"))
