"""PyTorch: `padding` crops both ends alike, `output_padding` adds elements back at the end.

Channels are first, and groups split the input. No other crops can be expressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from deconvcli.common.values import compact, per_axis, read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.dialect.live import (
    LiveClass,
    LiveLayer,
    find_rank,
    find_shape,
    read_values,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._torch_family import LAYER_START
from deconvcli.frameworks.releases import TORCH
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_ONEDNN = (
    "PyTorch's oneDNN kernels (float32, and several images, groups or a kernel larger than 3x3)"
)
_ONEDNN_SOURCE = f"measured with {TORCH}, CPU, one thread"
_DILATION = positive("d", "dilation")
# no_batch: without an image in the batch PyTorch checks less and returns an empty tensor.
_EMPTY_BATCH = "PyTorch accepts inputs of size 0 in an empty batch, though not with every crop"
# Rules that an empty batch evades stand twice: a plain refusal, and one with a note for that batch.
_HEAD = (
    INPUT_EXISTS._replace(condition="n >= 1 or no_batch"),
    INPUT_EXISTS._replace(otherwise=_EMPTY_BATCH, source=_ONEDNN_SOURCE),
    positive("k", "kernel_size"),
    positive("s", "stride"),
    _DILATION._replace(condition="d >= 0"),
    _DILATION._replace(
        condition="d >= 1 or no_batch",
        otherwise=f"{_ONEDNN} were seen to accept dilation 0",
        source=_ONEDNN_SOURCE,
    ),
    not_negative("p", "padding"),
)
_OUTPUT_PADDING = Limit(
    # PyTorch's message, "smaller than either stride or dilation", means the larger of the two.
    "op < max(s, d) or no_batch",
    "output-padding",
    "output_padding {op} is not smaller than stride {s} or dilation {d}",
    "use {max(s, d) - 1} or less: it only chooses among the sizes that one forward convolution"
    " maps to the same {n}.",
)
_CROP = (
    Step("crop_begin", "p", "padding crops the start"),
    Step("crop_end", "p - op", "and the end, where output_padding adds elements back"),
    OUT,
    OUTPUT_EXISTS._replace(condition="out >= 0"),
    OUTPUT_EXISTS._replace(
        condition="out >= 1 or no_batch",
        otherwise=f"{_ONEDNN} return an empty tensor instead if no other size is negative",
        source=_ONEDNN_SOURCE,
    ),
    Limit(
        "out >= 1 and d >= 1 and op < max(s, d)",
        "torch-empty-batch",
        "PyTorch refuses this layer as soon as the batch has an image",
        "use a smaller output_padding than stride or dilation, dilation 1 or more, and crop less.",
        finding=True,
        source=_ONEDNN_SOURCE,
    ),
)
BY_OUTPUT_PADDING = Arithmetic(
    *_HEAD, not_negative("op", "output_padding"), _OUTPUT_PADDING, SPAN, FULL, *_CROP
)
BY_OUTPUT_SIZE = Arithmetic(
    *_HEAD,
    SPAN,
    FULL,
    Step("smallest", "full - 2*p", "the size without output_padding"),
    Limit(
        # By the stride alone: no output_size stands for an output_padding of the stride or more.
        "smallest <= size <= smallest + s - 1",
        "output-size",
        "output_size {size} is outside {smallest} to {smallest + s - 1}",
        "use {smallest} to {smallest + s - 1}, or change the kernel, stride or padding.",
    ),
    Step("op", "size - smallest", "the output_padding that output_size implies"),
    *_CROP,
)

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


# torch.nn.utils.parametrize makes a class of its own for a layer, with Parametrized before it.
_LIVE = "(?:Lazy|Parametrized)?ConvTranspose([123])d"
_ATTRIBUTES = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
    *("groups", "dilation", "padding_mode"),
)


def _describe(module: Any) -> LiveLayer:
    """Return the parameters of torch.nn.ConvTranspose{1,2,3}d.

    It may be lazy, parametrised, quantised, or compiled by TorchScript.
    """
    rank = find_rank(module, _LIVE)
    if hasattr(module, "graph") and not hasattr(module, "stride"):
        return _describe_trace(module, rank)
    words = read_values(module, {name: name for name in _ATTRIBUTES})
    bias = getattr(module, "bias", None)
    # Quantised layers have methods in place of both parameters.
    words["bias"] = (bias() if callable(bias) and not hasattr(bias, "shape") else bias) is not None
    if not hasattr(module, "bias"):
        # In a frozen module it is a constant of the call.
        call = list(module.graph.findNode(f"aten::conv_transpose{rank}d").inputs())
        words["bias"] = _is_given(call[2])
    weight = find_shape(_find_parameter(module, "weight"))
    if weight is not None and len(weight) == rank + 2:
        # The weights count in a forward pass: pruning changes them and leaves the numbers alone.
        words["in_channels"], words["out_channels"] = weight[0], weight[1] * words["groups"]
        words["kernel_size"] = list(weight[2:])
    elif words["in_channels"]:
        # Weights that are packed, as a quantised layer's, or computed have no stored shape.
        into, out = words["in_channels"], words["out_channels"]
        weight = (into, out // words["groups"], *words["kernel_size"])
    else:
        weight = None
        del words["in_channels"]  # 0 until a lazy layer has seen its first input
    return LiveLayer(words, rank, weight)


def _describe_trace(module: Any, rank: int) -> LiveLayer:
    """Return the parameters of a trace, which keeps no more of the layer than its call."""
    call = list(module.graph.findNode("aten::_convolution").inputs())
    # aten::_convolution(input, weight, bias, stride, padding, dilation, transposed, ...)
    _, weight, bias, stride, padding, dilation, _, output_padding, groups, *_ = call
    into, per_group, *kernel = find_shape(getattr(module, "weight", None)) or weight.type().sizes()
    words = {
        "in_channels": into,
        "out_channels": per_group * groups.toIValue(),
        "kernel_size": kernel,
        "stride": _read_constants(stride),
        "padding": _read_constants(padding),
        "output_padding": _read_constants(output_padding),
        "groups": groups.toIValue(),
        "bias": _is_given(bias),
        "dilation": _read_constants(dilation),
    }
    return LiveLayer(words, rank, (into, per_group, *kernel))


def _is_given(value: Any) -> bool:
    return bool(value.type().str() != "NoneType")


def _read_constants(value: Any) -> list[int]:
    """Return a list in a graph of TorchScript: one constant, or a node that joins several."""
    whole = value.toIValue()
    return [one.toIValue() for one in value.node().inputs()] if whole is None else whole


def _find_parameter(module: Any, name: str) -> Any:
    """Return a parameter that is stored, None for one that is computed when it is asked for."""
    # Not by getattr: spectral normalisation takes a step of its power iteration whenever its weight
    # is read.
    own = vars(module)
    for stored in (own, own.get("_parameters") or {}, own.get("_buffers") or {}):
        if name in stored:
            return stored[name]
    return None


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
    live = (LiveClass("torch", _LIVE, _describe),)

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
