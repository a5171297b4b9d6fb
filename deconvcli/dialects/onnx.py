"""ONNX ConvTranspose: pads crop begin and end separately; auto_pad or output_shape computes them.

SAME_UPPER crops the smaller half at the start, everything else that computes pads the larger.
Bare `onnx` is the written specification; ONNX Runtime differs where a dialect@implementation
says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from deconvcli.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.dialect import Dialect
from deconvcli.evidence import Evidence
from deconvcli.layers import Layer, Reading, Sizes, Spelling
from deconvcli.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout
from deconvcli.limits import INPUT_EXISTS, OUTPUT_EXISTS, not_negative, positive
from deconvcli.parameters import Argument, Form, Signature, each
from deconvcli.shelf import suggestion
from deconvcli.values import compact, count, shorten

_RUNTIME = ("onnxruntime",)
_RUNTIME_SOURCE = "measured with onnxruntime 1.31.1, CPU"

_OUTPUT_PADDING = Limit(
    "op < max(s, d)",
    "output-padding",
    "output_padding {op} is not smaller than stride {s} or dilation {d}",
    "use {max(s, d) - 1} or less: it only chooses among the sizes that one forward convolution"
    " maps to the same {n}.",
)
_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel_shape"),
    positive("s", "strides"),
    positive("d", "dilations"),
    not_negative("op", "output_padding"),
    _OUTPUT_PADDING,
    SPAN,
    FULL,
    Step("natural", "full + op", "output_padding appends at the end"),
)
_EXPLICIT_CROP = (
    not_negative("begin", "pads"),
    not_negative("end", "pads"),
    Step("crop_begin", "begin", "pads crop the start"),
    Step("crop_end", "end - op", "and the end, where output_padding gives elements back"),
    OUT,
    OUTPUT_EXISTS,
)
EXPLICIT = Arithmetic(
    *_HEAD,
    *_EXPLICIT_CROP,
    Limit(
        "op < s",
        "onnxruntime-output-padding",
        "ONNX Runtime 1.31 refuses output_padding {op} >= stride {s}, which the specification"
        " allows below dilation {d}",
        "keep output_padding below the stride.",
        only=_RUNTIME,
        source=_RUNTIME_SOURCE,
    ),
)

_ASKED = Step("out", "size", "output_shape as asked")
_SAME = Step("out", "n*s", "SAME: input times stride")
_SAME_RUNTIME = Step("out", "min(n*s, natural)", "SAME in ONNX Runtime never appends")
_TOTAL = Step("total", "natural - out", "what is too much")
_TOTAL_RUNTIME = Step("total", "max(natural - out, 0)", "what is too much")
# C's division rounds towards zero, so a negative total leaves its odd element elsewhere.
_HALF = Step("half", "total // 2 if total >= 0 else -(-total // 2)", "rounded towards zero")
_BEGIN = {
    "SAME_UPPER": Step("crop_begin", "half", "the smaller half at the start"),
    "SAME_LOWER": Step("crop_begin", "total - half", "the larger half at the start"),
}
_END = Step("crop_end", "full - out - crop_begin", "the rest at the end")
_POSITIVE_OUT = positive("out", "output_shape")
_MAPS_BACK = "floor((out + total - span) / s) + 1"
_CONSISTENT = Limit(
    f"{_MAPS_BACK} == n",
    "output-shape",
    "ONNX Runtime takes a size only if the forward convolution maps it back to {n}; {out} with"
    f" pads of {{total}} gives {{{_MAPS_BACK}}}",
    "ask for less than {natural + s}, or keep output_padding below the stride.",
    source=_RUNTIME_SOURCE,
)
_APPENDS = Limit(
    "total >= 0",
    "onnxruntime-same-size",
    "ONNX Runtime 1.31 does not append here: its output has size {min(n*s, natural)}",
    "give pads and output_padding in place of auto_pad.",
    finding=True,
    source=_RUNTIME_SOURCE,
)
_LARGER = Limit(
    "total >= 0",
    "onnx-larger-output-shape",
    "output_shape {out} exceeds the full size {natural}: the text's negative pads put"
    " {-crop_begin} zeros in front here, ONNX Runtime puts all at the end or refuses",
    "ask for {natural} or less.",
    finding=True,
    source=_RUNTIME_SOURCE,
)


def _sized(out: Step, rounding: str, *, runtime: bool, note: Limit) -> Arithmetic:
    """An output size first, pads computed from it."""
    begin = _BEGIN[rounding]
    if runtime:
        return Arithmetic(
            *_HEAD, out, _POSITIVE_OUT, _TOTAL_RUNTIME, _HALF, begin, _END, _CONSISTENT
        )
    return Arithmetic(*_HEAD, out, _POSITIVE_OUT, _TOTAL, _HALF, begin, _END, note)


def _sized_table(runtime: bool) -> dict[tuple[str, str], Arithmetic]:
    same = _SAME_RUNTIME if runtime else _SAME
    kinds = (("asked", _ASKED, _LARGER), ("same", same, _APPENDS))
    return {
        (kind, rounding): _sized(out, rounding, runtime=runtime, note=note)
        for kind, out, note in kinds
        for rounding in _BEGIN
    }


# By implementation, then (who gives the size, how an odd crop is split).
SIZED = {"": _sized_table(runtime=False), "onnxruntime": _sized_table(runtime=True)}

_WORDS = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
_PADDING_WORDS = {"valid": "VALID", "same": "SAME_UPPER"}


def _begins_and_ends(pairs: tuple[tuple[int, int], ...], rank: int) -> list[int]:
    spread = pairs * rank if len(pairs) == 1 else pairs
    return [begin for begin, _ in spread] + [end for _, end in spread]


def _both_ends(value: tuple[int, ...], rank: int) -> list[int]:
    return each(value, rank) * 2


def _word(word: str, rank: int) -> str:
    return _PADDING_WORDS.get(word.lower(), word.upper())


class Onnx(Dialect):
    """The ConvTranspose operator, opset 1 to 22."""

    name = "onnx"
    title = "ONNX ConvTranspose"
    source = "ONNX operator ConvTranspose-22 (onnx 1.23.2: onnx/defs/nn/defs.cc)"
    evidence = Evidence("the text of the specification, which its implementations depart from")
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "onnxruntime": Evidence("onnxruntime 1.31.1, CPU", rows=900),
    }
    arguments = (
        Argument("kernel_shape", "kernel", None, "kernel size", {Form.INTS: each}),
        Argument("strides", "stride", 1, "distance of two stamps", {Form.INTS: each}),
        Argument(
            "pads",
            "padding",
            0,
            "crop: all begins, then all ends",
            {Form.INTS: _both_ends, Form.PAIRS: _begins_and_ends},
        ),
        Argument(
            "auto_pad",
            "auto_pad",
            "NOTSET",
            "how pads are computed",
            {Form.WORD: _word},
            ("padding",),
        ),
        Argument("output_padding", "output_padding", 0, "appended", {Form.INTS: each}),
        Argument("dilations", "dilation", 1, "distance of two taps", {Form.INTS: each}),
        Argument("group", "groups", 1, "independent groups of channels"),
        Argument("output_shape", "output_size", None, "spatial sizes asked for", {Form.INTS: each}),
        Argument("opset", default=22),
    )
    signatures = (
        Signature(
            ("op.ConvTranspose", "onnx.ConvTranspose"),
            ("X", "W", "B"),
            data="X",
            weight="W",
        ),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Always channels first."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer by the specification, or as the implementation runs it."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        word = self._auto_pad(words)
        kernel = self.kernel(words["kernel_shape"], "kernel_shape", sizes)
        groups = count(words["group"], "group")
        arithmetic = self._arithmetic(word, words["output_shape"], spelling.implementation)
        pads = self._pads(spelling, rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.listed(spelling, "strides", rank, 1),
            self.listed(spelling, "dilations", rank, 1),
            self.listed(spelling, "output_padding", rank),
            self.listed(spelling, "output_shape", rank),
            pads[:rank],
            pads[rank:],
            strict=True,
        )
        return self.reading(
            spelling,
            sizes,
            arithmetic,
            ("n", "k", "s", "d", "op", "size", "begin", "end"),
            rows,
            channels=self.channels(CANONICAL_WEIGHT, kernel, sizes, groups),
            groups=groups,
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )

    @staticmethod
    def _arithmetic(word: str, output_shape: Any, implementation: str) -> Arithmetic:
        rounding = "SAME_UPPER" if word == "SAME_UPPER" else "SAME_LOWER"
        if output_shape is not None:
            return SIZED[implementation]["asked", rounding]
        if word.startswith("SAME"):
            return SIZED[implementation]["same", rounding]
        return EXPLICIT

    def _auto_pad(self, words: Mapping[str, Any]) -> str:
        word = words["auto_pad"]
        if word not in _WORDS:
            self.refuse("padding", f"auto_pad is {shorten(word)}", suggestion(str(word), _WORDS))
        if words["pads"] != 0 and word != "NOTSET":
            self.refuse(
                "padding",
                f"pads cannot be used together with auto_pad {word}",
                "give one of them.",
            )
        return str(word)

    def _pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        pads = self.listed(spelling, "pads", 2 * rank)
        if min(pads) < 0:
            self.refuse("padding", f"pads {list(pads)} holds a negative", "use 0 or more.")
        return pads

    def wordings(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """pads from both crops; a negative end becomes output_padding."""
        ends = [max(0, axis.crop_end) for axis in layer.axes]
        yield {
            "kernel_shape": list(layer.kernel),
            "strides": [axis.stride for axis in layer.axes],
            "pads": [*(axis.crop_begin for axis in layer.axes), *ends],
            "output_padding": [max(0, -axis.crop_end) for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "group": layer.groups,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Crops that pads and output_padding cannot make."""
        most = compact([max(axis.stride, axis.dilation) - 1 for axis in layer.axes])
        return (
            f"{self.cropped(layer)}; pads are never negative and output_padding appends {most} at"
            " most",
            "add a Pad node behind it.",
        )


DIALECT: Dialect = Onnx()
