"""PyTorch: `padding` crops both ends alike, `output_padding` adds elements back at the end.

Channels are first, and groups split the input. No other crops can be expressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from deconvcli.common.values import compact, per_axis, read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.live import LiveClass
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._torch_family import LAYER_START
from deconvcli.frameworks.dialects.torch.formulas import BY_OUTPUT_PADDING, BY_OUTPUT_SIZE
from deconvcli.frameworks.dialects.torch.live import CLASSES, describe
from deconvcli.frameworks.releases import TORCH
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_LAYER = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "output_padding",
    "groups",
    "bias",
    "dilation",
    "padding_mode",
    "device",
    "dtype",
)
_LAZY = _LAYER[1:]
_FUNCTION = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")


def _signatures(rank: int) -> tuple[Signature, ...]:
    layer, lazy = f"torch.nn.ConvTranspose{rank}d", f"torch.nn.LazyConvTranspose{rank}d"
    function = f"conv_transpose{rank}d"
    functional = (f"torch.nn.functional.{function}", f"torch.{function}", f"F.{function}")
    return (
        Signature((layer,), _LAYER, rank),
        Signature((lazy,), _LAZY, rank),
        Signature(functional, _FUNCTION, rank, {"api": "functional"}, "input", "weight"),
    )


class Torch(Dialect):
    """torch.nn.ConvTranspose{1,2,3}d and torch.nn.functional.conv_transpose{1,2,3}d."""

    name = "torch"
    title = "PyTorch"
    aliases = ("pytorch", "libtorch", "torch.nn", "torch.nn.functional")
    source = f"{TORCH}: torch/nn/modules/conv.py, aten/src/ATen/native/Convolution.cpp"
    evidence = Evidence(f"{TORCH}, CPU", rows=900)
    batch_axes = (0, 1)
    modules: ClassVar[Mapping[str, str]] = {"torch.nn.functional": "F", "torch.nn": "nn"}
    forward = "Conv{rank}d"
    # Of the integers, its CPU kernels were measured to compute int64 alone.
    number_types = NumberTypes(Mixing.REFUSED, ("int64",), has_complex=True)
    windows = Windows(
        ("valid", "same"),
        rounds_up=True,
        same_has_strides=False,
        at_most_half_kernel=True,
        any_case=False,
    )
    arguments = (
        *LAYER_START,
        Argument("padding", "padding", 0, "elements cropped from both ends of each axis"),
        Argument("output_padding", "output_padding", 0, "elements added back at the end"),
        Argument("groups", "groups", 1, "independent groups of channels"),
        Argument("bias", "bias", True, "one number added per output channel", {Form.FLAG: plain}),
        Argument("dilation", "dilation", 1, "distance between two taps in the output"),
        Argument(
            "output_size",
            "output_size",
            None,
            "in place of output_padding, in the call",
            {Form.INTS: each},
        ),
        Argument("api", meaning="'module' (ConvTranspose2d) or 'functional' (conv_transpose2d)"),
        Argument("padding_mode", default="zeros", meaning="only 'zeros' exists"),
        Argument("device"),
        Argument("dtype"),
    )
    arithmetics = (BY_OUTPUT_PADDING, BY_OUTPUT_SIZE)
    signatures = (*_signatures(1), *_signatures(2), *_signatures(3))
    live = (LiveClass("torch", CLASSES, describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, with or without a batch."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, as a module or a function call."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        if words["padding_mode"] != "zeros":
            self.refuse(
                "padding-mode",
                f"padding_mode {words['padding_mode']!r} is not supported",
                "use 'zeros', the only mode of a transposed convolution.",
            )
        if isinstance(words["padding"], str):
            self.refuse(
                "padding",
                f"padding is {shorten(words['padding'])}",
                "use numbers: PyTorch's transposed convolutions take no words. For twice the input"
                " use kernel 4, stride 2 and padding 1.",
            )
        kernel = self.kernel(words["kernel_size"], "kernel_size", sizes)
        groups = read_count(words["groups"], "groups")
        channels = self.channels(
            CANONICAL_WEIGHT,
            kernel,
            sizes,
            groups,
            given_in=read_optional_count(words["in_channels"], "in_channels"),
            given_out=read_optional_count(words["out_channels"], "out_channels"),
        )
        arithmetic = BY_OUTPUT_PADDING
        requested: tuple[Size, ...] = (0,) * rank
        if words["output_size"] is not None:
            if words["api"] == "functional":
                self.refuse(
                    "output-size",
                    "conv_transpose functions have no output_size",
                    "use output_padding, or a ConvTranspose layer.",
                )
            arithmetic, requested = BY_OUTPUT_SIZE, self._output_size(words["output_size"], sizes)
        rows = zip(
            sizes.spatial,
            kernel,
            _axes(words, "stride", rank),
            _axes(words, "dilation", rank),
            _axes(words, "padding", rank),
            _axes(words, "output_padding", rank),
            requested,
            (0 in sizes.batch,) * rank,
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            arithmetic,
            ("n", "k", "s", "d", "p", "op", "size", "no_batch"),
            rows,
            channels=channels,
            groups=groups,
            # A module has a bias by default, a function only if it is given one.
            has_bias=bool(spelling.arguments.get("bias", words["api"] != "functional")),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )

    def _output_size(self, given: Any, sizes: Sizes) -> tuple[Size, ...]:
        """Return the spatial part of an output_size."""
        rank, leading = len(sizes.spatial), len(sizes.batch) + 1
        listed = list(given) if isinstance(given, (list, tuple)) else [given] * rank
        if len(listed) not in (rank, rank + leading):
            self.refuse(
                "output-size",
                f"output_size has {len(listed)} numbers",
                f"give {rank} (spatial), or {rank + leading} with batch and channels before them.",
            )
        # PyTorch does not look at a batch and channels before them either.
        return read_sizes(listed[-rank:], rank, "output_size")

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield the module, with padding from the start and output_padding from the difference."""
        yield {
            "in_channels": layer.in_channels,
            "out_channels": layer.out_channels,
            "kernel_size": list(layer.kernel),
            "stride": [axis.stride for axis in layer.axes],
            "padding": [axis.crop_begin for axis in layer.axes],
            "output_padding": [axis.crop_begin - axis.crop_end for axis in layer.axes],
            "groups": layer.groups,
            "bias": layer.has_bias,
            "dilation": [axis.dilation for axis in layer.axes],
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: crops that padding and output_padding cannot make."""
        most = compact([max(axis.stride, axis.dilation) - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; torch can only crop p at the start and"
            f" p - output_padding at the end, with output_padding from 0 to {most}",
            "crop less in the layer and slice its output.",
        )


def _axes(words: Mapping[str, Any], name: str, rank: int) -> tuple[int, ...]:
    """Return one number per axis."""
    given = words[name]
    # PyTorch repeats a list of one for every axis.
    is_single = isinstance(given, (list, tuple)) and len(given) == 1
    return per_axis(given * rank if is_single else given, rank, name)


DIALECT: Dialect = Torch()
