"""OpenCV 4: layers of two axes with equal pads, output_shape unread, and dilations computed wrong.

SAME ends as in OpenCV 5, and crops nothing at the start where the stride is above the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose
from deconvcli.frameworks.dialects.onnx.deployed import other_size
from deconvcli.frameworks.dialects.onnx.opencv import OpenCv
from deconvcli.frameworks.releases import OPENCV4
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step
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
_ASKED = Limit(
    "out == size",
    "opencv-output-shape",
    "OpenCV gives {out} where output_shape asks for {size}",
    "give pads and output_padding in place of output_shape.",
    finding=True,
    source=SOURCE,
)
_HEAD = (
    INPUT_EXISTS,
    f.KERNEL,
    f.STRIDE,
    positive("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    *f.SIZES,
)
_LESS = Limit(
    "op < s",
    "output-padding",
    "OpenCV 4 refuses output_padding {op}, which is not smaller than stride {s}",
    "use {s - 1} or less.",
    source=SOURCE,
)
_ENDS = OUTPUT_EXISTS._replace(source=SOURCE)
_BY_PADS = Arithmetic(*_HEAD, _LESS, f.CROP_BEGIN, f.CROP_END, OUT, _ENDS)
_BY_SIZE = Arithmetic(
    *_HEAD,
    f.CROP_BEGIN,
    Step("crop_end", "end", "output_padding is not read beside output_shape"),
    OUT,
    _ENDS,
    _ASKED,
)
_VALID = Arithmetic(
    *_HEAD,
    _LESS,
    Step("crop_begin", "0", "VALID crops nothing, whatever pads are"),
    Step("crop_end", "-op", "and output_padding appends"),
    OUT,
    _ENDS,
)
_SAME_STEPS = (
    Step("out", "(n - 1)*s + 1 + op", "SAME in OpenCV ends with the last stamp's first element"),
    Step("crop_begin", "(k - 1 - op) // 2 if s <= k else 0", "the smaller half, for both words"),
    Step("crop_end", "full - out - crop_begin", "the remainder at the end"),
)
_SAME = Arithmetic(*_HEAD, _LESS, *_SAME_STEPS, other_size("OpenCV", SOURCE))
_SAME_OF_SIZE = Arithmetic(
    *_HEAD,
    Step("op", "(size - (n - 1)*s - 1) % s", "output_padding as output_shape gives it"),
    *_SAME_STEPS,
    _ASKED,
)
_VALID_OF_SIZE = Arithmetic(
    *_HEAD,
    Step("op", "(size - full) % s", "output_padding as output_shape gives it"),
    Step("crop_begin", "0", "VALID crops nothing"),
    Step("crop_end", "-op", "and appends"),
    OUT,
    _ASKED,
)


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
