"""A layer or an output with another size than its `expect`.

What: the size that comes out is not the one the author states; the finding says by how much.

Why: a vocoder whose strides do not multiply to the hop, or a decoder one pixel short, trains
without a complaint and is noticed weeks later.

Example:
    - {op: conv_transpose, out_channels: 1, kernel: 3, stride: 2, padding: 1, expect: 56x56}

Fix: the smallest change that brings the size about is named where one key of one layer does it.

Source: the formula of the layer's dialect, shown by `deconv explain`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV109", Severity.ERROR, ("expect",))
