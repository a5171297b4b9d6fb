"""onnx.reference.ReferenceEvaluator: pads are not checked, and halves are rounded down.

It computes pads only for SAME_UPPER and SAME_LOWER, and fails on most groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
)
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose, find_size_source
from deconvcli.frameworks.releases import ONNX
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit
from deconvcli.layers.layer import Sizes, Spelling

SOURCE = f"measured with {ONNX}: onnx/reference/ops/op_conv_transpose.py"

ANY_STRIDE = "the reference evaluator does not check strides, and accepts 0 if an output is empty"
# The forward layer, with these pads, has one window for each input.
FITS = "0 <= out + begin + end - full <= s - 1"
_HEAD = (
    INPUT_EXISTS,
    f.KERNEL,
    f.STRIDE._replace(otherwise=ANY_STRIDE, source=SOURCE),
    not_negative("d", "dilations"),
    *f.SIZES,
)
_TAIL = (
    not_negative("out", "the output's size")._replace(code="empty-output"),
    EMPTY_OUTPUT,
    STACKED_TAPS,
)
_APPENDS = Limit(
    "0 <= op < s",
    "output-padding",
    "the reference evaluator accepts output_padding from 0 to {s - 1}, not {op}",
    "use {s - 1} or less.",
    source=SOURCE,
)
_WINDOWS = Limit(
    FITS,
    "output-shape",
    "the reference evaluator computes no pads from output_shape without SAME_UPPER or SAME_LOWER;"
    " with pads of {begin} and {end} it accepts {full - begin - end} to"
    " {full - begin - end + s - 1}, not {out}",
    "use SAME_LOWER, which means the same in the specification.",
    source=SOURCE,
    otherwise="the number of windows is compared over all axes together; where it fits by chance,"
    " the values are scrambled",
)
_BY_PADS = Arithmetic(*_HEAD, _APPENDS, f.CROP_BEGIN, f.CROP_END, OUT, *_TAIL)
_BY_SIZE = Arithmetic(*_HEAD, f.REQUESTED, *_TAIL, _WINDOWS, f.CROP_BEGIN, f.REMAINDER)
_SIZED = {
    (kind, word): Arithmetic(*_HEAD, out, *_TAIL, f.TOTAL, f.HALF, begin, f.REMAINDER, _APPENDS)
    for kind, out in (("asked", f.REQUESTED), ("same", f.SAME))
    for word, begin in f.BEGIN.items()
}


class Reference(ConvTranspose):
    """The evaluator in Python that comes with onnx."""

    arithmetics = (_BY_PADS, _BY_SIZE, *_SIZED.values())

    empty = "the reference evaluator was seen to accept sizes of 0"
    others: ClassVar[Mapping[str, str]] = {
        "auto_pad": "the reference evaluator treats an unknown word as if it were left out",
        "kernel_shape": "the reference evaluator computes sizes with kernel_shape and values with"
        " the weights, where both give the same number of windows",
    }

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size; output_shape alone changes no pads."""
        kind = find_size_source(word, words)
        return _SIZED.get((kind, word), _BY_SIZE if kind == "asked" else _BY_PADS)

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word, or NOTSET if pads are given, which take precedence."""
        word = self.check_auto_pad(words)
        return word if words["pads"] == 0 else "NOTSET"

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return all begins, then all ends; they may be negative."""
        return self.read_list(spelling, "pads", 2 * rank)

    def layer_channels(self, kernel: Sequence[int], sizes: Sizes, groups: int) -> tuple[int, int]:
        """Return (in, out) channels of a layer on which it does not fail."""
        channels = super().layer_channels(kernel, sizes, groups)
        what = find_failure(sizes, channels, groups)
        if what:
            self.refuse(
                "reference-fails",
                f"the reference evaluator fails on {what}",
                "run it with ONNX Runtime.",
            )
        return channels


def find_failure(sizes: Sizes, channels: tuple[int, int], groups: int) -> str:
    """Return the feature on which it fails by accident; empty for none."""
    if sizes.batch == (0,):
        return "a batch of 0"
    if groups > 1 and channels != (groups, groups):
        return "groups of more than one channel in and one out"
    return ""
