"""tract: pads win over auto_pad, output_padding shortens SAME, and output_shape starts at the pads.

SAME together with output_shape ends the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, STACKED_TAPS, not_negative
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import find_size_source
from deconvcli.frameworks.dialects.onnx.deployed import (
    MAYBE_EMPTY,
    Deployed,
    accept_output_padding,
    compare_begin,
    other_size,
)
from deconvcli.frameworks.releases import TRACT
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step

SOURCE = f"measured with {TRACT}"

_HEAD = (
    INPUT_EXISTS,
    f.KERNEL,
    f.STRIDE._replace(
        otherwise="tract accepts stride 0 and puts all inputs on one place", source=SOURCE
    ),
    not_negative("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    *f.SIZES,
)
_UNCHECKED = (
    STACKED_TAPS,
    accept_output_padding("tract", SOURCE),
)
_LONGER_SPAN = Limit(
    "span > s",
    "same-span",
    "tract refuses SAME where the kernel's span {span} is not larger than the stride {s}",
    "give pads and output_padding in place of auto_pad.",
    source=SOURCE,
)
_BY_PADS = Arithmetic(*_HEAD, f.CROP_BEGIN, f.CROP_END, OUT, *MAYBE_EMPTY, *_UNCHECKED)
_BY_SIZE = Arithmetic(
    *_HEAD,
    f.REQUESTED,
    f.POSITIVE_OUT,
    f.CROP_BEGIN,
    f.REMAINDER,
    compare_begin("tract", "NOTSET", SOURCE),
    *_UNCHECKED,
)
_SAME = {
    word: Arithmetic(
        *_HEAD,
        _LONGER_SPAN,
        Step("out", "n*s - op", "SAME, which output_padding shortens here"),
        *MAYBE_EMPTY,
        Step("total", "full - out", "the excess over the output size"),
        f.HALF,
        begin,
        f.REMAINDER,
        other_size("tract", SOURCE),
        *_UNCHECKED,
    )
    for word, begin in f.BEGIN.items()
}


class Tract(Deployed):
    """tract.onnx().load, on the CPU."""

    arithmetics = (_BY_PADS, _BY_SIZE, *_SAME.values())
    runtime = "tract"
    measured = SOURCE
    others: ClassVar[Mapping[str, str]] = {}

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size; both together end the process."""
        kind = find_size_source(word, words)
        if kind == "asked" and word.startswith("SAME"):
            self.refuse(
                "tract-abort",
                f"tract ends its process (SIGABRT) on auto_pad {word} with output_shape",
                "give pads and output_padding in place of both.",
            )
        return {"pads": _BY_PADS, "asked": _BY_SIZE}.get(kind) or _SAME[word]

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word by which pads are computed, which pads make void."""
        word = self.check_auto_pad(words)
        return word if words["pads"] == 0 else "NOTSET"
