"""A value that its key, or the layer's framework, does not accept.

What: the value is text in place of a number, a number out of range, a word that the framework does
not have, or an output_padding as large as the stride. Where the framework refuses it, the finding
gives the framework's reason.

Why: the framework would refuse the layer, or the file does not mean what its author thinks. `no`,
`5:30` and `017` are text here; YAML 1.1 reads a Boolean and two numbers.

Example:
    - {op: conv_transpose, out_channels: 64, kernel: 4, stride: 2, output_padding: 2}

Fix: follow the finding, here `output_padding: 1` or less. `--fix-hints` gives the largest legal
value, `false` for `no`, 3 for '3', and a padding in the layer's own terms where that crops the same
elements. A value that can be read in several ways, such as `017`, gets no automatic edit.

Source: the dialect's own, shown by `deconv dialects NAME`; YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV104", Severity.ERROR, ("illegal-value", "bad-value"))
