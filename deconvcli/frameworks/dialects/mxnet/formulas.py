"""The formulas of MXNet: by pad and adj, and by target_shape with and without oneDNN."""

from __future__ import annotations

from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    not_negative,
    positive,
    when_requested,
)
from deconvcli.frameworks.releases import MXNET
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step

_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel"),
    positive("s", "stride"),
    positive("d", "dilate"),
    SPAN,
    FULL,
)
_ADJ = Limit(
    "adj <= s - 1",
    "output-padding",
    "adj {adj} is not smaller than stride {s}",
    "use {s - 1} or less; a target_shape that leaves an odd crop needs an adj of 1.",
)
_ENDS = (OUT, OUTPUT_EXISTS._replace(condition="out >= 0"), EMPTY_OUTPUT)
_CROP = (
    _ADJ,
    Step("crop_begin", "pad", "pad crops the start"),
    Step("crop_end", "pad - adj", "and the end, where adj adds elements back"),
    *_ENDS,
)
BY_PAD = Arithmetic(*_HEAD, not_negative("pad", "pad"), not_negative("adj", "adj"), *_CROP)
_TARGET = (
    *_HEAD,
    not_negative("size", "target_shape")._replace(code="output-size"),
    Limit(
        "size <= full",
        "output-size",
        "target_shape {size} is larger than the full size {full}",
        "use {full} or less.",
    ),
    Step("total", "full - size", "the excess over the output size"),
)
# As InferPad in deconvolution-inl.h.
_INFERRED = (
    Step("half", "(total + 1) // 2", "half of it at both ends, rounded up"),
    Step("adj", "2*half - total", "the extra element is added back"),
    _ADJ,
)
BY_TARGET = Arithmetic(
    *_TARGET,
    *_INFERRED,
    Limit(
        "(size + 2*pad - span) // s + 1 == n or n == 1 and -s < size + 2*pad - span < 0",
        "mxnet-target-shape-pad",
        "oneDNN, the default on the CPU, fails here: it takes the pad that is given, {pad}, and"
        " with it a forward layer maps target_shape {size} back to {(size + 2*pad - span) // s + 1}"
        " and not to {n}",
        "give pad {half} with it, or set MXNET_MKLDNN_ENABLED=0.",
        source=f"measured with {MXNET}, CPU",
    ),
    Limit(
        "pad == half",
        "mxnet-target-shape",
        "oneDNN, the default on the CPU, crops the pad that is given, {pad}, at the start of"
        " target_shape {size}; without oneDNN MXNet crops {half}",
        "give pad {half} with it.",
        finding=True,
        source=f"measured with {MXNET}, CPU",
    ),
    Step("crop_begin", "pad", "oneDNN crops the pad that is given"),
    Step("crop_end", "total - pad", "and the remainder at the end"),
    *when_requested(_ENDS),
)
BY_TARGET_ALONE = Arithmetic(
    *_TARGET,
    *_INFERRED,
    Step("crop_begin", "half", "half of it at the start, whatever pad is"),
    Step("crop_end", "half - adj", "and the remainder at the end"),
    *when_requested(_ENDS),
)
