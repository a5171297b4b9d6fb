"""A size in letters for which there is no single formula.

What: with H or W as the input's size, this layer rounds, so that its size depends on the remainder.

Why: what cannot be computed cannot be checked.

Example:
    input: {channels: 3, size: HxW}
    layers:
      - flatten

Fix: give the input as a multiple, as `size: 2Hx2W`, or in numbers; `deconv sizes` answers for every
size at once. No exact edit is told: which multiple is meant, the author has to say.

Source: the layer rounds down, as `deconv explain` shows.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV111", Severity.ERROR, ("not-linear",))
