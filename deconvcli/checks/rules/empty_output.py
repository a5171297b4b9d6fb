"""A layer with an empty output: its size is zero or less.

What: kernel, stride and padding leave no element of this input.

Why: some frameworks refuse the layer; others return an empty tensor, which fails much later.

Example:
    input: {channels: 3, size: 16x16}
    layers:
      - {op: conv, out_channels: 8, kernel: 7, stride: 4}
      - {op: conv, out_channels: 8, kernel: 7}

Fix: use a larger input, a smaller kernel or more padding. `deconv sizes` shows which input sizes
work.

Source: the formula of the layer's dialect, shown by `deconv explain`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV106", Severity.ERROR, ("empty-output", "input-size"))
