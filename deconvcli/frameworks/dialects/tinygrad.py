"""tinygrad: any number of axes, padding and output_padding without a limit, even negative.

A padding of two numbers per axis starts with the last axis: (left, right, top, bottom). A stride
of 0 means 1 where no stride exceeds 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, ClassVar

from deconvcli.common.values import per_axis, read_count
from deconvcli.frameworks.dialect import ANY_AXES, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
    positive,
)
from deconvcli.frameworks.dialect.live import LiveClass, LiveLayer, find_shape, read_values
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each_pair, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.releases import TINYGRAD
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_SOURCE = f"measured with {TINYGRAD}"

# Numbers besides n, k, s, d: begin, end, op, and stride (as written).
ARITHMETIC = Arithmetic(
    INPUT_EXISTS,
    positive("k", "weight's spatial size"),
    positive("s", "stride"),
    not_negative("d", "dilation"),
    SPAN,
    FULL,
    Step("crop_begin", "begin", "padding crops the start"),
    Step("crop_end", "end - op", "and the end, where output_padding appends"),
    OUT,
    OUTPUT_EXISTS,
    Limit(
        # A crop beyond span - 1 shrinks the dilated input, which has (n - 1)*s + 1 elements.
        "(n - 1)*s + 1 >= max(crop_begin - span + 1, 0) + max(crop_end - span + 1, 0)",
        "padding",
        "padding of {begin} at the start and {end} at the end reaches past all inputs",
        "crop less, and pad the output afterwards.",
    ),
    STACKED_TAPS,
    Limit(
        "stride == s",
        "tinygrad-stride-zero",
        "stride {stride} is taken as {s} without an error",
        "write stride {s}.",
        finding=True,
        source=_SOURCE,
    ),
)


def _last_axis_first(pairs: tuple[tuple[Any, Any], ...], rank: int) -> list[int]:
    spread = each_pair(pairs, rank)
    return list(chain.from_iterable(reversed(spread)))


def _describe(layer: Any) -> LiveLayer:
    """Return the parameters of a layer object."""
    names = ("groups", "stride", "dilation", "padding", "output_padding")
    words = read_values(layer, {name: name for name in names})
    words["bias"] = True if layer.bias is not None else None
    # By the kernel, since ConvTranspose1d makes an object of the same class.
    return LiveLayer(words, len(layer.kernel_size), find_shape(layer.weight))


class Tinygrad(Dialect):
    """tinygrad.Tensor.conv_transpose2d, for any number of spatial axes."""

    name = "tinygrad"
    title = "tinygrad"
    aliases = ("tinygrad.nn",)
    source = f"{TINYGRAD}: tinygrad/mixin/op.py, conv_transpose2d"
    empty = f"{TINYGRAD} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{TINYGRAD}, DEV=PYTHON", rows=400)
    spatial_axes = range(1, ANY_AXES)
    modules: ClassVar[Mapping[str, str]] = {"tinygrad.Tensor": "x"}
    forward = "Tensor.conv2d"
    windows = Windows(pairs=True, rounds_up=True)
    number_types = NumberTypes(
        Mixing.PROMOTED, ("int32", "int64"), "it adds smaller integers up in 32 bits"
    )
    arguments = (
        Argument("groups", "groups", 1, "independent groups of channels"),
        Argument("stride", "stride", 1, "distance between two stamps in the output"),
        Argument("dilation", "dilation", 1, "distance between two taps in the output"),
        Argument(
            "padding",
            "padding",
            0,
            "crop: one number, one per axis, or begin and end of each axis, the last axis first",
            {Form.INTS: plain, Form.PAIRS: _last_axis_first},
        ),
        Argument("output_padding", "output_padding", 0, "elements appended at the end"),
        Argument("bias", "bias", None, "one number added per output channel", {Form.FLAG: plain}),
    )
    arithmetics = (ARITHMETIC,)
    signatures = (
        Signature(
            ("tinygrad.Tensor.conv_transpose2d",),
            (
                "self",
                "weight",
                "bias",
                "groups",
                "stride",
                "dilation",
                "padding",
                "output_padding",
            ),
            data="self",
            weight="weight",
        ),
    )
    live = (LiveClass("tinygrad", "ConvTranspose2d", _describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, always."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer that this call computes."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        if sizes.weight is None:
            self.refuse("weight", "the weight's shape is not known", "give the weights' shape.")
        strides = per_axis(words["stride"], rank, "stride")
        groups = read_count(words["groups"], "groups")
        rows = zip(
            sizes.spatial,
            sizes.weight[2:],
            strides,
            # Zeros are inserted between the inputs only if some stride exceeds 1.
            strides if max(strides) > 1 else (1,) * rank,
            per_axis(words["dilation"], rank, "dilation"),
            *self._pads(words["padding"], rank),
            per_axis(words["output_padding"], rank, "output_padding"),
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            ARITHMETIC,
            ("n", "k", "stride", "s", "d", "begin", "end", "op"),
            rows,
            channels=self.channels(CANONICAL_WEIGHT, sizes.weight[2:], sizes, groups),
            groups=groups,
            has_bias=bool(words["bias"]),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )

    @staticmethod
    def _pads(given: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return (begins, ends) of the axes in their own order."""
        if isinstance(given, (list, tuple)) and len(given) == 2 * rank:
            flat = per_axis(given, 2 * rank, "padding")
            return flat[::2][::-1], flat[1::2][::-1]
        both = per_axis(given, rank, "padding")
        return both, both

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield both crops as padding, which may be negative."""
        pairs = tuple((axis.crop_begin, axis.crop_end) for axis in layer.axes)
        begins = [begin for begin, _ in pairs]
        alike = all(begin == end for begin, end in pairs)
        yield {
            "groups": layer.groups,
            "stride": [axis.stride for axis in layer.axes],
            "dilation": [axis.dilation for axis in layer.axes],
            "padding": begins if alike else _last_axis_first(pairs, len(pairs)),
            **({"bias": True} if layer.has_bias else {}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a crop that leaves nothing of the input to convolve."""
        return (
            f"{self.describe_crop(layer)}, which reaches past all inputs",
            "crop less, and slice or pad the output afterwards.",
        )


DIALECT: Dialect = Tinygrad()
