"""A name that refers to nothing, or to two things.

What: an input is not a layer above, a kind of layer or a dialect is unknown, two layers have one
name, or a $name is used outside the block that defines it.

Why: a graph can be followed only if each of its names has one meaning.

Example:
    - {op: concat, inputs: [previous, encodr3]}

Fix: write the intended name; the finding suggests the nearest one. No automatic edit for a name
that two layers have: other layers may refer to either of them.

Source: deconvcli/checks/configs/README.md.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule(
    "DCV105",
    Severity.ERROR,
    (
        "unknown-name",
        "duplicate-name",
        "unknown-input",
        "inputs",
        "unknown-operation",
        "unknown-dialect",
        "unknown-implementation",
    ),
)
