"""A value that its key, or the layer's framework, does not take.

What: text where a number has to stand, a number out of its range, a word the framework does not
have, output_padding as large as the stride. What the framework says is said with its reason.

Why: the framework would refuse the layer, or the file means something else than its author thinks.
`no`, `5:30` and `017` are words in YAML 1.2 and a truth value and numbers in YAML 1.1.

Example:
    - {op: conv_transpose, out_channels: 64, kernel: 4, stride: 2, output_padding: 2}

Fix: as the finding says, here `output_padding: 1` or less. `--fix-hints` tells the largest value
that is legal, `false` for `no`, 3 for '3', and a padding in the layer's own words where that crops
the same; what may mean several numbers, as `017`, gets no exact edit.

Source: the dialect's own, shown by `deconv dialects NAME`; YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV104", Severity.ERROR, ("illegal-value", "bad-value"))
