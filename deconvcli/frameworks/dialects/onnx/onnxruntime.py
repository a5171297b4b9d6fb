"""ONNX Runtime: SAME never appends, and the forward layer must map a requested size back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose, find_size_source
from deconvcli.frameworks.releases import ONNXRUNTIME
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step

SOURCE = f"measured with {ONNXRUNTIME}, CPU"

# Measured: symbolic sizes of the input do not help, while a Reshape before the node does.
WHOLE_SHAPE = (
    "ONNX Runtime takes batch and channels before the spatial sizes, and reads neither, if the"
    " model gives the input no number of axes, or the weights no sizes"
)
EMPTY_INPUT = (
    "ONNX Runtime accepts sizes of 0: it returns zeros or an empty array, or the process dies"
)
_HEAD = (
    INPUT_EXISTS._replace(otherwise=EMPTY_INPUT, source=SOURCE),
    f.KERNEL,
    f.STRIDE,
    positive("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    f.OUTPUT_PADDING,
    *f.SIZES,
)
_MAPS_BACK = "floor((out + total - span) / s) + 1"
_CONSISTENT = Limit(
    f"{_MAPS_BACK} == n",
    "output-shape",
    "ONNX Runtime accepts a size only if the forward convolution maps it back to {n}; {out} with"
    f" pads of {{total}} gives {{{_MAPS_BACK}}}",
    "use less than {natural + s}, or keep output_padding less than the stride.",
    source=SOURCE,
)
_BY_PADS = Arithmetic(
    *_HEAD,
    f.CROP_BEGIN,
    f.CROP_END,
    OUT,
    OUTPUT_EXISTS,
    Limit(
        "op < s",
        "onnxruntime-output-padding",
        "ONNX Runtime refuses output_padding {op} >= stride {s}, which the specification"
        " allows up to dilation {d}",
        "keep output_padding less than the stride.",
        source=SOURCE,
    ),
)
_OUT = {
    "asked": f.REQUESTED,
    "same": Step("out", "min(n*s, natural)", "SAME in ONNX Runtime never appends"),
}
# Never negative: what a larger size lacks is appended at the end.
_TOTAL = Step("total", "max(natural - out, 0)", "the excess over the output size")
# Old releases split SAME_UPPER the other way round and cropped nothing for SAME without an
# output_shape: their source says so, and they were not measured.
_SIZED = {
    kind: {
        word: Arithmetic(
            *_HEAD, out, f.POSITIVE_OUT, _TOTAL, f.HALF, begin, f.REMAINDER, _CONSISTENT
        )
        for word, begin in f.BEGIN.items()
    }
    for kind, out in _OUT.items()
}


class Runtime(ConvTranspose):
    """onnxruntime, CPU."""

    arithmetics = (_BY_PADS, *(made for by_word in _SIZED.values() for made in by_word.values()))

    empty = EMPTY_INPUT
    others: ClassVar[Mapping[str, str]] = {"output_shape": WHOLE_SHAPE}

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size, and by auto_pad."""
        kind = find_size_source(word, words)
        if kind == "pads":
            return _BY_PADS
        # Every word but SAME_UPPER splits an odd crop as SAME_LOWER does.
        return _SIZED[kind].get(word, _SIZED[kind]["SAME_LOWER"])
