"""TensorFlow Lite: TensorFlow's layer with two axes, and weights by output channel.

The caller gives the output size. There is no dilation, no groups and no explicit padding, and none
of the exceptions that TensorFlow's kernels make to their own check of the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import read_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, positive, suggest_sizes
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import LAST_FORWARD_WEIGHT, XLA_WINDOWS
from deconvcli.frameworks.releases import LITERT
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling, require_numbers
from deconvcli.layers.layout import CHANNELS_LAST, Layout

WEIGHT = Layout(("O", "*", "GI"))
RANK = 2

_HEAD = (
    INPUT_EXISTS,
    positive("k", "weights' spatial size"),
    positive("s", "stride"),
    SPAN,
    FULL,
    Step("out", "size", "as requested"),
)
_END = Step(
    "crop_end", "full - out - crop_begin", "the remainder at the end; a negative crop appends"
)


def _between(smallest: str, largest: str) -> Limit:
    """Return the limit to the sizes that the forward layer maps back to n."""
    return Limit(
        f"{smallest} <= out <= {largest}",
        "output-shape",
        f"output_shape asks for {{out}}; a forward layer maps it back to {{n}} only if it is"
        f" {{{smallest}}} to {{{largest}}}",
        f"use {{{smallest}}} to {{{largest}}}.",
    )


BY_WORD = {
    "SAME": Arithmetic(
        *_HEAD,
        _between("(n - 1)*s + 1", "n*s"),
        Step("total", "max(full - out, 0)", "the excess over the output size"),
        Step("crop_begin", "total // 2", "the smaller half goes at the start"),
        _END,
    ),
    "VALID": Arithmetic(
        *_HEAD,
        _between("full", "full + s - 1"),
        Step("crop_begin", "0", "VALID crops nothing at the start"),
        _END,
    ),
}


def _both(value: tuple[int, ...], rank: int) -> dict[str, int]:
    return {"stride_h": value[0], "stride_w": value[-1]}


def _upper(word: str, rank: int) -> str:
    return word.upper()


class Tflite(Dialect):
    """The operator TRANSPOSE_CONV, by the built-in kernel."""

    name = "tflite"
    spatial_axes = (RANK,)
    title = "TensorFlow Lite"
    required = ("stride_h", "stride_w")
    aliases = ("litert", "tensorflowlite", "tf.lite")
    source = f"{LITERT}: tflite/kernels/transpose_conv.cc"
    evidence = Evidence(f"{LITERT}, built-in kernel without delegates", rows=500)
    windows = XLA_WINDOWS._replace(pairs=False, weights=LAST_FORWARD_WEIGHT)
    requests_tensor = True
    groups = False
    arguments = (
        Argument(
            "output_shape",
            "output_size",
            None,
            "the output's shape; required",
            {Form.INTS: each},
        ),
        Argument("padding", "padding", "SAME", "'SAME' or 'VALID'", {Form.WORD: _upper}),
        Argument(
            "stride_h", "stride", 1, "distance between two stamps, height", {Form.INTS: _both}
        ),
        Argument("stride_w", "stride", 1, "distance between two stamps, width", {}),
        Argument("bias", "bias", None, "input: one number added per channel", {Form.FLAG: plain}),
    )
    arithmetics = tuple(BY_WORD.values())
    # It is an operator in model files, which no call in Python makes: this is its name there.
    signatures = (
        Signature(
            ("TRANSPOSE_CONV",),
            (),
            RANK,
            data="input",
            weight="weights",
            needs=("output_shape", "padding"),
        ),
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, always."""
        return CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return output channels, height, width, input channels."""
        return WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer at the requested output size."""
        words = self.values(spelling)
        self.check_axes(sizes)
        if sizes.weight is None:
            self.refuse("weights", "the weights' shape is not known", "give the weights' shape.")
        word = words["padding"]
        if word not in tuple(BY_WORD):
            self.refuse(
                "padding", f"padding is {shorten(word)}", suggestion(str(word), tuple(BY_WORD))
            )
        kernel = sizes.weight[1:-1]
        strides = (
            read_count(words["stride_h"], "stride_h"),
            read_count(words["stride_w"], "stride_w"),
        )
        requested, out_channels = self._read_output_shape(word, strides, spelling, sizes)
        rows = zip(sizes.spatial, kernel, strides, (1, 1), requested, strict=True)
        return self.build_reading(
            spelling,
            sizes,
            BY_WORD[word],
            ("n", "k", "s", "d", "size"),
            rows,
            channels=self.channels(WEIGHT, kernel, sizes, 1, given_out=out_channels),
            has_bias=bool(words["bias"]),
            weight_layout=WEIGHT,
            data_layout=CHANNELS_LAST,
        )

    def _read_output_shape(
        self, word: str, strides: tuple[int, ...], spelling: Spelling, sizes: Sizes
    ) -> tuple[tuple[Size, ...], int]:
        """Return (spatial sizes, channels) of output_shape; its batch must be the input's."""
        given = spelling.arguments.get("output_shape")
        if given is None:
            assert sizes.weight is not None  # for mypy: compared by the caller
            possible = suggest_sizes(word, sizes.spatial, sizes.weight[1:-1], strides)
            self.refuse(
                "output-shape",
                "output_shape is required and not given",
                f"choose a size; {possible}.",
            )
        shape = self.read_size_list(spelling, "output_shape", RANK + 2)
        batch, channels = require_numbers((shape[0], shape[-1]))
        if (batch,) != sizes.batch:
            self.refuse(
                "batch",
                f"output_shape has batch {batch}, the input {list(sizes.batch)}",
                "give both the same batch size.",
            )
        return shape[1:-1], channels

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield SAME and VALID with the requested output size."""
        if len(layer.axes) != RANK:
            return
        out = layer.output_sizes(sizes.spatial)
        for word in BY_WORD:
            yield {
                "output_shape": [*sizes.batch, *out, layer.out_channels],
                "padding": word,
                "stride_h": layer.axes[0].stride,
                "stride_w": layer.axes[1].stride,
                **({"bias": True} if layer.has_bias else {}),
            }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: another rank, dilation, or a crop that neither word makes."""
        if len(layer.axes) != RANK or any(axis.dilation > 1 for axis in layer.axes):
            return (
                "TRANSPOSE_CONV has two axes and no dilation",
                "give a signal a height of 1, and dilate the weights with zeros.",
            )
        return (
            f"{self.describe_crop(layer)}; neither SAME nor VALID gives this with an output size"
            " that the forward layer maps back to the input's",
            "use VALID and slice its output.",
        )


DIALECT: Dialect = Tflite()
