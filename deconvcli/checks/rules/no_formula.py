"""A size in letters that has no single formula.

What: the input size has letters, and the size after this layer is not a formula in one letter: the
layer multiplies two letters, or it rounds in a way that depends on the input.

Why: a size that cannot be computed cannot be checked.

Example:
    input: {channels: 3, size: HxW}
    layers:
      - flatten

Fix: give all sizes but one as numbers. Where the layer rounds, give a multiple, such as
`size: 2Hx32`. No automatic edit: only the author knows the intended sizes.

Source: the layer's arithmetic, shown by `deconv explain`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV111", Severity.ERROR, ("not-linear",))
