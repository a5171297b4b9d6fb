"""OpenCV 4: layers of two axes with equal pads, output_shape unread, and dilations computed wrong.

SAME ends as in OpenCV 5, and crops nothing at the start where the stride is above the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialect.limits import OUTPUT_EXISTS
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose
from deconvcli.frameworks.dialects.onnx.deployed import HEAD, other_size, refuse_output_padding
from deconvcli.frameworks.dialects.onnx.opencv import (
    OP_OF_SAME,
    SAME_OUT,
    VALID_OF_SIZE,
    OpenCv,
    compare_size,
)
from deconvcli.frameworks.releases import OPENCV4
from deconvcli.layers.arithmetic import OUT, Arithmetic, Step
from deconvcli.layers.layer import Reading, Sizes, Spelling

SOURCE = f"measured with {OPENCV4}, CPU"

_DILATION = Diagnostic(
    "opencv4-dilation",
    Severity.WARNING,
    f"{OPENCV4} computes the size without the dilation, and meaningless values",
    "write the zeros between the taps into the kernel, or use OpenCV 5.",
    SOURCE,
    differs=True,
)
_ASKED = compare_size(SOURCE)
_LESS = refuse_output_padding("OpenCV 4", SOURCE)
_ENDS = OUTPUT_EXISTS._replace(source=SOURCE)
_BY_PADS = Arithmetic(*HEAD, _LESS, f.CROP_BEGIN, f.CROP_END, OUT, _ENDS)
_BY_SIZE = Arithmetic(
    *HEAD,
    f.CROP_BEGIN,
    Step("crop_end", "end", "output_padding is not read beside output_shape"),
    OUT,
    _ENDS,
    _ASKED,
)
_VALID = Arithmetic(
    *HEAD,
    _LESS,
    Step("crop_begin", "0", "VALID crops nothing, whatever pads are"),
    Step("crop_end", "-op", "and output_padding appends"),
    OUT,
    _ENDS,
)
_SAME_STEPS = (
    SAME_OUT,
    Step("crop_begin", "(k - 1 - op) // 2 if s <= k else 0", "the smaller half, for both words"),
    f.REMAINDER,
)
_SAME = Arithmetic(*HEAD, _LESS, *_SAME_STEPS, other_size("OpenCV", SOURCE))
_SAME_OF_SIZE = Arithmetic(
    *HEAD,
    OP_OF_SAME,
    *_SAME_STEPS,
    _ASKED,
)
_VALID_OF_SIZE = Arithmetic(*HEAD, *VALID_OF_SIZE, _ASKED)


class OpenCv4(OpenCv):
    """cv2.dnn.readNetFromONNX of OpenCV 4."""

    arithmetics = (_BY_PADS, _BY_SIZE, _VALID, _SAME, _SAME_OF_SIZE, _VALID_OF_SIZE)
    by_kind: ClassVar[Mapping[str, Arithmetic]] = {
        "pads": _BY_PADS,
        "asked": _BY_SIZE,
        "valid": _VALID,
        "same": _SAME,
        "valid of size": _VALID_OF_SIZE,
        "same of size": _SAME_OF_SIZE,
    }
    runtime = "OpenCV 4"
    measured = SOURCE

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer without its dilation, which is a finding."""
        rank = len(sizes.spatial)
        if rank != 2:
            self.refuse("rank", f"OpenCV 4 reads no ConvTranspose of {rank} axes", "use OpenCV 5.")
        dilations = self.read_list(spelling, "dilations", rank, 1)
        arguments = {name: v for name, v in spelling.arguments.items() if name != "dilations"}
        reading = super().read(spelling._replace(arguments=arguments), sizes)
        reading = reading._replace(spelling=spelling)
        if all(d == 1 or k == 1 for d, k in zip(dilations, reading.layer.kernel, strict=True)):
            return reading
        return reading._replace(
            findings=(*reading.findings, _DILATION), no_values=_DILATION.message
        )

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return the pads, never negative, and the same at both ends where they are read."""
        pads = ConvTranspose.pads(self, spelling, rank)
        word = self.values(spelling)["auto_pad"]
        if word == "NOTSET" and pads[:rank] != pads[rank:]:
            self.refuse(
                "padding",
                f"OpenCV 4 refuses pads {list(pads)}, which differ between the start and the end",
                "crop with a Slice after the layer, or use OpenCV 5.",
            )
        return pads

    def find_contradictions(
        self, words: Mapping[str, Any], reading: Reading
    ) -> tuple[Diagnostic, ...]:
        """Refuse a kernel_shape that is not that of the weights."""
        for found in super().find_contradictions(words, reading):
            self.refuse("kernel-shape", found.message, "give the kernel size of the weights.")
        return ()
