"""Core ML (MIL): `same`, `valid` or `custom`, no output_padding, and hardly any checks.

Only the sizes are measured, by type inference. No document describes how `same` crops, or the
effect of another output_shape: we follow TensorFlow's rule and add a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import read_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    not_negative,
    positive,
    when_requested,
)
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import FORWARD_WEIGHT, XLA_WINDOWS
from deconvcli.frameworks.releases import COREMLTOOLS
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout

_SOURCE = f"{COREMLTOOLS}: converters/mil/mil/ops/defs/iOS15/conv.py, type_inference"

# Numbers besides n, k, s, d: begin, end, size (as requested).
_HEAD = (
    INPUT_EXISTS,
    positive("k", "weight's spatial size"),
    positive("s", "strides"),
    positive("d", "dilations"),
    SPAN,
    FULL,
)
_PADS = Step("crop_begin", "begin", "pad crops the start")
# The comment beside its type inference says that sizes follow TensorFlow's logic.
_SAME = (
    Step("total", "max(full - out, 0)", "the excess over the output size"),
    Step("crop_begin", "total // 2", "the smaller half at the start, as in TensorFlow"),
)
_REMAINDER = Step(
    "crop_end", "full - out - crop_begin", "the remainder at the end; a negative crop appends"
)
_NO_OUTPUT = Limit(
    "out >= 1",
    "empty-output",
    "type inference gives an output of size {out} without an error; such a model cannot run",
    "crop less, or give a larger input.",
    finding=True,
    source=_SOURCE,
)


def _note_undocumented(formula: str) -> Limit:
    """Return a finding for a crop that no document describes."""
    return Limit(
        f"out == {formula}",
        "coreml-crop-undocumented",
        "how Core ML crops {full} to {out} is not documented and was not measured;"
        " TensorFlow's rule crops {crop_begin} at the start and {crop_end} at the end",
        "give pad_type 'custom' with pad, and no output_shape.",
        finding=True,
        source=_SOURCE,
    )


_TAIL = (_REMAINDER, _NO_OUTPUT)
_SIZED_TAIL = when_requested(_TAIL)
_REQUESTED = (
    not_negative("size", "output_shape")._replace(
        otherwise="type inference gives the negative size without an error; no such model runs",
        source=_SOURCE,
    ),
    Step("out", "size", "output_shape as requested"),
)
# By pad_type, and whether output_shape is given.
BY_WORDS = {
    ("custom", False): Arithmetic(
        *_HEAD, _PADS, Step("crop_end", "end", "and the end"), OUT, _NO_OUTPUT
    ),
    ("same", False): Arithmetic(
        *_HEAD, Step("out", "n*s", "same"), *_SAME, *_TAIL, _note_undocumented("full")
    ),
    ("custom", True): Arithmetic(
        *_HEAD, *_REQUESTED, _PADS, *_SIZED_TAIL, _note_undocumented("full - begin - end")
    ),
    ("same", True): Arithmetic(
        *_HEAD, *_REQUESTED, *_SAME, *_SIZED_TAIL, _note_undocumented("full")
    ),
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
    aliases = ("mil", "coremltools")
    source = _SOURCE
    empty = "type inference was seen to accept sizes of 0"
    evidence = Evidence(f"{COREMLTOOLS}, type inference", rows=300, values=False)
    requests_tensor = True
    other_axes = "type inference was seen to accept four spatial axes, and inputs without a batch"
    modules: ClassVar[Mapping[str, str]] = {"coremltools.converters.mil.Builder": "mb"}
    brackets = "[]"
    forward = "mb.conv"
    windows = XLA_WINDOWS._replace(rounds_up=True, weights=FORWARD_WEIGHT)
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
            "the output's shape",
            {Form.INTS: each},
        ),
        Argument("strides", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument("dilations", "dilation", 1, "distance between two taps", {Form.INTS: each}),
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
        """Return channels first, always."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, as far as type inference and the documents define it."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        if sizes.weight is None:
            self.refuse("weight", "the weight's shape is not known", "give the weights' shape.")
        kernel, groups = sizes.weight[2:], read_count(words["groups"], "groups")
        # Type inference does not compare the input's channels with the weight's.
        unseen = sizes._replace(channels=None)
        channels = self.channels(CANONICAL_WEIGHT, kernel, unseen, groups)
        word, sized = words["pad_type"], words["output_shape"] is not None
        # With an output_shape coremltools returns before it looks at the word.
        if word not in _PAD_TYPES and not sized:
            self.refuse(
                "padding", f"pad_type is {shorten(word)}", suggestion(str(word), _PAD_TYPES)
            )
        # Pads without 'custom' are accepted and ignored.
        pads = self.read_list(spelling, "pad", 2 * rank) if word == "custom" else (0,) * (2 * rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(spelling, "strides", rank, 1),
            self.read_list(spelling, "dilations", rank, 1),
            self._read_output_shape(spelling, sizes, channels[1]),
            pads[::2],
            pads[1::2],
            strict=True,
        )
        return self.build_reading(
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
            notes=_note_unchecked(word, sizes.channels, channels[0]),
        )

    def _read_output_shape(
        self, spelling: Spelling, sizes: Sizes, out_channels: int
    ) -> tuple[Size, ...]:
        """Return the spatial part of output_shape; batch and channels must be the layer's."""
        given, rank = spelling.arguments.get("output_shape"), len(sizes.spatial)
        if given is None:
            return (0,) * rank
        requested = self.read_size_list(spelling, "output_shape", rank + 2)
        ours = (*sizes.batch, out_channels)
        if requested[:2] != ours:
            self.refuse(
                "output-shape",
                f"output_shape begins with {list(requested[:2])}; batch and channels are"
                f" {list(ours)}",
                "make them agree.",
            )
        return requested[2:]

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield 'custom' with both crops, neither of which may be negative."""
        pad = [crop for axis in layer.axes for crop in (axis.crop_begin, axis.crop_end)]
        if min(pad) < 0:
            return
        yield {
            **({"pad_type": "custom", "pad": pad} if any(pad) else {"pad_type": "valid"}),
            "strides": [axis.stride for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "groups": layer.groups,
            **({"bias": True} if layer.has_bias else {}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: Core ML appends nothing."""
        return (
            f"{self.describe_crop(layer)}; Core ML documents nothing that appends",
            "add a pad operation after it.",
        )


def _note_unchecked(word: Any, given: int | None, taken: int) -> tuple[Diagnostic, ...]:
    """Return warnings for what type inference accepts although no model can mean it."""
    notes = []
    if word not in _PAD_TYPES:
        what = f"pad_type {shorten(word)} is accepted together with an output_shape"
        notes.append(("coreml-pad-type", what, f"use {', '.join(_PAD_TYPES)}."))
    if given not in (None, taken):
        what = f"the input has {given} channels; the weight takes {taken}"
        notes.append(("coreml-channels", what, "give both the same number of channels."))
    return tuple(
        Diagnostic(
            code, Severity.WARNING, f"{what}; type inference does not check it", help, _SOURCE
        )
        for code, what, help in notes
    )


DIALECT: Dialect = CoreMl()
