"""TensorFlow's sizes: requested, compared with the forward layer, and cropped by a word."""

from __future__ import annotations

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialect.limits import not_negative, positive
from deconvcli.frameworks.releases import TENSORFLOW
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step

ONLY_ONEDNN = (
    "run on a CPU only with oneDNN, which TensorFlow enables on some x86 processors and not on"
    " others; without it they are refused"
)
_MEASURED_BOTH = f"measured with {TENSORFLOW}, TF_ENABLE_ONEDNN_OPTS=0 and 1"
# Numbers besides n, k, s, d: size, before, after, and whether a size is not checked: any_zero for
# a 0 in output_shape, no_input for an input without elements.
_HEAD = (
    positive("k", "filters' spatial size"),
    positive("s", "strides"),
    positive("d", "dilations"),
    SPAN,
    FULL,
    Step("out", "size", "as requested"),
    not_negative("out", "output_shape"),
)
_END = Step(
    "crop_end", "full - out - crop_begin", "the remainder at the end; a negative crop appends"
)
_WITH_ONEDNN = Limit(
    "d == 1",
    "tensorflow-onednn-only",
    f"dilations above 1 {ONLY_ONEDNN}",
    "keep dilations at 1 for a layer that must run everywhere.",
    finding=True,
    source=f"measured with {TENSORFLOW}, TF_ENABLE_ONEDNN_OPTS=0",
)


def _between(smallest: str, largest: str, otherwise: str = "") -> Limit:
    """Return the limit to sizes that the forward layer maps back; a 0 in output_shape skips it."""
    return Limit(
        f"any_zero or no_input or {smallest} <= out <= {largest}{otherwise}",
        "output-shape",
        f"output_shape asks for {{out}}; a forward layer maps it back to {{n}} only if it is"
        f" {{{smallest}}} to {{{largest}}}",
        f"use {{{smallest}}} to {{{largest}}}.",
    )


def _note_unchecked(smallest: str, largest: str) -> Limit:
    """Return a finding for a size that the 0 lets through, only with oneDNN."""
    return Limit(
        f"no_input or not any_zero or {smallest} <= out <= {largest}",
        "tensorflow-empty-output",
        f"with a 0 in output_shape the size {{out}}, outside {{{smallest}}} to {{{largest}}}, is"
        " not checked by oneDNN and gives an empty tensor; without oneDNN it is refused",
        f"use {{{smallest}}} to {{{largest}}}.",
        finding=True,
        source=_MEASURED_BOTH,
    )


_EMPTY_INPUT = Limit(
    "not no_input",
    "tensorflow-empty-input",
    "of an input without elements oneDNN checks no size and returns zeros; without oneDNN the size"
    " {out} may be refused",
    "skip the layer where there is no input.",
    finding=True,
    source=_MEASURED_BOTH,
)
UNCHECKED = Diagnostic(
    "tensorflow-unchecked",
    Severity.NOTE,
    "with an empty input or output, oneDNN was seen to check neither channels nor batch, and to"
    " return a tensor of the requested output_shape",
    source=f"measured with {TENSORFLOW}, oneDNN on",
    differs=True,
)
_EXPLICIT_MAPS_BACK = "floor((out + before + after - span) / s) + 1"
# The division rounds towards zero, so that nothing maps back from sizes above and below.
_MAPS_TO_NOTHING = "-s < out + before + after - span + s < s"
# The forward layer has ceil(out / s) outputs with SAME, floor((out - span) / s) + 1 with VALID;
# each interval holds the s sizes for which that is n.
BY_WORD = {
    "SAME": Arithmetic(
        *_HEAD,
        _between("(n - 1)*s + 1", "n*s"),
        _note_unchecked("(n - 1)*s + 1", "n*s"),
        _EMPTY_INPUT,
        Step("total", "max(full - out, 0)", "the excess over the output size"),
        Step("crop_begin", "total // 2", "the smaller half goes at the start"),
        _END,
        _WITH_ONEDNN,
    ),
    "VALID": Arithmetic(
        *_HEAD,
        # Again towards zero, in oneDNN: one input lets through sizes that cut off the kernel.
        _between("full", "full + s - 1", " or n == 1 and span - s < out < span"),
        _note_unchecked("full", "full + s - 1"),
        _EMPTY_INPUT,
        Step("crop_begin", "0", "VALID crops nothing at the start"),
        _END,
        _WITH_ONEDNN,
        Limit(
            "any_zero or no_input or out >= full",
            "tensorflow-valid-truncation",
            "output {out} cuts off the kernel of span {span}; it is accepted only with oneDNN",
            "use {full} or more.",
            finding=True,
            source=f"measured with {TENSORFLOW}; without oneDNN it is refused",
        ),
    ),
}
_OTHER_SIZE = Limit(
    # Without an exception for a 0 in output_shape, which is checked here, unlike with a word.
    f"{_EXPLICIT_MAPS_BACK} == n or n == 0 and {_MAPS_TO_NOTHING}",
    "output-shape",
    f"output_shape asks for {{out}}, which the forward layer maps to {{{_EXPLICIT_MAPS_BACK}}}"
    ", not to {n}",
    "use {max(0, full - before - after)} to {full - before - after + s - 1}.",
)
EXPLICIT = Arithmetic(
    *_HEAD,
    Limit(
        "d == 1",
        "padding",
        "explicit padding is not supported with dilations {d}",
        "use 'SAME' or 'VALID', or dilations 1.",
    ),
    Limit(
        "before >= 0 and after >= 0",
        "padding",
        "explicit padding [{before}, {after}] is negative",
        "use 0 or more.",
    ),
    _OTHER_SIZE._replace(
        condition=f"n > 0 or {_OTHER_SIZE.condition}", help="give an input with elements."
    ),
    Limit(
        "n == 0 or before + after < full + s",
        "output-shape",
        "explicit padding [{before}, {after}] crops more than the {full} elements that there are,"
        " so no output_shape fits",
        "use padding of {full} or less in total.",
    ),
    _OTHER_SIZE,
    Step("crop_begin", "before", "explicit padding crops the start"),
    _END,
    _EMPTY_INPUT._replace(
        message="of an input without elements TensorFlow returns zeros",
        source=f"measured with {TENSORFLOW}, oneDNN on",
    ),
)
