"""Groups that do not divide the channels.

What: the input channels or the output channels are not a multiple of the groups.

Why: each group has an equal share of both; every framework refuses other numbers.

Example:
    - {op: conv_transpose, out_channels: 10, kernel: 4, stride: 2, groups: 4}

Fix: use channels that are a multiple of the groups, or another number of groups. The finding
suggests the nearest number that divides both.

Source: torch 2.13.0, torch/nn/modules/conv.py; ONNX ConvTranspose, `group`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV108", Severity.ERROR, ("groups",))
