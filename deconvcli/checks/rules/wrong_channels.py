"""Channels, or elements, that do not fit what comes in.

What: in_channels says another number than the layer above gives, an addition of unequal channels,
a reshape to a shape with another number of elements.

Why: the framework refuses it, at the first batch.

Example:
    - {op: conv, out_channels: 64, kernel: 3}
    - {op: conv, in_channels: 32, out_channels: 64, kernel: 3}

Fix: set in_channels to what comes in, or leave it out. An addition or a reshape that does not fit
gets no exact edit: a layer would have to be changed that is right by itself.

Source: the weights' shape of the dialect, shown by `deconv dialects NAME`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV107", Severity.ERROR, ("channels", "in-channels", "unequal-channels", "elements"))
