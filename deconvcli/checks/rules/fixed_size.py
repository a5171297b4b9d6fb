"""An open input size of a model that works only for some values, or by accident.

What: the file states that an axis of an input is open, and its operations fit only for some sizes
that are not the multiples of a number. Or, at the size given, an axis of 1 is stretched to the size
of another tensor, where both would have one size at a larger input.

Why: PyTorch's older exporter writes `output_padding` for `output_size=skip.shape[2:]` as the number
that the traced input needed. The file loads, and fails at the first image of another size.

Example:
    # ONNX: x is 1x1xhxw
    a = Conv(x, kernel=3, strides=2, pads=1)
    b = ConvTranspose(a, kernel=3, strides=2, pads=1)
    y = Add(x, b)

Fix: use one of the sizes that work, or crop after a layer that doubles the size and export again.
PyTorch's newer exporter (`dynamo=True`) refuses such a model. No automatic edit: model files are
never changed.

Source: measured with torch 2.13.0, exports of ConvTranspose2d with output_size, and ONNX Runtime.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV208", Severity.WARNING, ("fixed-size", "stretched-size"))
