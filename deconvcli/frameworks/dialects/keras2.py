"""Keras 2 (tf_keras): Keras 3's parameters on TensorFlow alone, and no dilation in 3-D.

TensorFlow's own check of the size always applies. Conv2DTranspose refuses unequal dilations, and
Conv3DTranspose silently ignores dilation_rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, positive
from deconvcli.frameworks.dialect.live import LiveClass
from deconvcli.frameworks.dialect.parameters import Argument
from deconvcli.frameworks.dialects._keras_family import (
    AUTOMATIC,
    GIVEN,
    HEAD,
    LAYER_ONLY,
    LIVE,
    SAME_GIVEN,
    STRIDE_OR_DILATION,
    KerasLayer,
    Names,
    Rows,
    describe_layer,
    layer_signatures,
)
from deconvcli.frameworks.releases import TENSORFLOW, TF_KERAS
from deconvcli.layers.arithmetic import SPAN, Arithmetic, Limit, evaluate
from deconvcli.layers.axis import has_zero
from deconvcli.layers.layer import Layer, Sizes

_SOURCE = f"measured with {TF_KERAS} on {TENSORFLOW}, oneDNN on"

# Numbers besides those of Keras 3: dilation (as written), and any_zero, whether any size of the
# input or output is 0, which disables TensorFlow's check.
_TENSORFLOW_TAKES = Limit(
    "any_zero or (n - 1)*s + 1 <= out <= n*s",
    "output-padding",
    "TensorFlow aborts on this layer when it runs: it accepts an output of {(n - 1)*s + 1} to"
    " {n*s} here, although compute_output_shape returns {out}",
    "leave output_padding out, or give an odd kernel_size.",
    source=_SOURCE,
)
_DILATION_IGNORED = Limit(
    "dilation == d",
    "keras2-3d-dilation",
    "Conv3DTranspose of Keras 2 ignores dilation_rate {dilation}: size and values are as for 1",
    "use Keras 3 for a dilated layer of three axes.",
    finding=True,
    source=_SOURCE,
)

_EMPTY_INPUT = Limit(
    "n >= 1",
    "keras2-empty-input",
    "TensorFlow accepts an input of size {n} only with oneDNN, and returns zeros",
    "skip the layer where there is no input.",
    finding=True,
    source=_SOURCE,
)
# Keras 2 has no keras.ops, which takes both.
_STRIDE_OR_DILATION = STRIDE_OR_DILATION._replace(help="keep one of them at 1.")
_ONE_DILATION = Limit(
    # Conv2DTranspose passes one number to atrous_conv2d_transpose; the others have no such check.
    "len(d) != 2 or min(d) == max(d)",
    "dilation-rate",
    "dilation_rate {d} is not the same for both axes",
    "use one dilation for both, or Keras 3.",
)

# Conv3DTranspose checks the dilation that it ignores.
_HEAD = (
    INPUT_EXISTS._replace(condition="n >= 1 or dilation == 1"),
    positive("dilation", "dilation_rate"),
    *HEAD[1:],
)
_ENDS = (OUTPUT_EXISTS._replace(condition="out >= 0"), _EMPTY_INPUT, _DILATION_IGNORED)
_AUTOMATIC = {word: Arithmetic(*_HEAD, *entries, *_ENDS) for word, entries in AUTOMATIC.items()}
# With valid, an output_padding less than the stride always gives a size TensorFlow accepts.
_GIVEN = {
    "valid": Arithmetic(*_HEAD, *LAYER_ONLY, *GIVEN["valid"], *_ENDS),
    "same": Arithmetic(*_HEAD, *LAYER_ONLY, *GIVEN["same"], _TENSORFLOW_TAKES, *_ENDS),
}


class Keras2(KerasLayer):
    """tf_keras.layers.Conv{1,2,3}DTranspose, and tf.keras.layers up to TensorFlow 2.15."""

    name = "keras2"
    title = "Keras 2"
    aliases = ("tfkeras",)
    source = f"{TF_KERAS}: src/layers/convolutional, src/utils/conv_utils.py"
    together: ClassVar[tuple[Limit, ...]] = (_STRIDE_OR_DILATION, _ONE_DILATION)
    empty = f"{TENSORFLOW} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{TF_KERAS} on {TENSORFLOW}, CPU, oneDNN on", rows=492)
    arguments = (*KerasLayer.arguments, Argument("api", meaning="'layer', the only one"))
    arithmetics = (*_AUTOMATIC.values(), *_GIVEN.values())
    signatures = layer_signatures(
        "tf_keras.layers", "keras.layers", "tf.keras.layers", "tensorflow.keras.layers"
    )
    # Keras 2 was part of TensorFlow, then the package keras until 2.15, and now is tf_keras.
    live = tuple(
        LiveClass(package, LIVE, describe_layer) for package in ("tf_keras", "tensorflow", "keras")
    )

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by word, and by whether output_padding is given."""
        return _AUTOMATIC[word] if words["output_padding"] is None else _GIVEN[word]

    def rows(self, columns: Sequence[Sequence[Any]], sizes: Sizes) -> tuple[Names, Rows]:
        """Return names and rows with the effective dilations, and what TensorFlow's check reads."""
        spatial, kernel, strides, dilations, *given = columns
        rank = len(spatial)
        computed = (1,) * rank if rank == 3 else dilations
        names: Names = ("n", "k", "s", "d", "dilation")
        columns = [spatial, kernel, strides, computed, dilations]
        if given:
            same = _compute_same_sizes(*columns[:3], computed, *given)
            any_zero = has_zero((*sizes.batch, *spatial, *same))
            # Two dilated axes use tf.nn.atrous_conv2d_transpose, which makes no exception for 0.
            any_zero = any_zero and not (rank == 2 and max(dilations) > 1)
            names, columns = (*names, "op", "any_zero"), [*columns, *given, (any_zero,) * rank]
        return names, zip(*columns, strict=True)

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: as for Keras 3, or dilations that these layers do not compute."""
        dilations, rank = [axis.dilation for axis in layer.axes], len(layer.axes)
        if (rank == 3 and max(dilations) > 1) or (rank == 2 and len(set(dilations)) > 1):
            return (
                f"its dilations are {dilations}; two axes share one, and three ignore it",
                "use Keras 3.",
            )
        return super().why_not(layer)


def _compute_same_sizes(*columns: Sequence[Any]) -> list[Any]:
    """Return the output sizes for `same` with an explicit output_padding."""
    names = ("n", "k", "s", "d", "op")
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    return [
        evaluate(SAME_GIVEN.formula, {**row, "span": evaluate(SPAN.formula, row)}) for row in rows
    ]


DIALECT: Dialect = Keras2()
