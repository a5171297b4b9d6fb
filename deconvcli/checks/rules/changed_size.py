"""A size that is not the one in the lock file.

What: with --locked, a layer has another size than when `deconv check --lock` was last run.

Why: an edit far above can change a size that nobody looks at; a review should see it.

Example:
    - {op: conv_transpose, out_channels: 8, kernel: 4, stride: 2, name: up}  # locked: 56x56

Fix: undo the edit, or accept the new sizes with `deconv check --lock` and commit the lock file.
No exact edit is told: which of the two sizes is right, neither file says.

Source: deconv.lock, written by `deconv check --lock`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV120", Severity.ERROR, ("changed-size",))
