"""A required key that is missing.

What: a layer lacks its kind or its channels, or a network lacks its input or its layers.

Why: nothing can be computed for a layer whose kernel is unknown.

Example:
    - {op: conv, kernel: 3}

Fix: add the key, here `out_channels: 64`. No automatic edit: only the author knows the value.

Source: deconvcli/checks/configs/README.md.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV103", Severity.ERROR, ("missing-key",))
