"""The formulas of TensorFlow.js: layers by a word, and functions by the size that is asked for."""

from __future__ import annotations

from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    not_negative,
    positive,
)
from deconvcli.frameworks.releases import TFJS
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step

SOURCE = f"measured with {TFJS}, cpu backend"
_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernelSize"),
    positive("s", "strides"),
    Limit(
        "dilation == d",
        "tfjs-dilation",
        "TensorFlow.js ignores dilationRate {dilation}: size and values are as for 1",
        "write zeros between the taps into the kernel, or leave dilationRate out.",
        finding=True,
        source=SOURCE,
    ),
    SPAN,
    FULL,
)
_SHIFTED = Limit(
    "crop_begin >= 0",
    "tfjs-3d-same",
    "with three axes, same crops {crop_begin} at the start of a kernel shorter than the stride:"
    " every other framework appends at the end, and crops nothing at the start",
    "use valid, whose output is the same for such a kernel.",
    finding=True,
    source=SOURCE,
)
_END = Step("crop_end", "full - out - crop_begin", "the remainder at the end; negative appends")


def _limit_size(condition: str) -> Limit:
    return Limit(
        condition,
        "tfjs-output-shape",
        "outputShape {out} is not a size that a forward layer maps back to {n}; TensorFlow.js does"
        " not check it, and computes wrong values",
        "ask for a size that the padding gives: {full} without any.",
        finding=True,
        otherwise="TensorFlow.js takes any outputShape, with wrong values",
        source=SOURCE,
    )


_LAYER_SIZE = {
    "valid": Step("out", "n*s + max(k - s, 0)", "valid: the stride is the minimum for the kernel"),
    "same": Step("out", "n*s", "same: exactly n*s"),
}
_ASKED = (
    not_negative("size", "outputShape")._replace(code="output-size"),
    Step("out", "size", "as outputShape requests"),
)
_NEEDED = Step(
    "total",
    "(ceil(out / s) - 1)*s + span - out",
    "what a convolution with SAME pads an input of the requested size with",
)
# By word; and whether there are three axes.
_CROPS: dict[tuple[str, bool], tuple[Step | Limit, ...]] = {
    **{
        ("valid", deep): (Step("crop_begin", "0", "valid crops nothing at the start"), _END)
        for deep in (False, True)
    },
    ("same", False): (
        _NEEDED,
        Step("crop_begin", "max(total, 0) // 2", "the smaller half at the start"),
        _END,
    ),
    ("same", True): (
        _NEEDED,
        Step("crop_begin", "total // 2", "the smaller half at the start, rounded down"),
        _END,
        _SHIFTED,
    ),
}
_MAPS_BACK = {
    "valid": _limit_size("full <= out <= full + s - 1"),
    "same": _limit_size("ceil(out / s) == n"),
}
LAYER = {
    (word, deep): Arithmetic(*_HEAD, _LAYER_SIZE[word], *crop)
    for (word, deep), crop in _CROPS.items()
}
FUNCTION = {
    (word, deep): Arithmetic(*_HEAD, *_ASKED, _MAPS_BACK[word], *crop, EMPTY_OUTPUT)
    for (word, deep), crop in _CROPS.items()
}
EXPLICIT = Arithmetic(
    *_HEAD,
    not_negative("begin", "pad"),
    not_negative("end", "pad"),
    *_ASKED,
    _limit_size("full - begin - end <= out <= full - begin - end + s - 1"),
    Step("crop_begin", "begin", "pad crops the start"),
    _END,
    EMPTY_OUTPUT,
)
