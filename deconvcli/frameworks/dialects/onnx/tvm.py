"""TVM: as ONNX Runtime, but output_shape is not read, and pads may be negative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.deployed import (
    HEAD,
    MAYBE_EMPTY,
    NEVER_APPENDS,
    Deployed,
    drop_batch,
    other_size,
    refuse_output_padding,
    spread_pads,
)
from deconvcli.frameworks.releases import TVM
from deconvcli.layers.arithmetic import OUT, Arithmetic, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading, Spelling

SOURCE = f"measured with {TVM}: relax.frontend.onnx, llvm"

_HEAD = (*HEAD, refuse_output_padding("TVM", SOURCE))
_BY_PADS = Arithmetic(*_HEAD, f.CROP_BEGIN, f.CROP_END, OUT, *MAYBE_EMPTY)
_SAME = {
    word: Arithmetic(
        *_HEAD,
        NEVER_APPENDS["same"],
        Step("total", "max(natural - out, 0)", "the excess over the output size"),
        f.HALF,
        begin,
        f.REMAINDER,
        other_size("TVM", SOURCE),
    )
    for word, begin in f.BEGIN.items()
}


class Tvm(Deployed):
    """tvm.relax.frontend.onnx.from_onnx, compiled for the CPU."""

    arithmetics = (_BY_PADS, *_SAME.values())
    runtime = "TVM"
    measured = SOURCE
    others: ClassVar[Mapping[str, str]] = {
        "kernel_shape": "TVM computes the pads of SAME with kernel_shape, and the remainder with"
        " the weights"
    }

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by auto_pad alone."""
        return _SAME.get(word, _BY_PADS)

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word, beside which pads are not read."""
        return self.check_auto_pad(words)

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return the pads, which may be negative, or zeros where auto_pad stands."""
        if self.values(spelling)["auto_pad"] != "NOTSET":
            return (0,) * (2 * rank)
        return self.read_list(spread_pads(spelling, rank), "pads", 2 * rank)

    def requested_sizes(self, spelling: Spelling, rank: int) -> tuple[Size, ...]:
        """Return output_shape, which changes nothing."""
        return super().requested_sizes(drop_batch(spelling, rank), rank)

    def find_contradictions(
        self, words: Mapping[str, Any], reading: Reading
    ) -> tuple[Diagnostic, ...]:
        """Return findings on attributes that TVM does not read."""
        found = super().find_contradictions(words, reading)
        if found and reading.arithmetic is not _BY_PADS:
            self.refuse(
                "kernel-shape",
                found[0].message,
                "give the kernel size of the weights.",
                self.others["kernel_shape"],
            )
        if words["output_shape"] is None:
            return found
        return (
            *found,
            Diagnostic(
                "tvm-output-shape",
                Severity.WARNING,
                f"TVM does not read output_shape: the size is {list(reading.output_sizes)}",
                "give pads and output_padding in place of output_shape.",
                SOURCE,
            ),
        )
