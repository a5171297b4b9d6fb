"""MLX: channels last, weights by output channel, and padding that is right only up to the kernel.

Padding beyond dilation*(kernel - 1) removes elements of the input, a whole stride each. Groups run
in 1-D and 2-D, and only through the functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from deconvcli.common.values import per_axis, read_count, read_optional_count
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialect.live import (
    LiveClass,
    LiveLayer,
    find_rank,
    find_shape,
    read_values,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, plain
from deconvcli.frameworks.dialect.windows import LAST_FORWARD_WEIGHT, Windows
from deconvcli.frameworks.dialects._torch_family import LAYER_START
from deconvcli.frameworks.releases import MLX
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

WEIGHT = Layout(("GO", "*", "I"))
_SOURCE = f"measured with {MLX}, CPU"

ARITHMETIC = Arithmetic(
    INPUT_EXISTS,
    positive("k", "kernel_size"),
    positive("s", "stride"),
    positive("d", "dilation"),
    SPAN,
    FULL,
    # A negative number of zeros is a slice of the input, whose bounds wrap or are clamped at n.
    Step("low", "max(span - 1 - p, -n)", "zeros that MLX puts before the stretched input"),
    Step("most", "span - 1 - p + op", "zeros after it; output_padding adds to them"),
    Step("high", "most if most >= -n else max(most + n, -n)", "beyond the first input it wraps"),
    Step(
        "crop_begin",
        "span - 1 - (low if low >= 0 else low*s)",
        "padding; where no zeros remain it drops inputs, s elements each",
    ),
    Step("crop_end", "span - 1 - (high if high >= 0 else high*s)", "the same at the end"),
    OUT,
    OUTPUT_EXISTS,
    Limit(
        "crop_begin == p and crop_end == p - op",
        "mlx-padding-beyond-kernel",
        "MLX crops {crop_begin} at the start and {crop_end} at the end, where padding {p} and"
        " output_padding {op} mean {p} and {p - op}: beyond {span - 1} it drops inputs,"
        " {s} elements each",
        "keep padding at {span - 1} or less and slice the output.",
        finding=True,
        source=_SOURCE,
    ),
)

_LAYER = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "output_padding",
    "bias",
)
_FUNCTION = ("input", "weight", "stride", "padding", "dilation", "output_padding", "groups")


def _signatures(rank: int) -> tuple[Signature, ...]:
    name = f"conv_transpose{rank}d"
    functions = (f"mlx.core.{name}", f"mx.{name}")
    return (
        Signature((f"mlx.nn.ConvTranspose{rank}d",), _LAYER, rank, {"api": "layer"}),
        Signature(functions, _FUNCTION, rank, {"api": "function"}, "input", "weight"),
    )


_LIVE = "ConvTranspose([123])d"


def _describe(module: Any) -> LiveLayer:
    """Return the parameters of a layer object."""
    names = ("stride", "padding", "dilation", "output_padding")
    words = read_values(module, {name: name for name in names})
    # MLX keeps channels and kernel in the weights alone.
    out, *kernel, into = find_shape(module.weight) or ()
    words |= {"in_channels": into, "out_channels": out, "kernel_size": kernel}
    words |= {"bias": getattr(module, "bias", None) is not None, "api": "layer"}
    return LiveLayer(words, find_rank(module, _LIVE), (out, *kernel, into))


class Mlx(Dialect):
    """mlx.nn.ConvTranspose{1,2,3}d and mlx.core.conv_transpose{1,2,3}d."""

    name = "mlx"
    title = "MLX"
    aliases = ("mlx.nn", "mlx.core")
    source = f"{MLX}: mlx/ops.cpp (conv_transpose_general), mlx/nn/layers"
    empty = f"{MLX} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{MLX}, CPU", rows=600)
    modules: ClassVar[Mapping[str, str]] = {"mlx.core": "mx"}
    forward = "Conv{rank}d"
    # "Convolution currently only supports floating point": neither integers nor complex numbers.
    number_types = NumberTypes(Mixing.PROMOTED)
    windows = Windows(weights=LAST_FORWARD_WEIGHT)
    arguments = (
        *LAYER_START,
        Argument("padding", "padding", 0, "elements cropped from both ends of each axis"),
        Argument("dilation", "dilation", 1, "distance between two taps in the output"),
        Argument("output_padding", "output_padding", 0, "elements appended at the end"),
        Argument("groups", "groups", 1, "independent groups of channels, in 1-D and 2-D functions"),
        Argument("bias", "bias", True, "one number added per output channel", {Form.FLAG: plain}),
        Argument("api", meaning="'layer' (ConvTranspose2d) or 'function' (conv_transpose2d)"),
        Argument("stream"),
    )
    arithmetics = (ARITHMETIC,)
    signatures = (*_signatures(1), *_signatures(2), *_signatures(3))
    live = (LiveClass("mlx", _LIVE, _describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, always."""
        return CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return output channels, spatial axes, input channels of one group."""
        return WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, as a layer object or a function call."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        kernel = self.kernel(words["kernel_size"], "kernel_size", sizes)
        groups = self._groups(words, rank)
        rows = zip(
            sizes.spatial,
            kernel,
            *(
                per_axis(words[name], rank, name)
                for name in ("stride", "dilation", "padding", "output_padding")
            ),
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            ARITHMETIC,
            ("n", "k", "s", "d", "p", "op"),
            rows,
            channels=self.channels(
                WEIGHT,
                kernel,
                sizes,
                groups,
                given_in=read_optional_count(words["in_channels"], "in_channels"),
                given_out=read_optional_count(words["out_channels"], "out_channels"),
            ),
            groups=groups,
            has_bias=bool(words["bias"]) and words["api"] != "function",
            weight_layout=WEIGHT,
            data_layout=CHANNELS_LAST,
        )

    def _groups(self, words: Mapping[str, Any], rank: int) -> int:
        groups = read_count(words["groups"], "groups")
        # The documents allow one group only; 1-D and 2-D functions were measured to compute more.
        if groups > 1 and (rank > 2 or words["api"] == "layer"):
            self.refuse(
                "groups",
                f"groups {groups} are supported only by conv_transpose1d and conv_transpose2d",
                "use one layer per group and concatenate.",
            )
        return groups

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield padding from the start; output_padding, which may be negative, from the end."""
        yield {
            "in_channels": layer.in_channels,
            "out_channels": layer.out_channels,
            "kernel_size": list(layer.kernel),
            "stride": [axis.stride for axis in layer.axes],
            "padding": [axis.crop_begin for axis in layer.axes],
            "dilation": [axis.dilation for axis in layer.axes],
            "output_padding": [axis.crop_begin - axis.crop_end for axis in layer.axes],
            "groups": layer.groups,
            # Only functions have groups, and they have no bias.
            **({"api": "function"} if layer.groups > 1 else {"bias": layer.has_bias}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: groups in 3-D, or a crop beyond the kernel."""
        if layer.groups > 1 and len(layer.axes) > 2:
            return (
                f"it has {layer.groups} groups, which MLX takes in 1-D and 2-D only",
                "use one layer per group and concatenate.",
            )
        return (
            f"{self.describe_crop(layer)}; beyond the span minus 1, MLX drops whole inputs",
            "crop less in the layer and slice its output.",
        )


DIALECT: Dialect = Mlx()
