"""Groups that do not divide the channels.

What: input or output channels are no multiple of the groups.

Why: each group has its own equal share of both; every framework refuses the rest.

Example:
    - {op: conv_transpose, out_channels: 10, kernel: 4, stride: 2, groups: 4}

Fix: channels that are a multiple of the groups, or other groups; the nearest number that divides
both is named.

Source: torch 2.13.0, torch/nn/modules/conv.py; ONNX ConvTranspose, `group`.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV108", Severity.ERROR, ("groups",))
