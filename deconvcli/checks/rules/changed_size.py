"""A size that differs from the lock file.

What: with --locked, the size of a layer is not the one that `deconv check --lock` last wrote, or a
layer was inserted, removed or renamed. The finding is about the first layer that changed, and
counts the layers whose sizes follow from it: `up: 56x56 -> 58x58, 5 follow`.

Why: an edit far above can change a size that nobody looks at; a review should see it.

Example:
    - {op: conv_transpose, out_channels: 8, kernel: 4, stride: 2, name: up}  # locked: 56x56

Fix: undo the edit, or accept the new sizes with `deconv check --lock` and commit the lock file.
No automatic edit: neither file shows which of the two sizes is right.

Source: deconv.lock, written by `deconv check --lock`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV120", Severity.ERROR, ("changed-size",))
