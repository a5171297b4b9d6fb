"""Tensors of unequal size that are to be joined.

What: concat and add need the same spatial sizes; here they differ, often by one.

Why: a layer that halves an odd size drops an element, and the layer that doubles it again does not
bring it back: 33 -> 16 -> 32.

Example:
    input: {channels: 3, size: 33x33}
    layers:
      - {op: max_pool, kernel: 2}
      - {op: conv_transpose, out_channels: 3, kernel: 2, stride: 2}
      - {op: add, inputs: [previous, input]}

Fix: output_padding or output_size on the layer that doubles, a crop_like or pad_to in front of the
join, or another input size; `deconv sizes` lists those that work.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV110", Severity.ERROR, ("unequal-sizes", "too-large", "too-small", "rank"))
