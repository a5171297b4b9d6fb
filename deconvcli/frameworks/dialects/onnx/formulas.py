"""Steps that the specification and its implementations share."""

from __future__ import annotations

from deconvcli.frameworks.dialect.limits import not_negative, positive
from deconvcli.layers.arithmetic import FULL, SPAN, Limit, Step

KERNEL = positive("k", "kernel_shape")
STRIDE = positive("s", "strides")
OUTPUT_PADDING_EXISTS = not_negative("op", "output_padding")
SIZES = (SPAN, FULL, Step("natural", "full + op", "output_padding appends at the end"))
OUTPUT_PADDING = Limit(
    "op < max(s, d)",
    "output-padding",
    "output_padding {op} is not smaller than stride {s} or dilation {d}",
    "use {max(s, d) - 1} or less: it only chooses among the sizes that one forward convolution"
    " maps to the same {n}.",
)

CROP_BEGIN = Step("crop_begin", "begin", "pads crop the start")
CROP_END = Step("crop_end", "end - op", "and the end, where output_padding adds elements back")

REQUESTED = Step("out", "size", "output_shape as requested")
SAME = Step("out", "n*s", "SAME: input times stride")
TOTAL = Step("total", "natural - out", "the excess over the output size")
# As the standard's own test, convtranspose_output_shape, shows for a negative total.
HALF = Step("half", "total // 2", "rounded down, even if it is negative")
REMAINDER = Step("crop_end", "full - out - crop_begin", "the remainder at the end")
# How an odd total is split: by any word but SAME_UPPER as by SAME_LOWER.
BEGIN = {
    "SAME_UPPER": Step("crop_begin", "half", "the smaller half at the start"),
    "SAME_LOWER": Step("crop_begin", "total - half", "the larger half at the start"),
}
POSITIVE_OUT = positive("out", "output_shape")
