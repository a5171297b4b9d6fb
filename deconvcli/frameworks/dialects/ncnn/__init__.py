"""ncnn: output_pad appends without a limit, and a pad of -233 or -234 is the word SAME.

SAME crops only where output_w is given as well, and output_w is ignored beside a pad above 0.
Each axis has its own parameters, which without a value are those of the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from deconvcli.common.values import read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    not_negative,
    positive,
    when_requested,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Writer, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects.ncnn.line import (
    APPENDED,
    BEGINS,
    DILATIONS,
    ENDS,
    KERNELS,
    SAME,
    SIZES,
    STRIDES,
    spread,
    write_line,
    write_pads,
    write_word,
)
from deconvcli.frameworks.releases import NCNN
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_FIRST, Layout

_SOURCE = f"measured with {NCNN}, CPU"
_PADS = "use 0 or more, or -233 (SAME_UPPER) or -234 (SAME_LOWER)."
_IGNORED = f"{NCNN} was seen to accept other negative pads: they crop nothing"
_WEIGHT = Layout(("GO", "I", "*"))

# Numbers besides n, k, s, d: begin and end, op, and size, which is 0 where none is given.
_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel"),
    positive("s", "stride"),
    positive("d", "dilation"),
    not_negative("op", "output_pad"),
    SPAN,
    FULL,
)
_NOTHING = (
    Step("crop_begin", "0", "nothing is cropped"),
    Step("crop_end", "0 - op", "output_pad appends at the end, without a limit"),
    OUT,
    OUTPUT_EXISTS,
)
_UNSIZED_SAME = Limit(
    "out == n*s",
    "ncnn-same-size",
    "without output_w, a pad of -233 or -234 of ncnn crops nothing: the output is {out}, where SAME"
    " of ONNX and TensorFlow gives {n*s}",
    "give output_w and output_h as well, or pads as numbers.",
    finding=True,
    source=_SOURCE,
)
_IGNORED_SIZE = Limit(
    "size == 0 or size == out",
    "ncnn-output-size-ignored",
    "ncnn ignores the output size of {size} beside a pad above 0: the output is {out}",
    "leave it out, or give pads that leave this size.",
    finding=True,
    source=_SOURCE,
)
_SIZED = (
    Step("total", "full + op - size", "the excess over the output size"),
    Limit(
        "total >= 0",
        "output-size",
        "the output size of {size} is larger than the {full + op} that are computed",
        "use {full + op} or less, or a larger output_pad.",
        otherwise=f"{NCNN} was seen to return another size than the one requested",
        source=_SOURCE,
    ),
)
_SIZED_TAIL = (
    Step("crop_end", "total - crop_begin - op", "the other half, less what output_pad appends"),
    OUT,
    *when_requested([OUTPUT_EXISTS]),
)
_UPPER = Step("crop_begin", "total // 2", "-233, SAME_UPPER: the smaller half at the start")
_LOWER = Step("crop_begin", "total - total // 2", "-234, SAME_LOWER: the larger half at the start")

BY_PADS = Arithmetic(
    *_HEAD,
    Step("crop_begin", "begin", "the pad at the start"),
    Step("crop_end", "end - op", "the pad at the end, less what output_pad appends"),
    OUT,
    OUTPUT_EXISTS,
    _IGNORED_SIZE,
)
BY_SAME = Arithmetic(*_HEAD, *_NOTHING, _UNSIZED_SAME)
BY_SIZE = {
    -233: Arithmetic(*_HEAD, *_SIZED, _UPPER, *_SIZED_TAIL),
    -234: Arithmetic(*_HEAD, *_SIZED, _LOWER, *_SIZED_TAIL),
}


def _each(names: Sequence[str]) -> dict[Form, Writer]:
    """Return how one number, or one for each axis, is written."""
    return {Form.INTS: lambda value, rank: spread(names, value)}


def _for_others(names: Sequence[str], role: str, first: str) -> tuple[Argument, ...]:
    """Return the parameters of the other axes, which are left out where all are equal."""
    axes = zip(names, ("", "height", "depth"), strict=True)
    return tuple(
        Argument(name, role, None, f"along the {axis}; None: {first}", {})
        for name, axis in axes
        if axis
    )


class Ncnn(Dialect):
    """Deconvolution and its forms 1D, 3D and DepthWise, by the names of their numbered keys."""

    name = "ncnn"
    title = "ncnn"
    aliases = ("tencentncnn",)
    source = f"{NCNN}: src/layer/deconvolution.cpp, deconvolution1d.cpp, deconvolution3d.cpp"
    evidence = Evidence(f"{NCNN}, CPU", rows=400)
    # One image has no batch axis; the images of a batch run one after the other.
    batch_axes = (0, 1)
    windows = Windows(("valid", "same_upper", "same_lower"), pairs=True, rounds_up=True)
    arguments = (
        Argument("num_output", "out_channels", None, "output channels"),
        Argument("kernel_w", "kernel", None, "kernel size", _each(KERNELS)),
        *_for_others(KERNELS, "kernel", "kernel_w"),
        Argument("stride_w", "stride", 1, "distance between two stamps", _each(STRIDES)),
        *_for_others(STRIDES, "stride", "stride_w"),
        Argument("dilation_w", "dilation", 1, "distance between two taps", _each(DILATIONS)),
        *_for_others(DILATIONS, "dilation", "dilation_w"),
        Argument(
            "pad_left",
            "padding",
            0,
            "crop at the start; -233: SAME_UPPER, -234: SAME_LOWER",
            {
                Form.INTS: lambda value, rank: spread(BEGINS, value),
                Form.PAIRS: write_pads,
                Form.WORD: write_word,
            },
        ),
        Argument("pad_right", "padding", None, "crop at the end; None: as at the start", {}),
        *_for_others(BEGINS, "padding", "pad_left"),
        *(
            Argument(end, "padding", None, f"None: {begin}", {})
            for end, begin in zip(ENDS[1:], BEGINS[1:], strict=True)
        ),
        Argument("output_pad_right", "output_padding", 0, "appended", _each(APPENDED)),
        *_for_others(APPENDED, "output_padding", "output_pad_right"),
        Argument("output_w", "output_size", None, "requested size, for SAME", _each(SIZES)),
        *_for_others(SIZES, "output_size", "output_w"),
        Argument("group", "groups", 1, "independent groups of channels"),
        Argument("bias_term", "bias", 0, "one number added per channel", {Form.FLAG: plain}),
        *(Argument(name) for name in ("weight_data_size", "activation_type", "activation_params")),
    )
    arithmetics = (BY_PADS, BY_SAME, *BY_SIZE.values())
    # Its layers are lines of numbered keys, which the reader of pasted calls does not parse.
    signatures = ()

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, always."""
        return CHANNELS_FIRST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return output channels before input channels, in the order of the model's file."""
        return _WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as the CPU computes it."""
        words = self.values(spelling)
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        self._check_axes_of(spelling, rank)
        kernel = self._kernel(words, sizes)
        groups = read_count(words["group"], "group")
        begin, end = self._pads(words, rank)
        size = self._output_size(words, rank)
        rows = zip(
            sizes.spatial,
            kernel,
            _take(words, STRIDES, rank),
            _take(words, DILATIONS, rank),
            begin,
            end,
            _take(words, APPENDED, rank),
            size,
            strict=True,
        )
        return self.build_reading(
            spelling,
            sizes,
            self._arithmetic((*begin, *end), size),
            ("n", "k", "s", "d", "begin", "end", "op", "size"),
            rows,
            channels=self.channels(
                _WEIGHT,
                kernel,
                sizes,
                groups,
                given_out=read_optional_count(words["num_output"], "num_output"),
            ),
            groups=groups,
            has_bias=bool(words["bias_term"]),
            weight_layout=_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )

    def _check_axes_of(self, spelling: Spelling, rank: int) -> None:
        """Refuse a parameter of an axis that the layer does not have."""
        roles = (KERNELS, STRIDES, DILATIONS, BEGINS, ENDS, APPENDED, SIZES)
        for name in (name for names in roles for name in names[rank:]):
            if spelling.arguments.get(name) is not None:
                self.refuse(
                    name.replace("_", "-"),
                    f"{name} is for more axes than the {rank} of this layer",
                    "leave it out.",
                )

    def _kernel(self, words: Mapping[str, Any], sizes: Sizes) -> tuple[int, ...]:
        rank = len(sizes.spatial)
        given = None
        if any(words[name] is not None for name in KERNELS):
            given = list(_take(words, KERNELS, rank))
        return self.kernel(given, "kernel_w", sizes)

    def _pads(self, words: Mapping[str, Any], rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the pads at the start and at the end of each axis."""
        for name in (*BEGINS, *ENDS):
            if isinstance(words[name], str):
                self.refuse("padding", f"{name} is {shorten(words[name])}", _PADS)
        begin = _take(words, BEGINS, rank)
        own = [words[name] for name in ENDS[:rank]][::-1]
        end = tuple(
            first if last is None else read_count(last, name)
            for first, last, name in zip(begin, own, ENDS[:rank][::-1], strict=True)
        )
        for pad in {*begin, *end}:
            if pad < 0 and pad not in SAME.values():
                self.refuse("padding", f"a pad is {pad}", _PADS, _IGNORED)
        if min(*begin, *end) < 0 < max(*begin, *end):
            self.refuse(
                "padding",
                "one pad is -233 or -234 and another is above 0",
                "use one of the two for every pad.",
                f"{NCNN} was seen to read -233 as a number, and to return a larger output",
            )
        return begin, end

    def _output_size(self, words: Mapping[str, Any], rank: int) -> tuple[Size, ...]:
        """Return the requested sizes; all are 0 where one is not given, as ncnn ignores them."""
        given = [words[name] for name in SIZES[:rank]][::-1]
        if given[-1] is None:
            given[-1] = 0
        sizes = read_sizes([given[-1] if one is None else one for one in given], rank, "output_w")
        return sizes if all(sizes) else (0,) * rank

    def _arithmetic(self, pads: Sequence[int], size: Sequence[Size]) -> Arithmetic:
        if any(pad > 0 for pad in pads):
            return BY_PADS
        # One pad of -233 is enough for all, and it comes before one of -234.
        word = next((word for word in SAME.values() if word in pads), None)
        if word is None and any(size):
            self.refuse(
                "output-size",
                "output_w is given without a pad of -233 or -234, which ncnn fails to compute",
                "leave it out, or give one of these pads.",
            )
        if word is None:
            return BY_PADS
        return BY_SIZE[word] if any(size) else BY_SAME

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the layer's line in a .param file."""
        layer = reading.layer
        size = prod(layer.weight_shape(_WEIGHT))
        return write_line(len(layer.axes), layer.groups, {**named, "weight_data_size": str(size)})

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield pads as numbers; a negative end becomes output_pad."""
        pairs = tuple((axis.crop_begin, max(axis.crop_end, 0)) for axis in layer.axes)
        yield {
            "num_output": layer.out_channels,
            **spread(KERNELS, layer.kernel),
            **spread(STRIDES, [axis.stride for axis in layer.axes]),
            **spread(DILATIONS, [axis.dilation for axis in layer.axes]),
            **write_pads(pairs, len(pairs)),
            **spread(APPENDED, [max(-axis.crop_end, 0) for axis in layer.axes]),
            "group": layer.groups,
            "bias_term": int(layer.has_bias),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a start that is not cropped but extended."""
        return (
            f"{self.describe_crop(layer)}; a pad of ncnn is never negative, and output_pad appends"
            " at the end only",
            "add a Padding layer after it.",
        )


def _take(words: Mapping[str, Any], names: Sequence[str], rank: int) -> tuple[int, ...]:
    """Return the number of each spatial axis; one that is not given is that of the width."""
    width = words[names[0]]
    given = [width if words[name] is None else words[name] for name in names[:rank]]
    return tuple(read_count(value, name) for value, name in zip(given, names[:rank], strict=True))[
        ::-1
    ]


DIALECT: Dialect = Ncnn()
