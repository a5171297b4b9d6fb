"""Rules that Keras 2 and 3 share: `valid`, `same`, and `output_padding`, where None is automatic.

`same` crops the smaller half at the start, so an odd crop takes its extra element at the end.
With `same`, an explicit output_padding also moves the start of the crop. There are no groups.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, ClassVar, TypeAlias

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_optional_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.limits import EMPTY_OUTPUT, INPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.dialect.live import (
    LiveLayer,
    find_rank,
    find_shape,
    list_classes,
    to_plain,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, plain
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling, require_numbers
from deconvcli.layers.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

Names: TypeAlias = tuple[str, ...]
Rows: TypeAlias = Iterable[tuple[Any, ...]]

WEIGHT = Layout(("*", "O", "GI"))

# Named, since keras.ops leaves the last two to its backends.
KERNEL, STRIDES = positive("k", "kernel_size"), positive("s", "strides")
DILATION = positive("d", "dilation_rate")
HEAD = (INPUT_EXISTS, KERNEL, STRIDES, DILATION, SPAN, FULL)
# keras.ops.conv_transpose checks neither of these.
LAYER_ONLY = (
    not_negative("op", "output_padding"),
    Limit(
        "op < s",
        "output-padding",
        "output_padding {op} is not smaller than strides {s}",
        "use {s - 1} or less: output_padding appends at the end and only chooses among the sizes"
        " that one forward convolution maps to the same {n}. None chooses automatically.",
    ),
)
_VALID = (
    Step("crop_begin", "0", "valid crops nothing"),
    Step("crop_end", "full - out", "a negative crop appends"),
)
_SAME = (
    Step("total", "max(full - out, 0)", "the excess over the output size"),
    Step("crop_begin", "total // 2", "the smaller half goes at the start"),
    Step("crop_end", "full - out - crop_begin", "the remainder at the end"),
)
STRIDE_OR_DILATION = Limit(
    # Over all axes together: a stride on one and a dilation on another are refused too.
    "max(s) <= 1 or max(d) <= 1",
    "stride-and-dilation",
    "strides {s} and dilation_rate {d} both exceed 1",
    "keep one of them at 1, or use keras.ops.conv_transpose, which takes both.",
)
# As deconv_output_length of Keras 2 and _get_output_shape_given_tf_padding of Keras 3.
AUTOMATIC = {
    "valid": (
        Step("out", "n*s + max(span - s, 0)", "valid, output_padding automatic"),
        *_VALID,
    ),
    "same": (Step("out", "n*s", "same, output_padding automatic: exactly n*s"), *_SAME),
}
CROP = {"valid": _VALID, "same": (*_SAME, EMPTY_OUTPUT)}
VALID_GIVEN = Step("out", "full + op", "output_padding appends at the end")
# Keras crops span // 2 at both ends first; span - 2*(span // 2) is what remains.
SAME_GIVEN = Step("out", "(n - 1)*s + span % 2 + op", "same with output_padding given")
GIVEN = {"valid": (VALID_GIVEN, *CROP["valid"]), "same": (SAME_GIVEN, *CROP["same"])}

_GEOMETRY = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
)
_LAYER = (
    *_GEOMETRY,
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


def layer_signatures(*homes: str) -> tuple[Signature, ...]:
    """Return the calls of the layers with 1, 2 and 3 axes, under both names in each module."""
    return tuple(
        Signature(
            tuple(
                f"{home}.{name}{rank}DTranspose"
                for name in ("Conv", "Convolution")
                for home in homes
            ),
            _LAYER,
            rank,
        )
        for rank in (1, 2, 3)
    )


LIVE = "Conv([123])DTranspose"


def describe_layer(layer: Any) -> LiveLayer:
    """Return the parameters of a layer object, by its attributes or else by its config."""
    config = layer.get_config() if callable(getattr(layer, "get_config", None)) else {}
    names = (*_GEOMETRY, "use_bias")
    found = {name: getattr(layer, name, config.get(name)) for name in names}
    # An unbuilt layer has no kernel: some versions raise, others say None.
    weight = find_shape(getattr(layer, "kernel", None))
    words = {name: to_plain(value) for name, value in found.items()}
    return LiveLayer(words, find_rank(layer, LIVE), weight)


def is_second_generation(layer: Any) -> bool:
    """Return whether it is Keras 2's: there the transposed layer is a child of the forward one."""
    names = {name for _, name in list_classes(layer)}
    return not names.isdisjoint({"Conv1D", "Conv2D", "Conv3D"})


