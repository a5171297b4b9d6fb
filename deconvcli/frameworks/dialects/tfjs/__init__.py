"""TensorFlow.js: Keras 2's `valid` and `same` in JavaScript, where a dilation is silently dropped.

The functions tf.conv2dTranspose and tf.conv3dTranspose take the output's shape, which they do not
check, and as pad a word, one number, or in 2-D [begin, end] for each axis of the tensor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_optional_count, shorten
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.dialects.tfjs.formulas import EXPLICIT, FUNCTION, LAYER, SOURCE
from deconvcli.frameworks.releases import TFJS
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling, write_value
from deconvcli.layers.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout

_WEIGHT = Layout(("*", "O", "GI"))
_UNEVEN = Diagnostic(
    "tfjs-number-pad",
    Severity.WARNING,
    "with a number as pad, TensorFlow.js takes height's kernel and stride for the width too, and"
    " was seen to compute wrong values where they differ",
    "write pad as [[0, 0], [begin, end], [begin, end], [0, 0]].",
    SOURCE,
    differs=True,
)
_WASM = Diagnostic(
    "tfjs-wasm-3d",
    Severity.WARNING,
    "the wasm backend of TensorFlow.js computes wrong values with three axes, in most layers",
    "use the cpu or webgl backend for a layer of three axes.",
    f"measured with {TFJS}, wasm backend",
    differs=True,
)
_LAYER = ("filters", "kernelSize", "strides", "padding", "dataFormat", "dilationRate", "useBias")
# The words of Keras, under which people know these parameters.
_CAMEL = {
    "kernel_size": "kernelSize",
    "dilation_rate": "dilationRate",
    "data_format": "dataFormat",
    "use_bias": "useBias",
    "output_shape": "outputShape",
}


def _pad_tensor(pairs: tuple[tuple[int, int], ...], rank: int) -> list[list[int]]:
    spread = list(pairs) * (rank if len(pairs) == 1 else 1)
    return [[0, 0], *map(list, spread), [0, 0]]


class TensorFlowJs(Dialect):
    """tf.layers.conv{2,3}dTranspose, and tf.conv{2,3}dTranspose."""

    name = "tfjs"
    title = "TensorFlow.js"
    aliases = ("tensorflowjs", "tensorflow.js", "tf.layers")
    spatial_axes = (2, 3)
    groups = False
    source = f"{TFJS}: tfjs-layers/dist/layers/convolutional.js, tfjs-core/dist/ops/conv_util.js"
    evidence = Evidence(f"{TFJS}, cpu backend", rows=400)
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "wasm": Evidence(f"{TFJS}, wasm backend", rows=400)
    }
    accidents: ClassVar[Accidents] = {"": (_UNEVEN,), "wasm": (_WASM,)}
    requests_tensor = True
    brackets = "[]"
    names_first = True
    forward = "conv{rank}d"
    windows = XLA_WINDOWS
    arguments = (
        Argument("filters", "out_channels", None, "output channels"),
        Argument("kernelSize", "kernel", None, "kernel size"),
        Argument("strides", "stride", 1, "distance between two stamps in the output"),
        Argument("padding", "padding", "valid", "'valid' or 'same'", {Form.WORD: plain}),
        Argument(
            "dataFormat",
            "data_format",
            None,
            "'channelsLast' (the default) or 'channelsFirst'",
            {Form.WORD: lambda word, rank: word.replace("_f", "F").replace("_l", "L")},
        ),
        Argument("dilationRate", "dilation", 1, "ignored"),
        Argument("useBias", "bias", True, "one number added per filter", {Form.FLAG: plain}),
        Argument(
            "outputShape",
            "output_size",
            None,
            "the output's shape, in functions",
            {Form.INTS: each},
        ),
        Argument(
            "pad",
            "padding",
            None,
            "padding, in functions",
            {Form.WORD: plain, Form.PAIRS: _pad_tensor},
        ),
        *(Argument(name) for name in ("activation", "kernelInitializer", "biasInitializer")),
        *(Argument(name) for name in ("name", "inputShape", "dimRoundingMode")),
        Argument("api", meaning="'layer' (tf.layers.conv2dTranspose) or 'op' (tf.conv2dTranspose)"),
    )
    arithmetics = (*LAYER.values(), *FUNCTION.values(), EXPLICIT)
    signatures = (
        *(
            Signature((f"tf.layers.conv{rank}dTranspose",), _LAYER, rank, {"api": "layer"})
            for rank in (2, 3)
        ),
        *(
            Signature(
                (f"tf.conv{rank}dTranspose",),
                ("x", "filter", "outputShape", "strides", "pad"),
                rank,
                {"api": "op"},
                "x",
                "filter",
                needs=("outputShape", "strides", "pad"),
            )
            for rank in (2, 3)
        ),
    )

    def complete(self, words: Mapping[str, Any], rank: int) -> dict[str, Any]:
        """Return the parameters of options; with an output size, they are a function's."""
        found = super().complete(words, rank)
        if found.get("outputShape") is None:
            return found
        pad = found.pop("padding", "valid")
        return {"pad": pad, **found, "api": "op"}

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, unless dataFormat is channelsFirst."""
        given = arguments.get("dataFormat", arguments.get("data_format"))
        word = given.replace("_f", "F").replace("_l", "L") if isinstance(given, str) else given
        if word not in (None, "channelsLast", "channelsFirst"):
            self.refuse(
                "data-format",
                f"dataFormat is {shorten(given)}",
                "use 'channelsLast' or 'channelsFirst'.",
            )
        if word == "channelsFirst" and arguments.get("api") == "op":
            self.refuse("data-format", "its functions take channels last", "leave dataFormat out.")
        return CHANNELS_FIRST if word == "channelsFirst" else CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return spatial axes, filters, input channels."""
        return _WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as tf.layers or a function computes it."""
        arguments = {_CAMEL.get(name, name): given for name, given in spelling.arguments.items()}
        words = self.values(spelling._replace(arguments=arguments))
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        is_function = words["api"] == "op" or words["outputShape"] is not None
        kernel = self.kernel(words["kernelSize"], "kernelSize", sizes)
        strides = per_axis(words["strides"], rank, "strides")
        dilation = per_axis(words["dilationRate"], rank, "dilationRate")
        pad = words["padding"] if words["pad"] is None else words["pad"]
        names: tuple[str, ...] = ("n", "k", "s", "d", "dilation")
        columns: list[Sequence[Any]] = [sizes.spatial, kernel, strides, (1,) * rank, dilation]
        if is_function:
            names, columns = (*names, "size"), [*columns, self._read_size(words, sizes)]
        if isinstance(pad, str) or not is_function:
            table = FUNCTION if is_function else LAYER
            arithmetic = table[self._word(pad), rank == 3]
        else:
            ends = self._read_pads(pad, rank)
            arithmetic, names = EXPLICIT, (*names, "begin", "end")
            columns += [[begin for begin, _ in ends], [end for _, end in ends]]
        reading = self.build_reading(
            spelling,
            sizes,
            arithmetic,
            names,
            zip(*columns, strict=True),
            channels=self.channels(
                _WEIGHT,
                kernel,
                sizes,
                1,
                given_out=read_optional_count(words["filters"], "filters"),
                data=self.data_layout(words, rank),
            ),
            # A function has none, but a network may add one that it is given.
            has_bias=words["useBias"] is True and (not is_function or "useBias" in arguments),
            weight_layout=_WEIGHT,
            data_layout=self.data_layout(words, rank),
        )
        notes = []
        if type(pad) is int and rank == 2 and not (_is_even(kernel) and _is_even(strides)):
            notes.append(_UNEVEN)
        if spelling.implementation == "wasm" and rank == 3:
            notes.append(_WASM)
        return reading._replace(findings=(*reading.findings, *notes)) if notes else reading

    def _word(self, given: Any) -> str:
        word = given.lower() if isinstance(given, str) else given
        if word not in ("valid", "same"):
            self.refuse(
                "padding",
                f"padding is {shorten(given)}",
                suggestion(str(given), ("valid", "same")),
            )
        return str(word)

    def _read_size(self, words: Mapping[str, Any], sizes: Sizes) -> tuple[Size, ...]:
        """Return the spatial sizes of outputShape: all of the tensor's, or these alone."""
        given, rank = words["outputShape"], len(sizes.spatial)
        if given is None:
            self.refuse("output-size", "outputShape is not given", "give the output's shape.")
        if isinstance(given, (list, tuple)) and len(given) == rank + 2:
            return read_sizes(list(given)[1:-1], rank, "outputShape")
        return read_sizes(given, rank, "outputShape")

    def _read_pads(self, pad: Any, rank: int) -> list[tuple[int, int]]:
        """Return begin and end of every axis, from a number or from pairs of the tensor's axes."""
        if type(pad) is int:
            return [(pad, pad)] * rank
        pairs = [tuple(pair) if isinstance(pair, (list, tuple)) else () for pair in pad]
        ends = [pair for pair in pairs if len(pair) == 2 and all(type(one) is int for one in pair)]
        if rank == 3 or len(ends) != len(pairs) or len(pairs) != 4:
            self.refuse(
                "padding",
                f"pad is {shorten(pad)}",
                "use 'valid', 'same', a number or, in 2-D, [[0, 0], [begin, end], [begin, end],"
                " [0, 0]].",
            )
        return [(begin, end) for begin, end in ends[1:-1]]

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the call in JavaScript: a layer takes an object, a function takes its values."""
        if name.startswith("tf.layers."):
            # JavaScript writes flags in lower case.
            words = {own: {"False": "false"}.get(value, value) for own, value in named.items()}
            fields = ", ".join(f"{own}: {value}" for own, value in words.items())
            return f"{name}({{{fields}}})"
        given, strides = reading.spelling.arguments, named.get("strides", "1")
        pad = named.get("pad", write_value(given.get("padding", "valid"), "[]", '"'))
        tensors = named.get("x", "x"), named.get("filter", "w")
        return f"{name}({', '.join([*tensors, named['outputShape'], strides, pad])})"

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield layers by both words, then functions by word and by pairs."""
        strides = [axis.stride for axis in layer.axes]
        words = {
            "filters": layer.out_channels,
            "kernelSize": list(layer.kernel),
            "strides": strides,
            "useBias": layer.has_bias,
        }
        yield words | {"padding": "valid"}
        yield words | {"padding": "same"}
        shape = [*sizes.batch, *layer.output_sizes(sizes.spatial), layer.out_channels]
        function: dict[str, Any] = {"api": "op", "outputShape": shape, "strides": strides}
        yield function | {"pad": "valid"}
        yield function | {"pad": "same"}
        if len(layer.axes) == 2:
            ends = [[max(0, axis.crop_begin), max(0, axis.crop_end)] for axis in layer.axes]
            yield function | {"pad": [[0, 0], *ends, [0, 0]]}

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: one axis, a dilation, or a crop that no pad gives."""
        if len(layer.axes) not in self.spatial_axes:
            return "TensorFlow.js has layers of two and three axes", "give a second axis of size 1."
        if any(axis.dilation > 1 for axis in layer.axes):
            return "TensorFlow.js ignores dilations", "write the zeros into the kernel."
        return (
            f"{self.describe_crop(layer)}; no word or pad of TensorFlow.js gives it",
            "use the nearest parameters and slice the output.",
        )


def _is_even(numbers: Sequence[int]) -> bool:
    """Return whether all axes have the same number."""
    return len(set(numbers)) == 1


DIALECT: Dialect = TensorFlowJs()
