"""WebNN: padding crops each end separately; outputPadding is less than the stride; 2-D only.

outputSizes may take the place of outputPadding, which is then ignored. The filter's layout is an
option of its own, besides the input's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import compact, read_count, shorten
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._documented import require_weight_shape
from deconvcli.frameworks.releases import CHROMIUM
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_INPUT = {"nchw": CHANNELS_FIRST, "nhwc": CHANNELS_LAST}
_FILTER = {
    "iohw": CANONICAL_WEIGHT,
    "hwoi": Layout(("*", "O", "GI")),
    "ohwi": Layout(("O", "*", "GI")),
}
_HEAD = (
    INPUT_EXISTS,
    positive("k", "filter's spatial size")._replace(code="kernel-size"),
    positive("s", "strides"),
    positive("d", "dilations"),
    not_negative("begin", "padding"),
    not_negative("end", "padding"),
    # Unsigned in the draft's IDL: a negative one is refused even if outputSizes replaces it.
    not_negative("op", "outputPadding")._replace(code="output-padding"),
    SPAN,
    FULL,
)
_CROP = (
    Step("crop_begin", "begin", "padding crops the start"),
    Step("crop_end", "end - op", "and the end, where outputPadding adds elements back"),
    OUT,
    OUTPUT_EXISTS,
    Limit(
        "full - begin - end >= 0",
        "webnn-chromium-padding",
        "Chromium refuses padding that leaves {full - begin - end} before outputPadding, which the"
        " draft allows",
        "use less padding.",
        source=f"measured with {CHROMIUM}",
    ),
)
BY_OUTPUT_PADDING = Arithmetic(
    *_HEAD,
    Limit(
        "op < s",
        "output-padding",
        "outputPadding {op} is not smaller than strides {s}",
        "use {s - 1} or less, whatever the dilations are.",
    ),
    *_CROP,
)
BY_OUTPUT_SIZES = Arithmetic(
    *_HEAD,
    Step("smallest", "full - begin - end", "the size without outputPadding"),
    Limit(
        "smallest <= size <= smallest + s - 1",
        "output-size",
        "outputSizes {size} is outside {smallest} to {smallest + s - 1}",
        "use {smallest} to {smallest + s - 1}, or change the filter, strides or padding.",
    ),
    Step("op", "size - smallest", "the outputPadding that outputSizes implies"),
    *_CROP,
)
_UNBUILT = Diagnostic(
    "webnn-litert",
    Severity.WARNING,
    "Chromium does not build such a layer on the CPU: groups, a dilation, or padding that is"
    " neither 0 nor half of max(0, (ceil(out / stride) - 1)*stride + kernel - out) at the start,"
    " and the remainder at the end",
    "write it as a layer without padding, and slice its output.",
    f"measured with {CHROMIUM}, LiteRT with XNNPACK; Chromium 147 built explicit padding, and"
    " computed zeros in 49 of 50 layers",
)


def _same(axis: Axis, out: Any) -> tuple[Any, Any]:
    """Return the padding with which a convolution of TensorFlow's SAME maps `out` back."""
    lost = max(0, -(-out // axis.stride) * axis.stride - axis.stride + axis.kernel - out)
    return lost // 2, lost - lost // 2


def _both_ends(value: tuple[int, ...], rank: int) -> list[int]:
    return [crop for crop in each(value, rank) for _ in range(2)]


def _pairs(pairs: tuple[tuple[int, int], ...], rank: int) -> list[int]:
    spread = each_pair(pairs, rank)
    return [crop for pair in spread for crop in pair]


class WebNN(Dialect):
    """MLGraphBuilder.convTranspose2d."""

    name = "webnn"
    spatial_axes = (2,)
    # The draft's valid dimensions are in the range of a long of Web IDL.
    max_size = 2**31 - 1
    title = "WebNN convTranspose2d"
    source = "Web Neural Network API, MLGraphBuilder.convTranspose2d: index.bs at c515210"
    evidence = Evidence(f"{CHROMIUM}, MLGraphBuilder", rows=400, values=False)
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "litert": Evidence(f"{CHROMIUM}, CPU (LiteRT with XNNPACK)", rows=400)
    }
    accidents: ClassVar[Accidents] = {"": (_UNBUILT,)}
    forward = "conv{rank}d"
    brackets = "[]"
    windows = Windows(pairs=True, rounds_up=True)
    number_types = NumberTypes(Mixing.REFUSED)
    arguments = (
        Argument("strides", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument(
            "padding",
            "padding",
            0,
            "crop: begin and end of the height, then of the width",
            {Form.INTS: _both_ends, Form.PAIRS: _pairs},
        ),
        Argument("outputPadding", "output_padding", 0, "appended", {Form.INTS: each}),
        Argument("outputSizes", "output_size", None, "instead of outputPadding", {Form.INTS: each}),
        Argument("dilations", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument("groups", "groups", 1, "independent groups of channels"),
        Argument(
            "inputLayout", "data_format", "nchw", "layout of input and output", {Form.WORD: plain}
        ),
        Argument("filterLayout", "", "iohw", "iohw, hwoi or ohwi"),
        Argument("bias", "bias", None, "one number added per channel", {Form.FLAG: plain}),
        Argument("label"),
    )
    arithmetics = (BY_OUTPUT_PADDING, BY_OUTPUT_SIZES)
    signatures = (
        # A method: this is the usual name of the variable that it is called on.
        Signature(("builder.convTranspose2d",), ("input", "filter"), 2, {}, "input", "filter"),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, unless inputLayout is nhwc."""
        return self._layout("inputLayout", arguments.get("inputLayout", "nchw"), _INPUT)

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the layout that filterLayout names; groups split the input channels."""
        return self._layout("filterLayout", arguments.get("filterLayout", "iohw"), _FILTER)

    def _layout(self, name: str, given: Any, known: Mapping[str, Layout]) -> Layout:
        if not isinstance(given, str) or given not in known:
            self.refuse(
                "data-format", f"{name} is {shorten(given)}", suggestion(str(given), list(known))
            )
        return known[given]

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as the steps of the method compute its output."""
        words = self.values(spelling)
        self.check_axes(sizes)
        layout = self.weight_layout(words, 2)
        weight = require_weight_shape(self, sizes, layout)
        kernel = layout.split(weight, 2)["*"]
        groups = read_count(words["groups"], "groups")
        self._check_dimensions(sizes, weight)
        padding = self.read_list(spelling, "padding", 4)
        sized = words["outputSizes"] is not None
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(spelling, "strides", 2, 1),
            self.read_list(spelling, "dilations", 2, 1),
            padding[::2],
            padding[1::2],
            self.read_list(spelling, "outputPadding", 2),
            self.read_size_list(spelling, "outputSizes", 2),
            strict=True,
        )
        data = self.data_layout(words, 2)
        channels, notes, no_values = self._read_channels(layout, kernel, sizes, groups, data)
        reading = self.build_reading(
            spelling,
            sizes,
            BY_OUTPUT_SIZES if sized else BY_OUTPUT_PADDING,
            ("n", "k", "s", "d", "begin", "end", "op", "size"),
            rows,
            channels=channels,
            groups=groups,
            has_bias=words["bias"] not in (None, False),
            weight_layout=layout,
            data_layout=data,
            notes=notes,
        )
        reading = reading._replace(no_values=no_values)
        return self._check_build(reading) if spelling.implementation == "litert" else reading

    def _check_build(self, reading: Reading) -> Reading:
        """Refuse what the graph's builder takes, and LiteRT does not build."""
        layer, axes = reading.layer, reading.layer.axes
        if layer.groups > 1 or any(axis.dilation > 1 for axis in axes):
            self.refuse(
                "webnn-litert",
                "LiteRT builds no layer with groups or dilations",
                "use one layer per group, and write zeros between the taps into the kernel.",
            )
        padding = [(numbers["begin"], numbers["end"]) for numbers in reading.numbers]
        if not all(type(out) is int for out in reading.output_sizes):
            # Which padding is taken depends on the size.
            note = (_UNBUILT,) if any(map(any, padding)) else ()
            return reading._replace(findings=(*reading.findings, *note))
        same = [_same(axis, out) for axis, out in zip(axes, reading.output_sizes, strict=True)]
        if padding != same and any(map(any, padding)):
            flat = [end for pair in same for end in pair]
            self.refuse(
                "webnn-litert",
                f"LiteRT builds padding 0, or {flat} for this output, and no other",
                "leave padding out, and slice the output.",
            )
        return reading

    def _check_dimensions(self, sizes: Sizes, weight: tuple[int, ...]) -> None:
        """Refuse dimensions and numbers of elements that the draft calls invalid."""
        known = [size for size in sizes.spatial if type(size) is int]
        data = (*sizes.batch, *(() if sizes.channels is None else (sizes.channels,)), *known)
        for what, shape in (("input", data), ("filter", weight)):
            sized = tuple(size for size in shape if type(size) is int)
            if 0 not in sized and prod(sized) <= self.max_size:
                continue
            count = "a size of 0" if 0 in sized else f"{prod(sized)} elements"
            self.refuse(
                "dimension",
                f"the {what} has {count}; a valid dimension, and a valid number of elements, is 1"
                f" to {self.max_size}",
                "give sizes whose product is in this range.",
            )

    def _read_channels(
        self,
        layout: Layout,
        kernel: tuple[int, ...],
        sizes: Sizes,
        groups: int,
        data: Layout,
    ) -> tuple[tuple[int, int], tuple[Diagnostic, ...], str]:
        """Return (in, out) channels, findings, and why there are no values."""
        parts = layout.split(sizes.weight or (), 2)
        into, out = parts["GI"][0], parts["O"][0] * groups
        # The draft does not compare these two, so a difference is a finding and no refusal.
        if groups < 1 or into % groups == 0:
            return self.channels(layout, kernel, sizes, groups, data=data), (), ""
        if sizes.channels not in (None, into):
            self.refuse_channels(sizes, into, data)
        note = Diagnostic(
            "webnn-groups",
            Severity.WARNING,
            f"{into} input channels cannot be split into {groups} equal groups; the draft does not"
            " check it, and no implementation builds the layer",
            "use a number of groups that divides the input channels.",
            self.source,
        )
        return (into, out), (note,), "the groups do not divide the input channels"

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the method's call in JavaScript, with its options in an object."""
        options = ", ".join(f"{own}: {value}" for own, value in named.items())
        more = [f"{{{options}}}"] if options else []
        return super().join_call(reading, name, [*positional, *more], {})

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield padding from both crops; a negative end becomes outputPadding."""
        yield {
            "strides": [axis.stride for axis in layer.axes],
            "padding": [
                crop for axis in layer.axes for crop in (axis.crop_begin, max(0, axis.crop_end))
            ],
            "outputPadding": [max(0, -axis.crop_end) for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "groups": layer.groups,
            **({"bias": True} if layer.has_bias else {}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: not two axes, or a crop that padding and outputPadding cannot make."""
        rank = len(layer.axes)
        if rank != 2:
            return (
                f"it has {rank} spatial ax{'is' if rank == 1 else 'es'}, convTranspose2d has two",
                "give a second axis of size 1."
                if rank == 1
                else "add up 2-D layers over the depth.",
            )
        most = compact([axis.stride - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; padding is never negative, and outputPadding appends"
            f" {most} at most",
            "pad or slice the output after it.",
        )


DIALECT: Dialect = WebNN()