class KerasLayer(Dialect):
    """Conv{1,2,3}DTranspose of any Keras; a subclass holds what differs in its generation."""

    groups = False
    together: ClassVar[tuple[Limit, ...]] = (STRIDE_OR_DILATION,)
    forward = "Conv{rank}D"
    windows = XLA_WINDOWS._replace(words=("valid", "same", "causal"), pairs=False)
    # A layer casts its input to its own number type.
    number_types = NumberTypes(Mixing.AS_WEIGHTS, instead="a layer's weights are never integers")
    arguments = (
        Argument("filters", "out_channels", None, "output channels"),
        Argument("kernel_size", "kernel", None, "kernel size"),
        Argument("strides", "stride", 1, "distance between two stamps in the output"),
        Argument("padding", "padding", "valid", "'valid' or 'same'", {Form.WORD: plain}),
        Argument("output_padding", "output_padding", None, "appended at the end; None: automatic"),
        Argument(
            "data_format",
            "data_format",
            None,
            "'channels_last' (the default) or 'channels_first'",
            {Form.WORD: plain},
        ),
        Argument("dilation_rate", "dilation", 1, "distance between two taps in the output"),
        Argument("use_bias", "bias", True, "one number added per filter", {Form.FLAG: plain}),
        *(Argument(name) for name in _LAYER if name not in (*_GEOMETRY, "use_bias")),
        *(Argument(name) for name in ("name", "dtype", "trainable", "autocast", "input_shape")),
    )

    @abstractmethod
    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas for `valid` or `same` with these parameters."""

    def is_layer(self, words: Mapping[str, Any]) -> bool:
        """Return whether this is a layer object, which checks more than a function."""
        return True

    def rows(self, columns: Sequence[Sequence[Any]], sizes: Sizes) -> tuple[Names, Rows]:
        """Return the names and rows for the formulas: n, k, s, d and, if it is given, op."""
        return ("n", "k", "s", "d", "op")[: len(columns)], zip(*columns, strict=True)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, unless data_format is channels_first."""
        given = arguments.get("data_format")
        if given not in (None, "channels_last", "channels_first"):
            self.refuse(
                "data-format",
                f"data_format is {shorten(given)}",
                "use 'channels_last' or 'channels_first'.",
            )
        return CHANNELS_FIRST if given == "channels_first" else CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return spatial axes, filters, input channels."""
        return WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as a layer object or a function computes it."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        word = self._word(words["padding"])
        kernel = self.kernel(words["kernel_size"], "kernel_size", sizes)
        strides = per_axis(words["strides"], rank, "strides")
        dilation = per_axis(words["dilation_rate"], rank, "dilation_rate")
        is_layer = self.is_layer(words)
        if is_layer:
            self.check_together({"s": list(strides), "d": list(dilation)})
        columns: list[Sequence[Any]] = [sizes.spatial, kernel, strides, dilation]
        if words["output_padding"] is not None:
            columns.append(per_axis(words["output_padding"], rank, "output_padding"))
        names, rows = self.rows(columns, sizes)
        return self.build_reading(
            spelling,
            sizes,
            self.arithmetic(word, words),
            names,
            rows,
            channels=self.channels(
                WEIGHT,
                kernel,
                sizes,
                1,
                given_out=read_optional_count(words["filters"], "filters"),
                data=self.data_layout(words, rank),
            ),
            has_bias=is_layer and words["use_bias"] is True,
            weight_layout=WEIGHT,
            data_layout=self.data_layout(words, rank),
        )

    def _word(self, given: Any) -> str:
        # Keras lowers the word before it compares: "VALID" and "Same" are accepted.
        word = given.lower() if isinstance(given, str) else given
        if word not in ("valid", "same"):
            self.refuse(
                "padding",
                f"padding is {shorten(given)}",
                suggestion(str(given), ("valid", "same")),
            )
        return str(word)

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield both words with each output_padding that could give this crop."""
        for word, more in product(("valid", "same"), self._output_paddings(layer)):
            yield {
                "filters": layer.out_channels,
                "kernel_size": list(layer.kernel),
                "strides": [axis.stride for axis in layer.axes],
                "padding": word,
                "output_padding": more,
                "dilation_rate": [axis.dilation for axis in layer.axes],
                "use_bias": layer.has_bias,
            }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return that neither word gives this crop."""
        return (
            f"{self.describe_crop(layer)}; valid crops nothing at the start, and same crops the"
            " smaller half of the excess over the output size",
            "use the nearest parameters and slice the output.",
        )

    @staticmethod
    def _output_paddings(layer: Layer) -> list[list[int] | None]:
        """Return None, and for each word the one value per axis that could give this crop."""
        # The full size is (n - 1)*s + span, the size of same (n - 1)*s + span % 2 + op.
        lost = [axis.crop_begin + axis.crop_end for axis in layer.axes]
        even = [axis.span - axis.span % 2 for axis in layer.axes]
        same = [most - crop for most, crop in zip(even, lost, strict=True)]
        return [None, *(require_numbers(ops) for ops in ([-crop for crop in lost], same))]
