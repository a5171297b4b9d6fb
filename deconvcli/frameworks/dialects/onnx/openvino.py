"""OpenVINO: as ONNX Runtime, but output_shape is split its own way, and hardly anything refused.

It crops the larger half at the start for every word, and nothing at the start if there are groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import find_size_source
from deconvcli.frameworks.dialects.onnx.deployed import (
    HEAD,
    MAYBE_EMPTY,
    NEVER_APPENDS,
    Deployed,
    accept_output_padding,
    compare_begin,
    drop_batch,
    other_size,
    spread_pads,
)
from deconvcli.frameworks.releases import OPENVINO
from deconvcli.layers.arithmetic import OUT, Arithmetic, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Spelling

SOURCE = f"measured with {OPENVINO}: its reader of ONNX, CPU"

_ANY_OUTPUT_PADDING = accept_output_padding("OpenVINO", SOURCE)
_TOTAL = Step("total", "max(natural - out, 0)", "the excess over the output size")
_BY_PADS = Arithmetic(*HEAD, f.CROP_BEGIN, f.CROP_END, OUT, *MAYBE_EMPTY, _ANY_OUTPUT_PADDING)
_SAME = {
    word: Arithmetic(
        *HEAD,
        NEVER_APPENDS["same"],
        _TOTAL,
        f.HALF,
        begin,
        f.REMAINDER,
        other_size("OpenVINO", SOURCE),
        _ANY_OUTPUT_PADDING,
    )
    for word, begin in f.BEGIN.items()
}
_GROUPED_BEGIN = Step("crop_begin", "0", "nothing at the start of a layer with groups")
_ASKED = {
    (word, has_groups): Arithmetic(
        *HEAD,
        f.REQUESTED,
        f.POSITIVE_OUT,
        _TOTAL,
        f.HALF,
        _GROUPED_BEGIN if has_groups else f.BEGIN["SAME_LOWER"],
        f.REMAINDER,
        compare_begin("OpenVINO", word, SOURCE),
        _ANY_OUTPUT_PADDING,
    )
    for word in f.BEGIN
    for has_groups in (False, True)
}


class OpenVino(Deployed):
    """openvino.Core().read_model of an ONNX file, CPU."""

    arithmetics = (_BY_PADS, *_SAME.values(), *_ASKED.values())
    runtime = "OpenVINO"
    measured = SOURCE
    others: ClassVar[Mapping[str, str]] = {}

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size, by auto_pad and by groups."""
        kind = find_size_source(word, words)
        if kind == "pads":
            return _BY_PADS
        if kind == "same":
            return _SAME[word]
        rounding = word if word in f.BEGIN else "SAME_LOWER"
        return _ASKED[rounding, words["group"] != 1]

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word, beside which pads are not read."""
        return self.check_auto_pad(words)

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return the pads, or zeros where they are not read; half a list stands for both ends."""
        words = self.values(spelling)
        if words["auto_pad"] != "NOTSET" or words["output_shape"] is not None:
            return (0,) * (2 * rank)
        return super().pads(spread_pads(spelling, rank), rank)

    def requested_sizes(self, spelling: Spelling, rank: int) -> tuple[Size, ...]:
        """Return the last sizes of output_shape; those of batch and channels may come first."""
        return super().requested_sizes(drop_batch(spelling, rank), rank)
