"""Keras 3: two words, `valid` and `same`, and an `output_padding` whose None means automatic.

`same` crops the smaller half at the start, so an odd crop takes its extra element at the end.
With `same`, a given output_padding moves the start of the crop as well. No groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, ClassVar

from deconvcli.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.dialect import Dialect, no_words
from deconvcli.errors import DeconvError
from deconvcli.layers import Layer, Reading, Sizes, Spelling, numbers
from deconvcli.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.limits import EMPTY_OUTPUT, INPUT_EXISTS, not_negative, positive
from deconvcli.parameters import Argument, Form, Signature, plain
from deconvcli.shelf import suggestion
from deconvcli.values import maybe_count, per_axis, shorten

WEIGHT = Layout(("*", "O", "GI"))

_HEAD = (
    INPUT_EXISTS,
    positive("k", "kernel_size"),
    positive("s", "strides"),
    positive("d", "dilation_rate"),
    SPAN,
    FULL,
)
_LAYER_ONLY = (
    not_negative("op", "output_padding"),
    Limit(
        "op < s",
        "output-padding",
        "output_padding {op} is not smaller than strides {s}",
        "use {s - 1} or less: output_padding appends at the end and only chooses among the sizes"
        " that one forward convolution maps to the same {n}. None chooses by itself.",
    ),
)
_TENSORFLOW_SOURCE = (
    "measured with Keras 3.15.1 on TensorFlow 2.21.0, whose input-gradient kernel checks the"
    " size; tensorflow/core/kernels/conv_grad_shape_utils.cc"
)


def _tensorflow_takes(smallest: str, largest: str) -> Limit:
    return Limit(
        f"out == 0 or {smallest} <= out <= {largest}",
        "keras-tensorflow-size",
        "the TensorFlow backend aborts on this layer at run time: it takes an output of"
        f" {{{smallest}}} to {{{largest}}} here, although compute_output_shape says {{out}}",
        "leave output_padding out, or run the model on the torch or jax backend.",
        only=("tensorflow",),
        source=_TENSORFLOW_SOURCE,
    )


_VALID = (
    Step("crop_begin", "0", "valid crops nothing"),
    Step("crop_end", "full - out", "a negative crop appends"),
)
_SAME = (
    Step("total", "max(full - out, 0)", "what is too much"),
    Step("crop_begin", "total // 2", "the smaller half goes at the start"),
    Step("crop_end", "full - out - crop_begin", "the rest at the end"),
)
_VALID_GIVEN = (
    Step("out", "full + op", "output_padding appends at the end"),
    *_VALID,
    _tensorflow_takes("full", "full + s - 1"),
)
_SAME_GIVEN = (
    Step("out", "(n - 1)*s + span % 2 + op", "same with output_padding given"),
    *_SAME,
    EMPTY_OUTPUT,
    _tensorflow_takes("(n - 1)*s + 1", "n*s"),
)

# By (word, whether output_padding is given, entry point).
_AUTOMATIC = {
    "valid": Arithmetic(
        *_HEAD,
        Step("out", "n*s + max(span - s, 0)", "valid, output_padding automatic"),
        *_VALID,
    ),
    "same": Arithmetic(
        *_HEAD, Step("out", "n*s", "same, output_padding automatic: exactly n*s"), *_SAME
    ),
}
_GIVEN = {
    ("valid", "layer"): Arithmetic(*_HEAD, *_LAYER_ONLY, *_VALID_GIVEN),
    ("same", "layer"): Arithmetic(*_HEAD, *_LAYER_ONLY, *_SAME_GIVEN),
    ("valid", "ops"): Arithmetic(*_HEAD, *_VALID_GIVEN),
    ("same", "ops"): Arithmetic(*_HEAD, *_SAME_GIVEN),
}

_LAYER = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
    "activation",
    "use_bias",
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)
_OPS = (
    "inputs",
    "kernel",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
)


def _layer_signature(rank: int) -> Signature:
    names = (f"Conv{rank}DTranspose", f"Convolution{rank}DTranspose")
    homes = ("keras.layers", "tf.keras.layers", "tensorflow.keras.layers")
    return Signature(tuple(f"{home}.{name}" for name in names for home in homes), _LAYER, rank)


class Keras(Dialect):
    """keras.layers.Conv{1,2,3}DTranspose and keras.ops.conv_transpose."""

    name = "keras"
    title = "Keras 3"
    source = (
        "Keras 3.15.1: src/backend/common/backend_utils.py,"
        " src/layers/convolutional/base_conv_transpose.py"
    )
    verified = "measured with Keras 3.15.1 on three backends"
    implementations: ClassVar[Mapping[str, str]] = {
        "tensorflow": "measured with Keras 3.15.1 on TensorFlow 2.21.0, oneDNN on",
        "torch": "measured with Keras 3.15.1 on torch 2.13.0",
        "jax": "measured with Keras 3.15.1 on JAX 0.10.2",
    }
    arguments = (
        Argument("filters", "out_channels", None, "output channels"),
        Argument("kernel_size", "kernel", None, "kernel size"),
        Argument("strides", "stride", 1, "distance of two stamps in the output"),
        Argument("padding", "padding", "valid", "'valid' or 'same'", {Form.WORD: plain}),
        Argument("output_padding", "output_padding", None, "appended at the end; None: automatic"),
        Argument(
            "data_format",
            "data_format",
            None,
            "'channels_last' (the default) or 'channels_first'",
            {Form.WORD: plain},
        ),
        Argument("dilation_rate", "dilation", 1, "distance of two taps in the output"),
        Argument("use_bias", "bias", True, "one number added per filter", {Form.FLAG: plain}),
        Argument("api", meaning="'layer' (Conv2DTranspose) or 'ops' (keras.ops.conv_transpose)"),
        *(Argument(name) for name in _LAYER if name not in _LAYER[:7] and name != "use_bias"),
        *(Argument(name) for name in ("name", "dtype", "trainable", "autocast", "input_shape")),
    )
    signatures = (
        *(_layer_signature(rank) for rank in (1, 2, 3)),
        Signature(("keras.ops.conv_transpose",), _OPS, None, {"api": "ops"}, "inputs", "kernel"),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Channels last unless data_format says otherwise."""
        given = arguments.get("data_format")
        if given not in (None, "channels_last", "channels_first"):
            self.refuse(
                "data-format",
                f"data_format is {shorten(given)}",
                "use 'channels_last' or 'channels_first'.",
            )
        return CHANNELS_FIRST if given == "channels_first" else CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Spatial axes, filters, input channels."""
        return WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer, as a layer object or through keras.ops."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        api = "ops" if words["api"] == "ops" else "layer"
        word = self._word(words["padding"])
        kernel = self.kernel(words["kernel_size"], "kernel_size", sizes)
        strides = per_axis(words["strides"], rank, "strides")
        dilation = per_axis(words["dilation_rate"], rank, "dilation_rate")
        if api == "layer" and max(strides) > 1 and max(dilation) > 1:
            self.refuse(
                "stride-and-dilation",
                f"strides {list(strides)} and dilation_rate {list(dilation)} both exceed 1",
                "keep one of them at 1, or use keras.ops.conv_transpose, which takes both.",
            )
        given = words["output_padding"]
        arithmetic = _AUTOMATIC[word] if given is None else _GIVEN[word, api]
        columns = [sizes.spatial, kernel, strides, dilation]
        if given is not None:
            columns.append(per_axis(given, rank, "output_padding"))
        return self.reading(
            spelling,
            sizes,
            arithmetic,
            ("n", "k", "s", "d", "op")[: len(columns)],
            zip(*columns, strict=True),
            channels=self.channels(
                WEIGHT, kernel, sizes, 1, given_out=maybe_count(words["filters"], "filters")
            ),
            has_bias=api == "layer" and words["use_bias"] is True,
            weight_layout=WEIGHT,
            data_layout=self.data_layout(words, rank),
        )

    def _word(self, given: Any) -> str:
        word = given.lower() if isinstance(given, str) else given
        if word not in ("valid", "same"):
            self.refuse(
                "padding",
                f"padding is {shorten(given)}",
                suggestion(str(given), ("valid", "same")),
            )
        return str(word)

    def spell(self, layer: Layer, sizes: Sizes) -> Spelling:
        """The first of the few wordings that a layer object takes and that means this layer."""
        if layer.groups > 1:
            raise no_words(
                self.name,
                f"it has {layer.groups} groups and Keras has none",
                "use one layer per group and concatenate.",
            )
        for word, more in product(("valid", "same"), self._output_paddings(layer)):
            arguments = {
                "filters": layer.out_channels,
                "kernel_size": list(layer.kernel),
                "strides": [axis.stride for axis in layer.axes],
                "padding": word,
                "output_padding": more,
                "dilation_rate": [axis.dilation for axis in layer.axes],
                "use_bias": layer.has_bias,
            }
            spelling = Spelling(self.name, arguments)
            try:
                if self.read(spelling, self.sizes_for(layer, sizes)).layer == layer:
                    return spelling
            except DeconvError:
                continue
        raise no_words(self.name, self._why_not(layer), "take the nearest words and slice.")

    @staticmethod
    def _output_paddings(layer: Layer) -> list[list[int] | None]:
        """None, and for each word the one value per axis that could give this crop."""
        lost = [axis.crop_begin + axis.crop_end for axis in layer.axes]
        even = [axis.span - axis.span % 2 for axis in layer.axes]
        same = [most - crop for most, crop in zip(even, lost, strict=True)]
        return [None, *(numbers(ops) for ops in ([-crop for crop in lost], same))]

    @staticmethod
    def _why_not(layer: Layer) -> str:
        crops = ", ".join(f"{axis.crop_begin}:{axis.crop_end}" for axis in layer.axes)
        return (
            f"it crops {crops} (begin:end); valid crops nothing at the start and same the smaller"
            " half of what exceeds the output size"
        )


DIALECT: Dialect = Keras()
