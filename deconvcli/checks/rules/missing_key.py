"""A key that has to be there and is not.

What: a layer without its kind or its channels, a network without an input or layers.

Why: nothing can be said of a layer whose kernel nobody knows.

Example:
    - {op: conv, kernel: 3}

Fix: add the key, here `out_channels: 64`. No exact edit is told: the value is the author's to say.

Source: deconvcli/checks/configs/README.md.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV103", Severity.ERROR, ("missing-key",))
