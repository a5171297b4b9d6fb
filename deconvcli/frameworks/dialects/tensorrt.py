"""TensorRT: padding crops each end separately, SAME never appends, and there is no output padding.

SAME_UPPER crops the smaller half at the start, SAME_LOWER the larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
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
from deconvcli.frameworks.dialect.windows import ONNX_WINDOWS
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout

_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel_shape"),
    positive("s", "stride_nd"),
    positive("d", "dilation_nd"),
    SPAN,
    FULL,
)
_EXPLICIT = Arithmetic(
    *_HEAD,
    not_negative("begin", "pre_padding"),
    not_negative("end", "post_padding"),
    Step("crop_begin", "begin", "pre_padding crops the start"),
    Step("crop_end", "end", "post_padding crops the end"),
    OUT,
    OUTPUT_EXISTS,
)


def _same(crop_begin: str, meaning: str) -> Arithmetic:
    return Arithmetic(
        *_HEAD,
        # By the operator's page for TensorRT 10; older pages have the forward layer's formula.
        Step("total", "max(span - s, 0)", "the excess; a short kernel appends nothing"),
        Step("crop_begin", crop_begin, meaning),
        Step("crop_end", "total - crop_begin", "the remainder at the end"),
        OUT,
    )


BY_MODE = {
    # The two roundings differ for convolutions only.
    "EXPLICIT_ROUND_DOWN": _EXPLICIT,
    "EXPLICIT_ROUND_UP": _EXPLICIT,
    "SAME_UPPER": _same("total // 2", "the smaller half at the start"),
    "SAME_LOWER": _same("total - total // 2", "the larger half at the start"),
}
_WORDS = {"same": "SAME_UPPER", "valid": "EXPLICIT_ROUND_DOWN"}


def _mode(word: str, rank: int) -> str:
    return _WORDS.get(word.lower(), word.upper())


def _pairs(pairs: tuple[tuple[int, int], ...], rank: int) -> dict[str, list[int]]:
    spread = each_pair(pairs, rank)
    return {
        "pre_padding": [begin for begin, _ in spread],
        "post_padding": [end for _, end in spread],
    }


class TensorRT(Dialect):
    """INetworkDefinition.add_deconvolution_nd and the attributes of its IDeconvolutionLayer."""

    name = "tensorrt"
    spatial_axes = (2, 3)
    title = "TensorRT"
    aliases = ("trt",)
    source = "TensorRT 10 NvInfer.h: IDeconvolutionLayer, PaddingMode; operator Deconvolution"
    evidence = Evidence("TensorRT 10 API and operator documentation")
    windows = ONNX_WINDOWS
    arguments = (
        Argument("num_output_maps", "out_channels", None, "output channels"),
        Argument("kernel_shape", "kernel", None, "kernel size, 2 or 3 axes", {Form.INTS: each}),
        Argument("bias", "bias", None, "one number added per channel", {Form.FLAG: plain}),
        Argument("stride_nd", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument("padding_nd", "padding", None, "crop at both ends", {Form.INTS: each}),
        Argument("pre_padding", "padding", 0, "crop at the start", {Form.PAIRS: _pairs}),
        Argument("post_padding", "padding", 0, "crop at the end", {}),
        Argument(
            "padding_mode",
            "auto_pad",
            "EXPLICIT_ROUND_DOWN",
            "how the crop is computed; SAME_UPPER and SAME_LOWER take precedence over numbers",
            {Form.WORD: _mode},
            ("padding",),
        ),
        Argument("dilation_nd", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument("num_groups", "groups", 1, "independent groups of channels"),
    )
    arithmetics = tuple(BY_MODE.values())
    signatures = (
        Signature(
            (
                # A method: these are the usual names of the variable that it is called on.
                "network.add_deconvolution_nd",
                "self.network.add_deconvolution_nd",
                "net.add_deconvolution_nd",
            ),
            ("input", "num_output_maps", "kernel_shape", "kernel", "bias"),
            data="input",
            weight="kernel",
        ),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, always."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer by the formulas of its padding mode."""
        words = self.values(spelling)
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        arithmetic = self._arithmetic(words["padding_mode"])
        kernel = self.kernel(words["kernel_shape"], "kernel_shape", sizes)
        groups = read_count(words["num_groups"], "num_groups")
        begins, ends = self._crops(spelling, words, rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(spelling, "stride_nd", rank, 1),
            self.read_list(spelling, "dilation_nd", rank, 1),
            begins,
            ends,
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            arithmetic,
            ("n", "k", "s", "d", "begin", "end"),
            rows,
            channels=self.channels(
                CANONICAL_WEIGHT,
                kernel,
                sizes,
                groups,
                given_out=read_optional_count(words["num_output_maps"], "num_output_maps"),
            ),
            groups=groups,
            has_bias=words["bias"] not in (None, False),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )

    def _arithmetic(self, mode: Any) -> Arithmetic:
        if not isinstance(mode, str) or mode not in BY_MODE:
            self.refuse(
                "padding",
                f"padding_mode is {shorten(mode)}",
                suggestion(str(mode), list(BY_MODE)),
            )
        return BY_MODE[mode]

    def _crops(
        self, spelling: Spelling, words: Mapping[str, Any], rank: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the crops at starts and ends; padding_nd sets both."""
        if words["padding_nd"] is None:
            both = ("pre_padding", "post_padding")
            begins, ends = (self.read_list(spelling, name, rank) for name in both)
            return begins, ends
        if "pre_padding" in spelling.arguments or "post_padding" in spelling.arguments:
            self.refuse(
                "padding",
                "padding_nd is given together with pre_padding or post_padding, which it sets",
                "give padding_nd, or the other two.",
            )
        padding = self.read_list(spelling, "padding_nd", rank)
        return padding, padding

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the method's call, and the attributes of the layer that it returns."""
        attributes = dict(named)
        own = {"bias": attributes.pop("bias")} if "bias" in named else {}
        if "pre_padding" in named and named["pre_padding"] == named.get("post_padding"):
            attributes["padding_nd"] = attributes.pop("pre_padding")
            del attributes["post_padding"]
        if word := named.get("padding_mode"):
            attributes["padding_mode"] = f"trt.PaddingMode.{word[1:-1]}"
        call = super().join_call(reading, name, positional, own)
        lines = [f"layer.{attribute} = {value}" for attribute, value in attributes.items()]
        return "; ".join([f"layer = {call}", *lines])

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield both crops as numbers, or one for both if they are equal."""
        begins = [axis.crop_begin for axis in layer.axes]
        ends = [axis.crop_end for axis in layer.axes]
        padding = {"pre_padding": begins, "post_padding": ends}
        yield {
            "num_output_maps": layer.out_channels,
            "kernel_shape": list(layer.kernel),
            "stride_nd": [axis.stride for axis in layer.axes],
            **(padding if begins != ends else {"padding_nd": begins} if any(begins) else {}),
            "dilation_nd": [axis.dilation for axis in layer.axes],
            "num_groups": layer.groups,
            **({"bias": True} if layer.has_bias else {}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: one axis, or zeros that would have to be appended."""
        if len(layer.axes) not in self.spatial_axes:
            return "it has one spatial axis; TensorRT takes 2 or 3", "add an axis of size 1."
        return (
            f"{self.describe_crop(layer)}; neither end can be negative without output padding",
            "crop less in the layer, and slice or pad its output.",
        )


DIALECT: Dialect = TensorRT()
