"""Channels, or a number of elements, that do not match the input.

What: in_channels differs from the channels of the layer above, an addition has inputs with
different channels, or a reshape has a different number of elements.

Why: the framework refuses it at the first batch.

Example:
    - {op: conv, out_channels: 64, kernel: 3}
    - {op: conv, in_channels: 32, out_channels: 64, kernel: 3}

Fix: set in_channels to the channels of the input, or omit it. No automatic edit for an addition or
a reshape: the layer to change is another one, and it may be right.

Source: the weights' shape of the dialect, shown by `deconv dialects NAME`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV107", Severity.ERROR, ("channels", "in-channels", "unequal-channels", "elements"))
