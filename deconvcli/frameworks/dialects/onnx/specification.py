"""The operator's text, with a finding where an implementation is known to differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialects.onnx import formulas as f
from deconvcli.frameworks.dialects.onnx import onnxruntime, reference, shape_inference
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose, find_size_source
from deconvcli.frameworks.releases import ONNX
from deconvcli.layers.arithmetic import OUT, Arithmetic, Limit, Step
from deconvcli.layers.layer import Sizes

_ALL_SOURCES = f"{onnxruntime.SOURCE}, and {ONNX}"

_HEAD = (
    INPUT_EXISTS._replace(
        otherwise=f"{onnxruntime.EMPTY_INPUT}; onnx.shape_inference gives a size",
        source=_ALL_SOURCES,
    ),
    f.KERNEL,
    f.STRIDE._replace(otherwise=reference.ANY_STRIDE, source=reference.SOURCE),
    positive("d", "dilations")._replace(
        otherwise="the reference evaluator accepts dilation 0 and puts all {k} taps on one element",
        source=reference.SOURCE,
    ),
    f.OUTPUT_PADDING_EXISTS,
    f.OUTPUT_PADDING._replace(
        otherwise="onnx.shape_inference does not check output_padding, nor does the reference"
        " evaluator if output_shape is given",
        source=shape_inference.SOURCE,
    ),
    *f.SIZES,
)
_BELOW_STRIDE = Limit(
    "op < s",
    "onnxruntime-output-padding",
    "ONNX Runtime and the reference evaluator refuse output_padding {op} >= stride {s}, which"
    " the specification allows up to dilation {d}",
    "keep output_padding less than the stride.",
    finding=True,
    source=_ALL_SOURCES,
)
_OUTPUT_EXISTS = OUTPUT_EXISTS._replace(
    otherwise="onnx.shape_inference gives the size {out} without an error, and the reference"
    " evaluator returns an empty tensor if it is 0",
    source=shape_inference.SOURCE,
)
_POSITIVE_OUT = f.POSITIVE_OUT._replace(
    otherwise="the reference evaluator and onnx.shape_inference accept 0 in output_shape",
    source=shape_inference.SOURCE,
)
_BY_PADS = Arithmetic(*_HEAD, f.CROP_BEGIN, f.CROP_END, OUT, _OUTPUT_EXISTS, _BELOW_STRIDE)

_LARGER = Limit(
    "total >= 0 or crop_begin == 0 and out < natural + s",
    "onnx-larger-output-shape",
    "output_shape {out} exceeds the full size {natural}: by the specification negative pads append"
    " {-crop_begin} at the start and {-total + crop_begin} at the end; ONNX Runtime appends all at"
    " the end, and refuses {natural + s} or more",
    "use {natural} or less.",
    finding=True,
    source=onnxruntime.SOURCE,
)
# Without SAME_UPPER or SAME_LOWER the reference evaluator computes no pads.
_UNPADDED = Limit(
    f"{reference.FITS} and crop_begin == begin",
    "onnx-reference-output-shape",
    "the reference evaluator computes no pads from output_shape without SAME_UPPER or SAME_LOWER:"
    " it crops {begin} at the start, not {crop_begin}, or refuses {out}",
    "use SAME_LOWER, which means the same in the specification.",
    finding=True,
    source=reference.SOURCE,
)
_APPENDS = Limit(
    "total >= 0",
    "onnxruntime-same-size",
    "ONNX Runtime and onnx.shape_inference do not append here: their output has size {natural}",
    "give pads and output_padding in place of auto_pad.",
    finding=True,
    source=_ALL_SOURCES,
)
_ADDS = Limit(
    f"total < 0 or {shape_inference.SAME_SIZE} == out",
    "onnx-shape-inference-same-size",
    "onnx.shape_inference adds output_padding to SAME and gives"
    f" {{{shape_inference.SAME_SIZE}}} here",
    "leave output_padding out.",
    finding=True,
    source=shape_inference.SOURCE,
)


def _compute_pads(rounding: str, *entries: Step | Limit) -> Arithmetic:
    """Return formulas that compute pads from an output size, with findings on implementations."""
    out, *findings = entries
    begin = f.BEGIN[rounding]
    return Arithmetic(
        *_HEAD, out, _POSITIVE_OUT, f.TOTAL, f.HALF, begin, f.REMAINDER, *findings, _BELOW_STRIDE
    )


_REQUESTED = (f.REQUESTED, _LARGER, shape_inference.LOSES_AXES)
_SAME = (f.SAME, _APPENDS, _ADDS)
# By what gives the size, then by auto_pad; all but SAME_UPPER are split as SAME_LOWER.
_SIZED = {
    "asked": {
        "SAME_UPPER": _compute_pads("SAME_UPPER", *_REQUESTED),
        "SAME_LOWER": _compute_pads("SAME_LOWER", *_REQUESTED),
        "VALID": _compute_pads("SAME_LOWER", *_REQUESTED, _UNPADDED),
        "NOTSET": _compute_pads("SAME_LOWER", *_REQUESTED, _UNPADDED),
    },
    "same": {word: _compute_pads(word, *_SAME) for word in f.BEGIN},
}


class Specification(ConvTranspose):
    """The operator by its text."""

    arithmetics = (_BY_PADS, *(made for by_word in _SIZED.values() for made in by_word.values()))

    other_axes = (
        "the reference evaluator and onnx.shape_inference were seen to accept weights with more or"
        " fewer axes than the input"
    )
    empty = onnxruntime.EMPTY_INPUT
    others: ClassVar[Mapping[str, str]] = {
        "auto_pad": "the reference evaluator and onnx.shape_inference treat it as if it were"
        " left out",
        "kernel_shape": "the reference evaluator and onnx.shape_inference compute sizes with"
        " kernel_shape, whatever the weights have",
        "output_shape": onnxruntime.WHOLE_SHAPE,
        "pads": "the reference evaluator accepts negative pads, which append zeros",
        "pads with auto_pad": "the reference evaluator uses the pads, as does"
        " onnx.shape_inference before opset 11",
    }

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by what gives the size and by auto_pad."""
        kind = find_size_source(word, words)
        return _BY_PADS if kind == "pads" else _SIZED[kind][word]

    def layer_channels(self, kernel: Sequence[int], sizes: Sizes, groups: int) -> tuple[int, int]:
        """Return (in, out); one implementation allows channels of data and weights to differ."""
        if sizes.weight is not None and sizes.channels not in (None, sizes.weight[0]):
            self.refuse_channels(
                sizes,
                sizes.weight[0],
                otherwise="onnx.shape_inference does not compare them and gives a shape",
            )
        return super().layer_channels(kernel, sizes, groups)

    def notes(self, sizes: Sizes, channels: tuple[int, int], groups: int) -> tuple[Diagnostic, ...]:
        """Return a finding for a layer on which the reference evaluator fails."""
        what = reference.find_failure(sizes, channels, groups)
        if not what:
            return ()
        return (
            Diagnostic(
                "onnx-reference-fails",
                Severity.WARNING,
                f"the reference evaluator fails on {what}",
                "run it with ONNX Runtime.",
                reference.SOURCE,
            ),
        )
