"""OpenVINO: same_upper crops the larger half at the start, and without output_shape not at all.

This is the opposite of ONNX and TensorFlow. Groups have their own operation and weight axis.
Where the CPU plugin departs from the specification, we follow the plugin and add a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    not_negative,
    positive,
    when_requested,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, each_pair
from deconvcli.frameworks.dialect.windows import ONNX_WINDOWS
from deconvcli.frameworks.releases import OPENVINO
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_FIRST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

SINGLE, GROUPED = "ConvolutionBackpropData", "GroupConvolutionBackpropData"
WEIGHT = {SINGLE: Layout(("GI", "O", "*")), GROUPED: Layout(("G", "I", "O", "*"))}
_SOURCE = f"measured with {OPENVINO}, CPU plugin"

# Numbers besides n, k, s, d: begin, end, op, size (as requested), and as 0 or 1 whether the CPU
# plugin applies a crop at the start.
_HEAD = (
    INPUT_EXISTS,
    positive("k", "filters' spatial size"),
    positive("s", "strides"),
    positive("d", "dilations"),
    SPAN,
    FULL,
    # Without a limit: output_padding may be the stride or more.
    Step("natural", "full + op", "output_padding appends at the end"),
)
_FREE = Step("out", "natural - begin - end", "what the pads leave")
_REQUESTED = (
    not_negative("size", "output_shape"),
    Step("out", "size", "output_shape as requested"),
)
_BEGIN = Step("half", "begin", "pads_begin crops the start")
_EXPLICIT = (not_negative("begin", "pads_begin"), _BEGIN)
_NOTHING = Step("half", "0", "no pads")
_TOTAL = Step("total", "max(natural - out, 0)", "the excess over the output size")
_UPPER = Step("half", "total - total // 2", "same_upper: the larger half at the start")
_LOWER = Step("half", "total // 2", "same_lower: the smaller half at the start")
_TAIL = (
    Step("crop_begin", "half if is_applied else 0", "if the CPU plugin applies it"),
    Step(
        "crop_end", "full - out - crop_begin", "the remainder at the end; a negative crop appends"
    ),
    OUTPUT_EXISTS._replace(condition="out >= 0"),
    EMPTY_OUTPUT,
    Limit(
        "crop_begin == half",
        "openvino-pads-ignored",
        "the CPU plugin ignores the crop of {half} at the start, as it does for kernels of 1 whose"
        " output has the input's size, and for explicit pads with output_shape in a grouped"
        " operation",
        "crop in a separate layer after it.",
        finding=True,
        source=_SOURCE,
    ),
)
_SIZED_TAIL = when_requested(_TAIL)
_OTHER_HALF = Limit(
    "total % 2 == 0",
    "openvino-same-half",
    "OpenVINO splits an odd crop, {total} here, the opposite way from ONNX and TensorFlow under"
    " the same name",
    "give pads_begin and pads_end as numbers.",
    finding=True,
    source=_SOURCE,
)
_NO_PADS = Limit(
    "out == n*s",
    "openvino-same-size",
    "without output_shape, same_upper and same_lower of OpenVINO crop nothing: the output is {out},"
    " where SAME of ONNX and TensorFlow gives {n*s}",
    "give output_shape as well.",
    finding=True,
    source=_SOURCE,
)

_SAME_FREE = Arithmetic(*_HEAD, _FREE, _NOTHING, *_TAIL, _NO_PADS)
# By auto_pad, and whether output_shape is given.
BY_WORDS = {
    ("explicit", False): Arithmetic(*_HEAD, _FREE, *_EXPLICIT, *_TAIL),
    ("explicit", True): Arithmetic(*_HEAD, *_REQUESTED, *_EXPLICIT, *_SIZED_TAIL),
    # Pads that the plugin ignores may even be negative.
    ("dropped", True): Arithmetic(*_HEAD, *_REQUESTED, _BEGIN, *_SIZED_TAIL),
    ("valid", False): Arithmetic(*_HEAD, _FREE, _NOTHING, *_TAIL),
    ("valid", True): Arithmetic(*_HEAD, *_REQUESTED, _NOTHING, *_SIZED_TAIL),
    ("same_upper", False): _SAME_FREE,
    ("same_lower", False): _SAME_FREE,
    ("same_upper", True): Arithmetic(
        *_HEAD, *_REQUESTED, _TOTAL, _UPPER, *_SIZED_TAIL, _OTHER_HALF
    ),
    ("same_lower", True): Arithmetic(
        *_HEAD, *_REQUESTED, _TOTAL, _LOWER, *_SIZED_TAIL, _OTHER_HALF
    ),
}
_AUTO_PADS = ("explicit", "valid", "same_upper", "same_lower")


def _pads(pairs: tuple[tuple[int, int], ...], rank: int) -> dict[str, list[int]]:
    spread = each_pair(pairs, rank)
    return {
        "pads_begin": [begin for begin, _ in spread],
        "pads_end": [end for _, end in spread],
    }


def _both_ends(value: tuple[int, ...], rank: int) -> dict[str, list[int]]:
    return {"pads_begin": each(value, rank), "pads_end": each(value, rank)}


def _signature(name: str, operation: str) -> Signature:
    # Every later opset exports the operations of opset 1.
    homes = [f"{package}.opset{n}" for package in ("openvino", "ov") for n in range(1, 17)]
    return Signature(
        (*(f"{home}.{name}" for home in homes), f"op.{operation}"),
        (
            "data",
            "filters",
            "strides",
            "output_shape",
            "pads_begin",
            "pads_end",
            "dilations",
            "auto_pad",
            "output_padding",
            "name",
        ),
        implies={"op": operation},
        data="data",
        weight="filters",
    )


class OpenVino(Dialect):
    """The operations ConvolutionBackpropData and GroupConvolutionBackpropData of opset 1."""

    name = "openvino"
    title = "OpenVINO"
    required = ("strides",)
    aliases = ("ov",)
    source = f"{OPENVINO}: convolution_backprop_shape_inference_util.hpp"
    empty = f"{OPENVINO} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{OPENVINO}, CPU plugin", rows=700)
    # Its opsets have this operation in common, so that no number is needed.
    modules: ClassVar[Mapping[str, str]] = {"openvino.opset1": "opset"}
    brackets = "[]"
    windows = ONNX_WINDOWS
    number_types = NumberTypes(
        Mixing.REFUSED, instead="its CPU plugin computes integers in float32, which rounds"
    )
    entry_point = "op"
    grouping: ClassVar[Mapping[str, Any]] = {"op": GROUPED}
    arguments = (
        Argument("op", meaning=f"'{SINGLE}' or '{GROUPED}'"),
        Argument("strides", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument(
            "pads_begin",
            "padding",
            0,
            "crop at the start of each axis",
            {Form.INTS: _both_ends, Form.PAIRS: _pads},
        ),
        Argument("pads_end", "padding", 0, "crop at the end of each axis", {}),
        Argument("dilations", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument(
            "auto_pad",
            "auto_pad",
            "explicit",
            "how pads are computed",
            # By its name, although TensorFlow's SAME splits an odd crop the other way: _OTHER_HALF.
            {Form.WORD: lambda word, rank: "same_upper" if word == "same" else word},
            ("padding",),
        ),
        Argument("output_padding", "output_padding", 0, "appended", {Form.INTS: each}),
        Argument("output_shape", "output_size", None, "requested spatial sizes", {Form.INTS: each}),
        Argument("name"),
    )
    arithmetics = tuple(BY_WORDS.values())
    signatures = (
        _signature("convolution_backprop_data", SINGLE),
        _signature("group_convolution_backprop_data", GROUPED),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, always."""
        return CHANNELS_FIRST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the layout of the operation; groups have an axis of their own."""
        return WEIGHT[self._operation(arguments.get("op"))]

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """Return the same data with this layer's weights in the layout of its operation."""
        weight = layer.weight_shape(WEIGHT[GROUPED if layer.groups > 1 else SINGLE])
        return self.adapt_batch(sizes)._replace(channels=layer.in_channels, weight=weight)

    def _operation(self, given: Any) -> str:
        if given not in (None, SINGLE, GROUPED):
            self.refuse("op", f"op is {shorten(given)}", suggestion(str(given), (SINGLE, GROUPED)))
        return GROUPED if given == GROUPED else SINGLE

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as the CPU plugin computes it."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        word, sized = self._auto_pad(words["auto_pad"]), words["output_shape"] is not None
        layout = self.weight_layout(words, rank)
        grouped = "G" in layout.axes
        weight = self._filters(sizes, layout)
        groups = weight[0] if grouped else 1
        zeros = (0,) * rank
        rows = tuple(
            zip(
                sizes.spatial,
                weight[-rank:],
                self.read_list(spelling, "strides", rank, 1),
                self.read_list(spelling, "dilations", rank, 1),
                self.read_list(spelling, "output_padding", rank),
                self.read_size_list(spelling, "output_shape", rank),
                # Beside any other auto_pad OpenVINO ignores pads.
                self.read_list(spelling, "pads_begin", rank) if word == "explicit" else zeros,
                self.read_list(spelling, "pads_end", rank) if word == "explicit" else zeros,
                strict=True,
            )
        )
        if grouped and sized and word == "explicit":
            word = "dropped"
        # Of all kernels of 1, only depthwise ones in 2-D apply the crop.
        depthwise = rank == 2 and grouped and weight[1:3] == (1, 1)
        is_applied = word != "dropped" and (depthwise or not _is_pointwise(rows, sized))
        return self.build_reading(
            spelling,
            sizes,
            BY_WORDS[word, sized],
            ("n", "k", "s", "d", "op", "size", "begin", "end", "is_applied"),
            [(*row, is_applied) for row in rows],
            channels=self.channels(layout, weight[-rank:], sizes, groups),
            groups=groups,
            weight_layout=layout,
            data_layout=CHANNELS_FIRST,
        )

    def _auto_pad(self, given: Any) -> str:
        word = given.lower() if isinstance(given, str) else given
        if word not in _AUTO_PADS:
            self.refuse(
                "padding", f"auto_pad is {shorten(given)}", suggestion(str(given), _AUTO_PADS)
            )
        return str(word)

    def _filters(self, sizes: Sizes, layout: Layout) -> tuple[int, ...]:
        """Return the filters' shape, which the plugin must be able to compile."""
        axes = len(sizes.spatial) + len(layout.axes) - 1
        if sizes.weight is None or len(sizes.weight) != axes:
            self.refuse(
                "filters",
                f"the filters' shape {shorten(sizes.weight)} does not have {axes} axes",
                f"give them in the layout {layout}.",
            )
        if "G" in layout.axes and sizes.weight[0] == 1 and sizes.weight[1:3] != (1, 1):
            self.refuse(
                "groups",
                "the CPU plugin does not compile a grouped operation of one group",
                f"use {SINGLE}, without the first axis of the filters.",
            )
        return sizes.weight

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield explicit pads; a negative end becomes output_padding."""
        yield {
            "op": GROUPED if layer.groups > 1 else SINGLE,
            "strides": [axis.stride for axis in layer.axes],
            "pads_begin": [axis.crop_begin for axis in layer.axes],
            "pads_end": [max(0, axis.crop_end) for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "output_padding": [max(0, -axis.crop_end) for axis in layer.axes],
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a negative start, or pads that the plugin ignores."""
        return (
            f"{self.describe_crop(layer)}; pads_begin is never negative, and kernels of 1 whose"
            " output has the input's size ignore it",
            "crop or pad in a separate layer after it.",
        )


def _is_pointwise(rows: Sequence[tuple[Any, ...]], sized: bool) -> bool:
    """Return whether all kernels are 1 and the output has the input's size."""
    return all(
        k == s == 1 and (size == n if sized else op == begin + end)
        for n, k, s, _, op, size, begin, end in rows
    )


DIALECT: Dialect = OpenVino()
