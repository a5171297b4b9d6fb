"""A name that stands for nothing, or for two things.

What: an input that is no layer above, a kind of layer or a dialect that does not exist, a layer's
name that is taken, a $name outside of the block that gives it values.

Why: a graph can only be followed where its names are clear.

Example:
    - {op: concat, inputs: [previous, encodr3]}

Fix: take the name that was meant; the nearest one is named. A name that two layers have gets no
exact edit: which of them is meant elsewhere is not known.

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
