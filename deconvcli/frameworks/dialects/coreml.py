"""Core ML (MIL): `same`, `valid` or `custom`, no output_padding, and next to no checks.

Only the sizes are measured, by type inference. Where `same` crops, and what an output_shape of
another size does, is written nowhere; TensorFlow's rule is taken, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import read_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, positive
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.releases import COREMLTOOLS
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout

_SOURCE = f"{COREMLTOOLS}: converters/mil/mil/ops/defs/iOS15/conv.py, type_inference"

# Numbers besides n, k, s, d: begin, end, size (as asked).
_HEAD = (
    INPUT_EXISTS,
    positive("k", "weight's spatial size"),
    positive("s", "strides"),
    positive("d", "dilations"),
    SPAN,
    FULL,
)
_PADS = Step("crop_begin", "begin", "pad crops the start")
_SAME = (
    Step("total", "max(full - out, 0)", "what is too much"),
    Step("crop_begin", "total // 2", "the smaller half at the start, as in TensorFlow"),
)
_REST = Step("crop_end", "full - out - crop_begin", "the rest at the end; negative appends")
_NO_OUTPUT = Limit(
    "out >= 1",
    "empty-output",
    "type inference gives an output of size {out} without an error; no such model can run",
    "crop less, or give a larger input.",
    finding=True,
    source=_SOURCE,
)


def _undocumented(formula: str) -> Limit:
    return Limit(
        f"out == {formula}",
        "coreml-crop-undocumented",
        "where Core ML cuts {full} to {out} is not documented and was not measured;"
        " {crop_begin} before and {crop_end} behind is TensorFlow's rule",
        "give pad_type 'custom' with pad, and no output_shape.",
        finding=True,
        source=_SOURCE,
    )


_TAIL = (_REST, _NO_OUTPUT)
_ASKED = Step("out", "size", "output_shape as asked")
# By pad_type, and whether output_shape is given.
BY_WORDS = {
    ("custom", False): Arithmetic(
        *_HEAD, _PADS, Step("crop_end", "end", "and the end"), OUT, _NO_OUTPUT
    ),
    ("same", False): Arithmetic(
        *_HEAD, Step("out", "n*s", "same"), *_SAME, *_TAIL, _undocumented("full")
    ),
    ("custom", True): Arithmetic(
        *_HEAD, _ASKED, _PADS, *_TAIL, _undocumented("full - begin - end")
    ),
    ("same", True): Arithmetic(*_HEAD, _ASKED, *_SAME, *_TAIL, _undocumented("full")),
}
_PAD_TYPES = ("same", "valid", "custom")


def _custom(pairs: tuple[tuple[int, int], ...], rank: int) -> dict[str, Any]:
    spread = each_pair(pairs, rank)
    return {"pad_type": "custom", "pad": list(chain.from_iterable(spread))}


def _both_ends(value: tuple[int, ...], rank: int) -> dict[str, Any]:
    return _custom(tuple((size, size) for size in each(value, rank)), rank)


class CoreMl(Dialect):
    """The MIL operation conv_transpose, of coremltools."""

    name = "coreml"
    title = "Core ML (MIL)"
    source = _SOURCE
    evidence = Evidence(f"{COREMLTOOLS}, type inference", rows=300, values=False)
    forward = "mb.conv"
    windows = XLA_WINDOWS._replace(rounds_up=True)
    arguments = (
        Argument(
            "pad",
            "padding",
            None,
            "crop, with pad_type 'custom': begin and end of each axis in turn",
            {Form.INTS: _both_ends, Form.PAIRS: _custom},
        ),
        Argument(
            "pad_type",
            "padding",
            "valid",
            "'same', 'valid' or 'custom'",
            {Form.WORD: lambda word, rank: word.lower()},
        ),
        Argument(
            "output_shape",
            "output_size",
            None,
            "the output's shape, or its spatial sizes",
            {Form.INTS: each},
        ),
        Argument("strides", "stride", 1, "distance of two stamps", {Form.INTS: each}),
        Argument("dilations", "dilation", 1, "distance of two taps", {Form.INTS: each}),
        Argument("groups", "groups", 1, "independent groups of channels"),
        Argument("bias", "bias", None, "one number added per output channel", {Form.FLAG: plain}),
        Argument("name"),
    )
    arithmetics = tuple(BY_WORDS.values())
    signatures = (
        Signature(
            ("coremltools.converters.mil.Builder.conv_transpose", "mb.conv_transpose"),
            (),
            data="x",
            weight="weight",
        ),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Always channels first."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer, as far as type inference and the text say what it is."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        if sizes.weight is None:
            self.refuse("weight", "the weight's shape is not known", "give the weights' shape.")
        kernel, groups = sizes.weight[2:], read_count(words["groups"], "groups")
        unseen = sizes._replace(channels=None)
        channels = self.channels(CANONICAL_WEIGHT, kernel, unseen, groups)
        word, sized = words["pad_type"], words["output_shape"] is not None
        if word not in _PAD_TYPES and not sized:
            self.refuse(
                "padding", f"pad_type is {shorten(word)}", suggestion(str(word), _PAD_TYPES)
            )
        # Pads without 'custom' are accepted and not looked at.
        pads = self.listed(spelling, "pad", 2 * rank) if word == "custom" else (0,) * (2 * rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.listed(spelling, "strides", rank, 1),
            self.listed(spelling, "dilations", rank, 1),
            self._asked(spelling, sizes, channels[1]),
            pads[::2],
            pads[1::2],
            strict=True,
        )
        return self.reading(
            spelling,
            sizes,
            BY_WORDS["same" if word == "same" else "custom", sized],
            ("n", "k", "s", "d", "size", "begin", "end"),
            rows,
            channels=channels,
            groups=groups,
            has_bias=bool(words["bias"]),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
            notes=_unchecked(word, sizes.channels, channels[0]),
        )

    def _asked(self, spelling: Spelling, sizes: Sizes, out_channels: int) -> tuple[int, ...]:
        """The spatial part of output_shape, whose batch and channels must be the layer's."""
        given, rank = spelling.arguments.get("output_shape"), len(sizes.spatial)
        if given is None or (isinstance(given, (list, tuple)) and len(given) == rank):
            return self.listed(spelling, "output_shape", rank)
        asked = self.listed(spelling, "output_shape", rank + 2)
        ours = (*sizes.batch, out_channels)
        if asked[:2] != ours:
            self.refuse(
                "output-shape",
                f"output_shape begins with {list(asked[:2])}, batch and channels are {list(ours)}",
                "make them agree.",
            )
        return asked[2:]

    def wordings(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """'custom' with both crops, neither of which may be negative."""
        pad = [crop for axis in layer.axes for crop in (axis.crop_begin, axis.crop_end)]
        if min(pad) < 0:
            return
        yield {
            **({"pad_type": "custom", "pad": pad} if any(pad) else {"pad_type": "valid"}),
            "strides": [axis.stride for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "groups": layer.groups,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Core ML appends nothing."""
        return (
            f"{self.cropped(layer)}, and Core ML documents nothing that appends",
            "add a pad operation behind it.",
        )


def _unchecked(word: Any, given: int | None, taken: int) -> tuple[Diagnostic, ...]:
    """What type inference lets pass and no model could mean."""
    notes = []
    if word not in _PAD_TYPES:
        what = f"pad_type {shorten(word)} passes beside an output_shape"
        notes.append(("coreml-pad-type", what, f"use {', '.join(_PAD_TYPES)}."))
    if given not in (None, taken):
        what = f"the input has {given} channels, the weight takes {taken}"
        notes.append(("coreml-channels", what, "give both the same number of channels."))
    return tuple(
        Diagnostic(code, Severity.WARNING, f"{what}; type inference does not look", help, _SOURCE)
        for code, what, help in notes
    )


DIALECT: Dialect = CoreMl()
