"""A layer or an output whose size differs from its `expect`.

What: the computed size is not the one that the author states. The finding gives both.

Why: a vocoder whose strides do not multiply to the hop length, or a decoder that is one pixel
short, trains without complaint and is noticed weeks later.

Example:
    - {op: conv_transpose, out_channels: 1, kernel: 3, stride: 2, padding: 1, expect: 56x56}

Fix: apply the change that the finding suggests: the smallest one that gives the stated size. Those
that leave values and weights as they are come first; the others say what they change. Where the
layers below agree with the computed size, the stated one is wrong, and the finding says so.

Source: the formula of the layer's dialect, shown by `deconv explain`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV109", Severity.ERROR, ("expect",))
