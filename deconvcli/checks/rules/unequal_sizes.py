"""Tensors of different sizes that are to be joined.

What: concat and add need equal spatial sizes; here they differ, often by one.

Why: a layer that halves an odd size drops an element, and the layer that doubles the size does not
bring it back: 33 -> 16 -> 32.

Example:
    input: {channels: 3, size: 33x33}
    layers:
      - {op: max_pool, kernel: 2}
      - {op: conv_transpose, out_channels: 3, kernel: 2, stride: 2}
      - {op: add, inputs: [previous, input]}

Fix: set output_padding or output_size on the layer that doubles the size, insert a crop_like or a
pad_to before the join, or use another input size. After a join that fails the check goes on with
its first fix, so that one run finds all of them. `deconv sizes` shows which sizes work.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV110", Severity.ERROR, ("unequal-sizes", "too-large", "too-small", "rank"))
