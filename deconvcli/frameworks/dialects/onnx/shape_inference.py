"""onnx.shape_inference, strict mode: a shape for nearly everything, and no values.

It does not compare output_padding with the stride, channels with weights, or a size with zero. If
output_shape is smaller than the input on an axis, its answer lacks that axis and those after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialect.limits import not_negative, positive
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose, find_size_source
from deconvcli.frameworks.releases import ONNX
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step
from deconvcli.layers.layer import Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout

SOURCE = f"measured with {ONNX}, strict mode: onnx/defs/nn/defs.cc"

# The text has n*s, whatever output_padding is; here it is added.
SAME_SIZE = "full + op - max(span - s, 0)"
_HEAD = (
    # Without a limit on the input: one of size 0 gets a size too.
    f.KERNEL,
    f.STRIDE,
    positive("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    *f.SIZES,
)
_UNCHECKED = (
    f.OUTPUT_PADDING._replace(
        code="onnx-shape-inference-output-padding",
        message=f"{f.OUTPUT_PADDING.message}, which onnx.shape_inference does not check",
        finding=True,
        source=SOURCE,
    ),
    Limit(
        "out >= 1",
        "onnx-shape-inference-no-output",
        "onnx.shape_inference gives the size {out} without an error",
        "crop less: no runtime computes such an output.",
        finding=True,
        source=SOURCE,
    ),
)
_SAME = (
    Step("total", "max(span - s, 0)", "the crop of SAME, whatever output_padding is"),
    f.HALF,
)
_OTHER_SIZE = Limit(
    "out == n*s",
    "onnx-shape-inference-same-size",
    "onnx.shape_inference gives {out} where SAME means {n*s}",
    "give pads and output_padding in place of auto_pad.",
    finding=True,
    source=SOURCE,
)
LOSES_AXES = Limit(
    "out >= n",
    "onnx-shape-inference-rank",
    "onnx.shape_inference gives no size for this axis and those after it, because output_shape"
    " {out} is smaller than the input {n}",
    "use {n} or more, or do not rely on inferred shapes.",
    finding=True,
    source=SOURCE,
)
_SAME_END = Step("crop_end", "total - crop_begin - op", "the remainder, minus output_padding")
_BY_PADS = Arithmetic(*_HEAD, f.CROP_BEGIN, f.CROP_END, OUT, *_UNCHECKED)
_TABLE = {
    ("same", word): Arithmetic(*_HEAD, *_SAME, begin, _SAME_END, OUT, *_UNCHECKED, _OTHER_SIZE)
    for word, begin in f.BEGIN.items()
} | {
    ("asked", word): Arithmetic(
        *_HEAD,
        f.REQUESTED,
        not_negative("out", "output_shape"),
        f.TOTAL,
        f.HALF,
        begin,
        f.REMAINDER,
        *_UNCHECKED,
        LOSES_AXES,
    )
    for word, begin in f.BEGIN.items()
}


class ShapeInference(ConvTranspose):
    """onnx.shape_inference.infer_shapes(model, strict_mode=True)."""

    arithmetics = (_BY_PADS, *_TABLE.values())

    others: ClassVar[Mapping[str, str]] = {
        "auto_pad": "onnx.shape_inference treats an unknown word as VALID"
    }

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size; pads are split as in the specification."""
        kind = find_size_source(word, words)
        if kind == "pads":
            return _BY_PADS
        return _TABLE.get((kind, word), _TABLE[kind, "SAME_LOWER"])

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word, or NOTSET where pads are used in its place."""
        # Before opset 11 they took precedence; since then both together are an error.
        if words["pads"] != 0 and words["opset"] in range(1, 11):
            return "NOTSET"
        return super().auto_pad(words)

    def kernel(
        self,
        given: Any,
        name: str,
        sizes: Sizes,
        *,
        layout: Layout | None = None,
        otherwise: str = "",
    ) -> tuple[int, ...]:
        """Return kernel_shape if it is given, whatever the weights have."""
        if given is None:
            return super().kernel(given, name, sizes)
        return per_axis(given, len(sizes.spatial), name)

    def layer_channels(self, kernel: Sequence[int], sizes: Sizes, groups: int) -> tuple[int, int]:
        """Return the channels of input and weights, which it does not compare."""
        if sizes.weight is None or sizes.channels is None:
            return super().layer_channels(kernel, sizes, groups)
        if groups < 1 or sizes.channels % groups:
            self.split_evenly(sizes.channels, groups, groups)
        return sizes.channels, sizes.weight[1] * groups

    def notes(self, sizes: Sizes, channels: tuple[int, int], groups: int) -> tuple[Diagnostic, ...]:
        """Return a warning for channels of input and weights that differ."""
        if sizes.weight is None or sizes.weight[0] == channels[0]:
            return ()
        return (
            Diagnostic(
                "onnx-shape-inference-channels",
                Severity.WARNING,
                f"the input has {channels[0]} channels; the weights take {sizes.weight[0]}; "
                "onnx.shape_inference does not compare them",
                "give both the same number: no runtime accepts this.",
                SOURCE,
            ),
        )

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the inferred shape, of too few axes if it loses some."""
        reading = super().read(spelling, sizes)
        answered = _count_answered(reading, spelling.arguments.get("output_shape"))
        return reading._replace(answered=answered, no_values=_no_values(reading, answered))


def _count_answered(reading: Reading, asked: Any) -> int:
    """Return the number of axes before the first that output_shape makes smaller."""
    rank = len(reading.spatial)
    if asked is None:
        return rank
    sizes = zip(reading.output_sizes, reading.spatial, strict=True)
    return next((place for place, (out, n) in enumerate(sizes) if out < n), rank)


def _no_values(reading: Reading, answered: int) -> str:
    """Return why this answer belongs to no tensor; empty if it does."""
    if answered < len(reading.spatial):
        return "it lacks axes"
    if any(size < 0 for size in reading.output_sizes):
        return "a size is negative"
    if reading.weight_shape != reading.layer.weight_shape(reading.weight_layout):
        return "the weights do not fit the layer"
    return "" if all(reading.layer[1:4]) else "a tensor has no channels"
