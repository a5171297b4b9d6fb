"""OpenCV 5: SAME ends one stride short of the others, and output_shape adds 1 to any size.

An empty output or a batch of 0 ends the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
)
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx.attributes import find_size_source
from deconvcli.frameworks.dialects.onnx.deployed import (
    Deployed,
    accept_output_padding,
    drop_batch,
    other_size,
)
from deconvcli.frameworks.releases import OPENCV
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Sizes, Spelling

SOURCE = f"measured with {OPENCV}, CPU"

_HEAD = (
    INPUT_EXISTS,
    f.KERNEL,
    f.STRIDE,
    not_negative("d", "dilations"),
    f.OUTPUT_PADDING_EXISTS,
    STACKED_TAPS,
    *f.SIZES,
)
_ENDS = OUTPUT_EXISTS._replace(
    otherwise="OpenCV ends its process where an output is empty", source=SOURCE
)


def compare_size(source: str) -> Limit:
    """Return the finding that output_shape asks for another size than OpenCV gives."""
    return Limit(
        "out == size",
        "opencv-output-shape",
        "OpenCV gives {out} where output_shape asks for {size}",
        "give pads and output_padding in place of output_shape.",
        finding=True,
        source=source,
    )


_ASKED = compare_size(SOURCE)
_BY_PADS = Arithmetic(
    *_HEAD,
    f.CROP_BEGIN,
    f.CROP_END,
    OUT,
    _ENDS,
    accept_output_padding("OpenCV", SOURCE),
)
_BY_SIZE = Arithmetic(
    *_HEAD,
    f.CROP_BEGIN,
    Step("crop_end", "end - 1", "output_shape appends 1, whatever it asks for"),
    OUT,
    _ENDS,
    _ASKED,
)
SAME_OUT = Step(
    "out", "(n - 1)*s + 1 + op", "SAME in OpenCV ends with the last stamp's first element"
)
OP_OF_SAME = Step("op", "(size - (n - 1)*s - 1) % s", "output_padding as output_shape gives it")
VALID_OF_SIZE = (
    Step("op", "(size - full) % s", "output_padding as output_shape gives it"),
    Step("crop_begin", "0", "VALID crops nothing"),
    Step("crop_end", "-op", "and appends"),
    OUT,
)
"""VALID beside the shape of the whole tensor."""
_SAME_STEPS = (
    SAME_OUT,
    Step("excess", "op % s if s <= k*d else 0", "what output_padding takes from the start"),
    Step("crop_begin", "max(span - 1 - excess, 0) // 2", "the smaller half, for both words"),
    f.REMAINDER,
)
_SAME = Arithmetic(*_HEAD, *_SAME_STEPS, other_size("OpenCV", SOURCE))
_SAME_OF_SIZE = Arithmetic(
    *_HEAD,
    OP_OF_SAME,
    *_SAME_STEPS,
    _ASKED,
)
_VALID_OF_SIZE = Arithmetic(*_HEAD, *VALID_OF_SIZE, _ASKED)


class OpenCv(Deployed):
    """cv2.dnn.readNetFromONNX of OpenCV 5."""

    arithmetics: ClassVar[tuple[Arithmetic, ...]] = (
        _BY_PADS,
        _BY_SIZE,
        _SAME,
        _SAME_OF_SIZE,
        _VALID_OF_SIZE,
    )
    runtime = "OpenCV"
    measured = SOURCE
    empty = "OpenCV ends its process where an array is empty"
    others: ClassVar[Mapping[str, str]] = {}
    by_kind: ClassVar[Mapping[str, Arithmetic]] = {
        "pads": _BY_PADS,
        "asked": _BY_SIZE,
        "valid": _BY_PADS,
        "same": _SAME,
        "valid of size": _VALID_OF_SIZE,
        "same of size": _SAME_OF_SIZE,
    }

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size."""
        kind = find_size_source(word, words)
        if kind == "asked" and word != "NOTSET":
            return self._arithmetic_of_both(word, words)
        if kind == "asked" and words["strides"] == 1:
            self.refuse(
                "output-shape",
                "OpenCV refuses output_shape in a node without strides",
                "give pads and output_padding in place of output_shape.",
            )
        return self.by_kind["valid" if word == "VALID" else kind]

    def _arithmetic_of_both(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas of a word with a whole shape; spatial sizes alone are refused."""
        strides, shape = words["strides"], words["output_shape"]
        is_whole = strides != 1 and len(shape) == len(strides) + 2
        if not is_whole:
            self.refuse(
                "output-shape",
                f"OpenCV refuses output_shape beside auto_pad {word}",
                "give pads and output_padding in place of both.",
            )
        kind = "valid of size" if word == "VALID" else "same of size"
        return self.by_kind[kind]

    def layer_channels(self, kernel: Sequence[int], sizes: Sizes, groups: int) -> tuple[int, int]:
        """Return (in, out) of a layer whose input has the channels of the weights."""
        if sizes.batch == (0,):
            self.refuse(
                "empty-batch", "OpenCV ends its process on a batch of 0", "give one element."
            )
        if sizes.weight is not None and sizes.channels not in (None, sizes.weight[0]):
            self.refuse_channels(
                sizes,
                sizes.weight[0],
                otherwise="OpenCV does not compare them: its values are meaningless",
            )
        return super().layer_channels(kernel, sizes, groups)

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word; SAME does not read pads, and VALID does."""
        return self.check_auto_pad(words)

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return the pads, which may be negative."""
        return self.read_list(spelling, "pads", 2 * rank)

    def requested_sizes(self, spelling: Spelling, rank: int) -> tuple[Size, ...]:
        """Return output_shape, with which the answer is compared."""
        return super().requested_sizes(drop_batch(spelling, rank), rank)
