"""Paddle: torch's crop with separate begin and end, and a 'SAME' that is the forward layer's.

'SAME' computes its crop as a convolution of the input would, so the output is not n*s, and it
resets the dilation to 1. Weights are (in, out / groups, ...) in both data formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, ClassVar

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import compact, per_axis, read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    EMPTY_OUTPUT,
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
    positive,
)
from deconvcli.frameworks.dialect.live import (
    LiveClass,
    LiveLayer,
    find_rank,
    find_shape,
    read_values,
)
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects._torch_family import LAYER_START
from deconvcli.frameworks.releases import PADDLE
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_SOURCE = f"measured with {PADDLE}, CPU"

# Numbers besides n, k, s, d: begin, end, op, size (as requested), dilation (as written), and as 0
# or 1 whether channels come first and whether the batch is empty.
_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel_size"),
    positive("s", "stride"),
    not_negative("d", "dilation"),
    not_negative("begin", "padding"),
    not_negative("end", "padding"),
    SPAN,
    FULL,
)
_EXPLICIT = (
    Step("total", "begin + end", "padding of both ends"),
    Step("crop_begin", "begin", "padding crops the start"),
)
_SAME = (
    # With k, not the span, since the dilation is 1 again.
    Step("total", "max((ceil(n / s) - 1)*s + k - n, 0)", "what the forward layer would pad"),
    Step("crop_begin", "total // 2", "the smaller half goes at the start"),
)
_BY_OUTPUT_PADDING = (
    not_negative("op", "output_padding"),
    Limit(
        "op < (max(s, d) if no_batch else s)",
        "output-padding",
        "output_padding {op} is not smaller than stride {s} (a value less than the dilation passes"
        " Paddle's documented check, but its kernel refuses it)",
        "use {s - 1} or less: it only chooses among the sizes that one forward convolution maps to"
        " the same {n}.",
    ),
    Step("out", "full - total + op", "output_padding appends at the end"),
)
_BY_OUTPUT_SIZE = (
    Step("smallest", "full - total", "the size without output_padding"),
    Limit(
        # In an empty batch Paddle was measured to check the minimum alone.
        "size >= smallest and (no_batch or size <= smallest + s - 1)",
        "output-size",
        "output_size {size} is outside {smallest} to {smallest + s - 1} (the documented maximum"
        " {smallest + s} is refused as well)",
        "use {smallest} to {smallest + s - 1}, or change the kernel, stride or padding.",
    ),
    Step("out", "size", "output_size as requested"),
)
_TAIL = (
    Step(
        "crop_end", "full - out - crop_begin", "the remainder at the end; a negative crop appends"
    ),
    OUTPUT_EXISTS._replace(
        condition="out >= 0",
        message="the output would have size {out}; Paddle checks only the product of all sizes, so"
        " two such axes give a tensor whose access crashes the process",
    ),
    OUTPUT_EXISTS._replace(
        condition="out >= 1 or first or no_batch",
        message="the output would be empty, which Paddle returns with channels first and refuses"
        " with channels last",
    ),
    EMPTY_OUTPUT,
    STACKED_TAPS,
)
_SAME_NOTES = (
    Limit(
        "out == n*s",
        "paddle-same-size",
        "padding 'SAME' of Paddle is computed as in a forward layer: the output is {out}, where"
        " 'same' of other frameworks gives {n*s}",
        "give padding and output_padding as numbers.",
        finding=True,
        source=_SOURCE,
    ),
    Limit(
        "dilation == 1",
        "paddle-same-dilation",
        "padding 'SAME' of Paddle resets dilation {dilation} to 1",
        "give padding as numbers to keep the dilation.",
        finding=True,
        source=_SOURCE,
    ),
)

# By (whether padding is 'SAME', whether output_size is given).
BY_WORDS = {
    (False, False): Arithmetic(*_HEAD, *_EXPLICIT, *_BY_OUTPUT_PADDING, *_TAIL),
    (False, True): Arithmetic(*_HEAD, *_EXPLICIT, *_BY_OUTPUT_SIZE, *_TAIL),
    (True, False): Arithmetic(*_HEAD, *_SAME, *_BY_OUTPUT_PADDING, *_TAIL, *_SAME_NOTES),
    (True, True): Arithmetic(*_HEAD, *_SAME, *_BY_OUTPUT_SIZE, *_TAIL, *_SAME_NOTES),
}

_FORMATS = {1: ("NCL", "NLC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}
_CHANNELS = ("in_channels", "out_channels", "kernel_size")
_START = ("stride", "padding", "output_padding")
# Layers of 2 and 3 axes take the dilation first; of the functions only that of 2.
_GROUPS_FIRST, _DILATION_FIRST = ("groups", "dilation"), ("dilation", "groups")
_LAYER_END = ("weight_attr", "bias_attr", "data_format")
_FUNCTION_END = ("output_size", "data_format", "name")


def _signatures(rank: int) -> tuple[Signature, ...]:
    layer = (*_CHANNELS, *_START, *(_GROUPS_FIRST if rank == 1 else _DILATION_FIRST), *_LAYER_END)
    pair = _DILATION_FIRST if rank == 2 else _GROUPS_FIRST
    function = ("x", "weight", "bias", *_START, *pair, *_FUNCTION_END)
    name = f"conv{rank}d_transpose"
    functional = (f"paddle.nn.functional.{name}", f"F.{name}")
    return (
        Signature((f"paddle.nn.Conv{rank}DTranspose",), layer, rank, {"api": "layer"}),
        Signature(functional, function, rank, {"api": "functional"}, "x", "weight"),
    )


def _flatten(pairs: tuple[tuple[int, int], ...], rank: int) -> list[int]:
    return list(chain.from_iterable(each_pair(pairs, rank)))


_LIVE = "Conv([123])DTranspose"
_ATTRIBUTES = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "groups")


def _describe(layer: Any) -> LiveLayer:
    """Return the parameters of a layer object, most of which it keeps under private names."""
    names = (*_ATTRIBUTES, "dilation", "data_format")
    words = read_values(layer, {f"_{name}": name for name in names})
    words |= read_values(layer, {"output_padding": "output_padding"})
    words |= {"api": "layer", "bias_attr": None if layer.bias is not None else False}
    return LiveLayer(words, find_rank(layer, _LIVE), find_shape(layer.weight))


class Paddle(Dialect):
    """paddle.nn.Conv{1,2,3}DTranspose and paddle.nn.functional.conv{1,2,3}d_transpose."""

    name = "paddle"
    title = "PaddlePaddle"
    aliases = ("paddlepaddle", "paddle.nn")
    source = f"{PADDLE}: paddle/nn/functional/conv.py, paddle/phi/infermeta/binary.cc"
    empty = f"{PADDLE} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{PADDLE}, CPU", rows=800)
    modules: ClassVar[Mapping[str, str]] = {"paddle.nn.functional": "F"}
    brackets = "[]"
    forward = "Conv{rank}D"
    windows = Windows(("valid", "same"), pairs=True, rounds_up=True)
    number_types = NumberTypes(Mixing.REFUSED)
    arguments = (
        *LAYER_START,
        Argument(
            "padding",
            "padding",
            0,
            "crop: one number, one per axis, begin and end of each axis in turn, 'SAME', 'VALID'",
            {Form.INTS: plain, Form.PAIRS: _flatten, Form.WORD: lambda word, rank: word.upper()},
        ),
        Argument("output_padding", "output_padding", 0, "elements appended at the end"),
        Argument("groups", "groups", 1, "independent groups of channels"),
        Argument("dilation", "dilation", 1, "distance between two taps in the output"),
        Argument(
            "output_size",
            "output_size",
            None,
            "in place of output_padding, in the call",
            {Form.INTS: each},
        ),
        Argument("data_format", "data_format", None, "NCHW (default), NHWC", {Form.WORD: plain}),
        Argument("bias_attr", "bias", None, "False: no bias", {Form.FLAG: plain}),
        Argument("bias", "bias", None, "the bias, in a function", {}),
        Argument("api", meaning="'layer' (Conv2DTranspose) or 'functional' (conv2d_transpose)"),
        Argument("weight_attr"),
        Argument("name"),
    )
    arithmetics = tuple(BY_WORDS.values())
    signatures = (*_signatures(1), *_signatures(2), *_signatures(3))
    live = (LiveClass("paddle", _LIVE, _describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, unless data_format puts C last."""
        given, known = arguments.get("data_format"), _FORMATS.get(rank, ())
        if given is not None and given not in known:
            self.refuse(
                "data-format", f"data_format is {shorten(given)}", f"use {' or '.join(known)}."
            )
        return CHANNELS_LAST if given and given[-1] == "C" else CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, as a layer object or a function call."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        layout = self.data_layout(words, rank)
        kernel = self.kernel(words["kernel_size"], "kernel_size", sizes)
        groups = read_count(words["groups"], "groups")
        is_function = words["api"] == "functional"
        same, pads = self._pads(words["padding"], layout, rank)
        requested = words["output_size"]
        # A layer drops its own output_padding if output_size is given in the call.
        if requested is not None and words["output_padding"] != 0 and words["api"] != "layer":
            self.refuse(
                "output-padding",
                "output_padding cannot be used together with output_size",
                "give one of them.",
            )
        dilation = per_axis(words["dilation"], rank, "dilation")
        rows = zip(
            sizes.spatial,
            kernel,
            per_axis(words["stride"], rank, "stride"),
            # 'SAME' resets the dilation; the formula compares it with the written one.
            (1,) * rank if same else dilation,
            dilation,
            per_axis(words["output_padding"], rank, "output_padding"),
            read_sizes(0 if requested is None else requested, rank, "output_size"),
            *pads,
            (layout is CHANNELS_FIRST,) * rank,
            (0 in sizes.batch,) * rank,
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            BY_WORDS[same, requested is not None],
            ("n", "k", "s", "d", "dilation", "op", "size", "begin", "end", "first", "no_batch"),
            rows,
            channels=self.channels(
                CANONICAL_WEIGHT,
                kernel,
                sizes,
                groups,
                given_in=read_optional_count(words["in_channels"], "in_channels"),
                given_out=read_optional_count(words["out_channels"], "out_channels"),
                data=layout,
            ),
            groups=groups,
            has_bias=bool(words["bias"]) if is_function else words["bias_attr"] is not False,
            weight_layout=CANONICAL_WEIGHT,
            data_layout=layout,
        )

    def _pads(self, given: Any, layout: Layout, rank: int) -> tuple[bool, list[tuple[int, ...]]]:
        """Return (whether it is 'SAME', the begins and the ends of all axes)."""
        if isinstance(given, str):
            word = given.upper()
            if word not in ("SAME", "VALID"):
                self.refuse(
                    "padding", f"padding is {shorten(given)}", suggestion(given, ("SAME", "VALID"))
                )
            return word == "SAME", [(0,) * rank] * 2
        listed = isinstance(given, (list, tuple))
        # With two axes both lists have four items; those of the whole tensor are pairs.
        if listed and len(given) == rank + 2 and isinstance(given[0], (list, tuple)):
            given = self._spatial([per_axis(pair, 2, "padding") for pair in given], layout, rank)
        if listed and len(given) == 2 * rank:
            flat = per_axis(given, 2 * rank, "padding")
            return False, [flat[::2], flat[1::2]]
        return False, [per_axis(given, rank, "padding")] * 2

    def _spatial(self, pairs: list[tuple[int, ...]], layout: Layout, rank: int) -> list[int]:
        """Return the pairs of the spatial axes out of those of the whole tensor, in one list."""
        spatial = layout.split(tuple(range(rank + 2)), rank)["*"]
        if any(any(pair) for place, pair in enumerate(pairs) if place not in spatial):
            self.refuse(
                "padding",
                f"padding {pairs} pads batch or channels",
                f"give [0, 0] for both, in the order {layout}.",
            )
        return [size for place in spatial for size in pairs[place]]

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield padding from both crops; a negative end becomes output_padding."""
        begins = [axis.crop_begin for axis in layer.axes]
        ends = [max(0, axis.crop_end) for axis in layer.axes]
        pads = list(chain.from_iterable(zip(begins, ends, strict=True)))
        arguments = {
            "in_channels": layer.in_channels,
            "out_channels": layer.out_channels,
            "kernel_size": list(layer.kernel),
            "stride": [axis.stride for axis in layer.axes],
            "padding": begins if begins == ends else pads,
            "output_padding": [max(0, -axis.crop_end) for axis in layer.axes],
            "groups": layer.groups,
            "dilation": [axis.dilation for axis in layer.axes],
        }
        yield arguments if layer.has_bias else {**arguments, "bias_attr": False}

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: crops that padding and output_padding cannot make."""
        most = compact([axis.stride - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; padding is never negative, and output_padding appends"
            f" {most} at most",
            "crop less in the layer and pad its output.",
        )


DIALECT: Dialect = Paddle()
