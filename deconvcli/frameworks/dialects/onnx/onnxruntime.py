"""ONNX Runtime 1.31: SAME never appends; a size is one that the forward layer maps back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.words import ConvTranspose, size_from
from deconvcli.frameworks.releases import ONNXRUNTIME
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step

SOURCE = f"measured with {ONNXRUNTIME}, CPU"

EMPTY_INPUT = "ONNX Runtime 1.31 takes an input of size 0: zeros come back, or the process dies"
_HEAD = (
    INPUT_EXISTS._replace(otherwise=EMPTY_INPUT, source=SOURCE),
    f.KERNEL,
    f.STRIDE,
    positive("d", "dilations"),
    f.OUTPUT_PADDING_IS_COUNTED,
    f.OUTPUT_PADDING,
    *f.SIZES,
)
_MAPS_BACK = "floor((out + total - span) / s) + 1"
_CONSISTENT = Limit(
    f"{_MAPS_BACK} == n",
    "output-shape",
    "ONNX Runtime takes a size only if the forward convolution maps it back to {n}; {out} with"
    f" pads of {{total}} gives {{{_MAPS_BACK}}}",
    "ask for less than {natural + s}, or keep output_padding below the stride.",
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
        "ONNX Runtime 1.31 refuses output_padding {op} >= stride {s}, which the specification"
        " allows below dilation {d}",
        "keep output_padding below the stride.",
        source=SOURCE,
    ),
)
_OUT = {
    "asked": f.ASKED,
    "same": Step("out", "min(n*s, natural)", "SAME in ONNX Runtime never appends"),
}
_TOTAL = Step("total", "max(natural - out, 0)", "what is too much")
_SIZED = {
    kind: {
        word: Arithmetic(*_HEAD, out, f.POSITIVE_OUT, _TOTAL, f.HALF, begin, f.REST, _CONSISTENT)
        for word, begin in f.BEGIN.items()
    }
    for kind, out in _OUT.items()
}


class Runtime(ConvTranspose):
    """onnxruntime, CPU."""

    arithmetics = (_BY_PADS, *(made for by_word in _SIZED.values() for made in by_word.values()))

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """By who gives the size; what is not SAME_UPPER splits an odd crop as SAME_LOWER."""
        kind = size_from(word, words)
        if kind == "pads":
            return _BY_PADS
        return _SIZED[kind].get(word, _SIZED[kind]["SAME_LOWER"])
