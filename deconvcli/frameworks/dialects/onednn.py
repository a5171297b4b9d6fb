"""oneDNN: dilates count from 0, the caller gives the output's size, groups come first in weights.

padding_r matters only for the check of that size, from which the crop at the end follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import read_count
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import EMPTY_OUTPUT, INPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.dialect.parameters import Argument, Form, each, each_pair, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._documented import (
    ExplicitSize,
    require_weight_shape,
    size_entries,
)
from deconvcli.frameworks.releases import ONEDNN
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_FIRST, Layout

_PLAIN = Layout(("O", "GI", "*"))
_GROUPED = Layout(("G", "O", "I", "*"))

# The source divides as C does, towards zero: for one input this lets smaller sizes through.
_TRUNCATED = " or n == 1 and smallest - s < out < smallest"
ARITHMETIC = Arithmetic(
    INPUT_EXISTS,
    positive("k", "weights' spatial size")._replace(code="kernel-size"),
    positive("s", "strides"),
    not_negative("dilate", "dilates"),
    not_negative("begin", "padding_l"),
    Limit(
        "end + s > 0",
        "padding-r",
        "padding_r {end} is less than {1 - s}, the minimum with strides {s}",
        "use {1 - s} or more.",
    ),
    Step("d", "dilate + 1", "dilates are 0 for a plain kernel"),
    SPAN,
    FULL,
    *size_entries("dst_dims", _TRUNCATED, smallest_size=0),
    EMPTY_OUTPUT,
    Limit(
        "out >= smallest",
        "onednn-truncation",
        "size {out} crops more than padding_l and padding_r: the check divides towards zero and"
        " accepts it for one input",
        "use {smallest} or more.",
        finding=True,
        source="oneDNN 3.8.0 (515bfba): src/common/deconvolution.cpp",
    ),
)

_TRANSPOSED = Diagnostic(
    "onednn-1x1-weights",
    Severity.WARNING,
    f"{ONEDNN} was measured to compute this layer, whose kernels have one tap, with the weights of"
    " input and output channels exchanged, on processors with AVX-512",
    "let oneDNN choose the format of the weights (format_tag::any), or set"
    " ONEDNN_MAX_CPU_ISA=AVX2.",
    f"measured with {ONEDNN}, CPU: all of 72 layers with more than one channel on both sides and"
    " weights in a plain format (oiw, oihw, oidhw, and those with one group)",
    differs=True,
)


def _count_from_zero(value: tuple[int, ...], rank: int) -> list[int]:
    """Return dilations as oneDNN counts them: 0 is what other frameworks call 1."""
    return [dilation - 1 for dilation in each(value, rank)]


def _both_ends(value: tuple[int, ...], rank: int) -> dict[str, list[int]]:
    return {"padding_l": each(value, rank), "padding_r": each(value, rank)}


def _pairs(pairs: tuple[tuple[int, int], ...], rank: int) -> dict[str, list[int]]:
    spread = each_pair(pairs, rank)
    return {
        "padding_l": [begin for begin, _ in spread],
        "padding_r": [end for _, end in spread],
    }


class OneDnn(ExplicitSize):
    """dnnl::deconvolution_forward, by its logical dimensions."""

    name = "onednn"
    title = "oneDNN deconvolution"
    aliases = ("mkldnn", "dnnl")
    source = "oneDNN 3.8.0 (515bfba): doc/primitives/convolution.md, src/common/deconvolution.cpp"
    evidence = Evidence(f"{ONEDNN}, CPU, plain formats", rows=400)
    accidents: ClassVar[Accidents] = {"": (_TRANSPOSED,)}
    windows = Windows(pairs=True)
    size_parameter = "dst_dims"
    arguments = (
        Argument("strides", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument("dilates", "dilation", 0, "zeros between two taps", {Form.INTS: _count_from_zero}),
        Argument(
            "padding_l",
            "padding",
            0,
            "crop at the start of each axis",
            {Form.INTS: _both_ends, Form.PAIRS: _pairs},
        ),
        Argument("padding_r", "padding", None, "crop at the end; None: as padding_l", {}),
        Argument("dst_dims", "output_size", None, "the output's shape", {Form.INTS: each}),
        Argument("groups", "groups", None, "the first axis of the weights; None: they have none"),
        Argument("bias_desc", "bias", None, "whether there is a bias", {Form.FLAG: plain}),
    )
    # Its calls are C and C++, which the reader of pasted calls does not parse.
    arithmetics = (ARITHMETIC,)
    signatures = ()

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return output channels before input channels, after the groups if there are any."""
        return _PLAIN if arguments.get("groups") is None else _GROUPED

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """Return the same data, with an axis for groups if the layer has any."""
        weight = layer.weight_shape(_GROUPED if layer.groups > 1 else _PLAIN)
        return self.adapt_batch(sizes)._replace(channels=layer.in_channels, weight=weight)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer that the primitive's descriptor means."""
        words = self.values(spelling)
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        layout = self.weight_layout(words, rank)
        weight = layout.split(require_weight_shape(self, sizes, layout), rank)
        groups = self._groups(words["groups"], weight)
        size, channels, is_given = self.read_size(words, sizes)
        begin = self.read_list(spelling, "padding_l", rank)
        end = begin if words["padding_r"] is None else self.read_list(spelling, "padding_r", rank)
        rows = zip(
            sizes.spatial,
            weight["*"],
            self.read_list(spelling, "strides", rank, 1),
            self.read_list(spelling, "dilates", rank),
            begin,
            end,
            size,
            (is_given,) * rank,
            strict=True,
        )
        reading = self.build_reading(
            spelling,
            sizes,
            ARITHMETIC,
            ("n", "k", "s", "dilate", "begin", "end", "size", "asked"),
            rows,
            channels=self.channels(layout, weight["*"], sizes, groups, given_out=channels),
            groups=groups,
            has_bias=bool(words["bias_desc"]),
            weight_layout=layout,
            data_layout=CHANNELS_FIRST,
        )
        if _multiplies_alone(reading.layer):
            return reading._replace(findings=(*reading.findings, _TRANSPOSED))
        return reading

    def _groups(self, given: Any, weight: Mapping[str, tuple[int, ...]]) -> int:
        groups = 1 if given is None else read_count(given, "groups")
        if "G" in weight and weight["G"] != (groups,):
            self.refuse(
                "groups",
                f"groups is {groups}, the weights' first axis is {weight['G'][0]}",
                "give both the same number.",
            )
        return groups

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the C++ that describes the primitive; dst_dims describe its output."""
        shape = self.write_shape(reading)
        output = f"memory::desc({shape}, memory::data_type::f32, memory::format_tag::any)"
        tensors = ["src_md", "weights_md", *(["bias_md"] if reading.layer.has_bias else []), output]
        # With bare lists the compiler finds two constructors.
        letters = ("s", "dilate", "begin", "end")
        lists = [f"memory::dims{self.write_list(reading, letter)}" for letter in letters]
        return (
            "deconvolution_forward::primitive_desc(engine, prop_kind::forward_inference,"
            f" algorithm::deconvolution_direct, {', '.join([*tensors, *lists])})"
        )

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield both crops as padding; dst_dims holds what a negative end appends."""
        words = {
            "strides": [axis.stride for axis in layer.axes],
            "dilates": [axis.dilation - 1 for axis in layer.axes],
            "padding_l": [axis.crop_begin for axis in layer.axes],
            "padding_r": [max(axis.crop_end, 0) for axis in layer.axes],
            "dst_dims": self.output_shape_of(layer, sizes),
        }
        words |= {"groups": layer.groups} if layer.groups > 1 else {}
        words |= {"bias_desc": True} if layer.has_bias else {}
        yield words
        # A padding_r down to 1 - stride passes the check, and allows a larger output.
        yield words | {"padding_r": [max(axis.crop_end, 1 - axis.stride) for axis in layer.axes]}

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a start that is not cropped, or a size that does not map back."""
        return (
            f"{self.describe_crop(layer)}; padding_l is never negative, and dst_dims must map back"
            " to the input's size with a padding_r greater than minus the stride",
            "pad or slice the output after it.",
        )


def _multiplies_alone(layer: Layer) -> bool:
    """Return whether the layer is a product of matrices, which alone is not symmetric."""
    return (
        layer.groups == 1
        and min(layer.in_channels, layer.out_channels) > 1
        and all(
            (axis.kernel, axis.stride, axis.crop_begin, axis.crop_end) == (1, 1, 0, 0)
            for axis in layer.axes
        )
    )


DIALECT: Dialect = OneDnn()
