"""A file that cannot be read.

What: the file is no UTF-8, no YAML or JSON, or uses what a config has no need of: tags, anchors and
aliases, a key twice, more than one document, brackets nested more than 32 deep, more than 1 MiB.

Why: of a file that is read by guessing, nobody knows what was checked. Programs disagree on what a
doubled key means, and aliases can make a small file endless.

Example:
    networks: {a: {layers: [}

Fix: correct the file at the place that is named; the cause may stand just before it.
No exact edit is told: what the author wanted to write is not known.

Source: YAML 1.2.2; RFC 8259, section 4 (names within an object should be unique).
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV101", Severity.ERROR, ("unreadable",))
