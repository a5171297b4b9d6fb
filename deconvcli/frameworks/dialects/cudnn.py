"""cuDNN: the gradient of a convolution, whose caller gives the size of dx; padding is symmetric.

The layer's input is dy, so the filter's K counts the input's channels. CUDNN_CONVOLUTION flips
the filter, CUDNN_CROSS_CORRELATION does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import compact, read_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.dialect.parameters import Argument, Form, each
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._documented import (
    ExplicitSize,
    require_weight_shape,
    size_entries,
)
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST

# Whether the filter is flipped.
_MODES = {"CUDNN_CROSS_CORRELATION": False, "CUDNN_CONVOLUTION": True}

ARITHMETIC = Arithmetic(
    INPUT_EXISTS,
    positive("k", "filter's spatial size")._replace(code="kernel-size"),
    positive("s", "filterStrideA"),
    positive("d", "dilationA"),
    not_negative("begin", "padA"),
    SPAN,
    FULL,
    *size_entries("dxDesc"),
)


class CuDnn(ExplicitSize):
    """cudnnConvolutionBackwardData with a descriptor of cudnnSetConvolutionNdDescriptor."""

    name = "cudnn"
    spatial_axes = (2, 3)
    title = "cuDNN cudnnConvolutionBackwardData"
    source = (
        "cuDNN API 7 to 9: cudnnConvolutionBackwardData, cudnnGetConvolutionNdForwardOutputDim,"
        " cudnnConvolutionMode_t"
    )
    evidence = Evidence("the cuDNN API reference, versions 7 to 9, as bindings restate it")
    windows = Windows()
    size_parameter = "dxDesc"
    arguments = (
        Argument("padA", "padding", 0, "cropped from both ends", {Form.INTS: each}),
        Argument("filterStrideA", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument("dilationA", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument("mode", "", "CUDNN_CROSS_CORRELATION", "or CUDNN_CONVOLUTION, which flips"),
        Argument("groupCount", "groups", 1, "independent groups of channels"),
        Argument("dxDesc", "output_size", None, "the output's shape", {Form.INTS: each}),
    )
    # Its calls are C, which the reader of pasted calls does not parse.
    orientation = "in order; reversed with CUDNN_CONVOLUTION"
    arithmetics = (ARITHMETIC,)
    signatures = ()

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer whose input is dy and whose output is dx."""
        words = self.values(spelling)
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        weight = require_weight_shape(self, sizes, CANONICAL_WEIGHT)
        kernel = CANONICAL_WEIGHT.split(weight, rank)["*"]
        groups = read_count(words["groupCount"], "groupCount")
        size, channels, is_given = self.read_size(words, sizes)
        padding = self.read_list(spelling, "padA", rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(spelling, "filterStrideA", rank, 1),
            self.read_list(spelling, "dilationA", rank, 1),
            padding,
            padding,
            size,
            (is_given,) * rank,
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            ARITHMETIC,
            ("n", "k", "s", "d", "begin", "end", "size", "asked"),
            rows,
            channels=self.channels(CANONICAL_WEIGHT, kernel, sizes, groups, given_out=channels),
            groups=groups,
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
            flipped=self._flips(words["mode"]),
        )

    def _flips(self, mode: Any) -> bool:
        if not isinstance(mode, str) or mode not in _MODES:
            self.refuse("mode", f"mode is {shorten(mode)}", suggestion(str(mode), list(_MODES)))
        return _MODES[mode]

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the C or C++ that describes the convolution and its output, dx."""
        letters = {"padA": "begin", "filterStrideA": "s", "dilationA": "d"}
        lists = {own: self.write_list(reading, letter) for own, letter in letters.items()}
        lists["dimA"] = self.write_shape(reading)
        mode = named.get("mode", '"CUDNN_CROSS_CORRELATION"')[1:-1]
        calls = [
            f"const int {', '.join(f'{own}[] = {numbers}' for own, numbers in lists.items())}",
            f"cudnnSetConvolutionNdDescriptor(convDesc, {len(reading.numbers)}, padA,"
            f" filterStrideA, dilationA, {mode}, CUDNN_DATA_FLOAT)",
            "cudnnSetTensorNdDescriptorEx(dxDesc, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT,"
            f" {len(reading.output_shape)}, dimA)",
        ]
        if reading.layer.groups > 1:
            calls.append(f"cudnnSetConvolutionGroupCount(convDesc, {reading.layer.groups})")
        return "; ".join(calls)

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield padA from the start; dxDesc holds the difference at the end."""
        yield {
            "padA": [axis.crop_begin for axis in layer.axes],
            "filterStrideA": [axis.stride for axis in layer.axes],
            "dilationA": [axis.dilation for axis in layer.axes],
            "groupCount": layer.groups,
            "dxDesc": self.output_shape_of(layer, sizes),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: one axis, or a crop that symmetric padding and a size cannot make."""
        if len(layer.axes) not in self.spatial_axes:
            return "it has one spatial axis; cuDNN takes 2 or 3", "give a second axis of size 1."
        most = compact([axis.stride - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; cuDNN crops padA at the start, and up to {most} less"
            " at the end",
            "crop less in the layer and slice its output.",
        )


DIALECT: Dialect = CuDnn()
