"""Traits shared by the runtimes that people deploy to: they read the kernel from the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    not_negative,
    positive,
)
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose
from deconvcli.layers.arithmetic import Limit, Step
from deconvcli.layers.layer import Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout

HEAD = (
    INPUT_EXISTS,
    f.KERNEL,
    f.STRIDE,
    positive("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    *f.SIZES,
)
"""What most check first, and the sizes that all compute."""
# An output of size 0 is an empty tensor there; one of a negative size is refused.
MAYBE_EMPTY = (
    not_negative("out", "the output's size")._replace(code="empty-output"),
    EMPTY_OUTPUT,
)
NEVER_APPENDS = {
    "asked": f.REQUESTED,
    "same": Step("out", "min(n*s, natural)", "SAME, which never appends here"),
}
"""The output size by what gives it, in ONNX Runtime and those who follow it."""

_WRITTEN_BEGIN = {"SAME_UPPER": "(natural - out) // 2"}
_WRITTEN_BEGIN_OTHERWISE = "natural - out - (natural - out) // 2"


def other_size(title: str, source: str) -> Limit:
    """Return the finding that a runtime makes another size of SAME than the specification."""
    return Limit(
        "out == n*s",
        "onnx-same-size",
        f"{title} gives {{out}} where SAME means {{n*s}}",
        "give pads and output_padding in place of auto_pad.",
        finding=True,
        source=source,
    )


def refuse_output_padding(title: str, source: str) -> Limit:
    """Return the limit of runtimes that take output_padding below the stride alone."""
    return Limit(
        "op < s",
        "output-padding",
        f"{title} refuses output_padding {{op}}, which is not smaller than stride {{s}}",
        "use {s - 1} or less.",
        source=source,
    )


def accept_output_padding(title: str, source: str) -> Limit:
    """Return the finding that a runtime takes any output_padding."""
    return f.OUTPUT_PADDING._replace(
        code="onnx-output-padding",
        message=f"{f.OUTPUT_PADDING.message}; {title} accepts it, and ONNX Runtime refuses",
        finding=True,
        source=source,
    )


def compare_begin(title: str, word: str, source: str) -> Limit:
    """Return the finding that a runtime crops another number of elements at the start."""
    begin = _WRITTEN_BEGIN.get(word, _WRITTEN_BEGIN_OTHERWISE)
    return Limit(
        f"crop_begin == {begin}",
        "onnx-other-begin",
        f"{title} crops {{crop_begin}} at the start and {{crop_end}} at the end; by the"
        f" specification the start loses {{{begin}}}",
        "give pads and output_padding in place of output_shape and auto_pad.",
        finding=True,
        source=source,
    )


class Deployed(ConvTranspose):
    """A runtime whose importer compares little; `runtime` is its name in a sentence."""

    runtime: ClassVar[str]
    measured: ClassVar[str]

    def kernel(
        self,
        given: Any,
        name: str,
        sizes: Sizes,
        *,
        layout: Layout | None = None,
        otherwise: str = "",
    ) -> tuple[int, ...]:
        """Return the kernel of the weights, whatever kernel_shape is."""
        return super().kernel(given if sizes.weight is None else None, name, sizes)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, with a finding for each attribute that contradicts another."""
        reading = super().read(spelling, sizes)
        found = self.find_contradictions(self.values(spelling), reading)
        return reading._replace(findings=(*reading.findings, *found)) if found else reading

    def find_contradictions(
        self, words: Mapping[str, Any], reading: Reading
    ) -> tuple[Diagnostic, ...]:
        """Return findings on attributes that the specification forbids side by side."""
        kernel, given = list(reading.layer.kernel), words["kernel_shape"]
        if given is None or list(per_axis(given, len(kernel), "kernel_shape")) == kernel:
            return ()
        return (
            Diagnostic(
                "onnx-kernel-shape",
                Severity.WARNING,
                f"kernel_shape is {given}; the weights have {kernel}, which {self.runtime} uses",
                "give the kernel size of the weights: ONNX Runtime refuses this model.",
                self.measured,
            ),
        )


def spread_pads(spelling: Spelling, rank: int) -> Spelling:
    """Return a spelling whose pads have two numbers for each axis: half a list is for both ends."""
    given = spelling.arguments.get("pads")
    if not isinstance(given, (list, tuple)) or len(given) != rank:
        return spelling
    return spelling._replace(arguments={**spelling.arguments, "pads": [*given, *given]})


def drop_batch(spelling: Spelling, rank: int) -> Spelling:
    """Return a spelling whose output_shape has the spatial sizes alone."""
    given = spelling.arguments.get("output_shape")
    if not isinstance(given, (list, tuple)) or len(given) != rank + 2:
        return spelling
    return spelling._replace(arguments={**spelling.arguments, "output_shape": list(given[2:])})
