"""Keras 3: two words, `valid` and `same`, and an `output_padding` whose None means automatic.

Layers refuse strides together with dilation, keras.ops.conv_transpose does not. All backends agree
in shape and values; the TensorFlow backend refuses some layers when they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.arithmetic import Arithmetic, Limit
from deconvcli.dialect import Accidents, Dialect
from deconvcli.dialects._keras_family import (
    AUTOMATIC,
    GIVEN,
    HEAD,
    LAYER_ONLY,
    KerasLayer,
    layer_signatures,
)
from deconvcli.dialects._xla import ABORT, with_abort
from deconvcli.errors import Refused
from deconvcli.evidence import Evidence
from deconvcli.layers import Reading, Sizes, Spelling
from deconvcli.parameters import Argument, Signature

_TENSORFLOW_SOURCE = (
    "measured with Keras 3.15.1 on TensorFlow 2.21.0, whose input-gradient kernel checks the"
    " size; tensorflow/core/kernels/conv_grad_shape_utils.cc"
)
_JAX_ABORT = ABORT._replace(
    message=f"on the jax backend, {ABORT.message}",
    help="give a larger input, or run the model on another backend.",
    source="measured with Keras 3.15.1 on JAX 0.10.2, CPU",
)


_SIZE = "keras-tensorflow-size"


def _tensorflow_takes(smallest: str, largest: str) -> Limit:
    return Limit(
        f"out == 0 or {smallest} <= out <= {largest}",
        _SIZE,
        "the TensorFlow backend aborts on this layer at run time: it takes an output of"
        f" {{{smallest}}} to {{{largest}}} here, although compute_output_shape says {{out}}",
        "leave output_padding out, or run the model on the torch or jax backend.",
        only=("tensorflow",),
        source=_TENSORFLOW_SOURCE,
    )


_EMPTY = Limit(
    "out != 0",
    "keras-tensorflow-empty-output",
    "the TensorFlow backend returns an empty tensor only with oneDNN, which is not the default on"
    " every CPU; without it the layer is refused",
    "leave output_padding out, or run the model on the torch or jax backend.",
    only=("tensorflow",),
    finding=True,
    source="measured with TensorFlow 2.21.0, TF_ENABLE_ONEDNN_OPTS=0 and 1",
)
_VALID_GIVEN = (*GIVEN["valid"], _tensorflow_takes("full", "full + s - 1"), _EMPTY)
_SAME_GIVEN = (*GIVEN["same"], _tensorflow_takes("(n - 1)*s + 1", "n*s"), _EMPTY)

# By word, then by (word, entry point) where output_padding is given.
_AUTOMATIC = {word: Arithmetic(*HEAD, *entries) for word, entries in AUTOMATIC.items()}
_GIVEN = {
    ("valid", "layer"): Arithmetic(*HEAD, *LAYER_ONLY, *_VALID_GIVEN),
    ("same", "layer"): Arithmetic(*HEAD, *LAYER_ONLY, *_SAME_GIVEN),
    ("valid", "ops"): Arithmetic(*HEAD, *_VALID_GIVEN),
    ("same", "ops"): Arithmetic(*HEAD, *_SAME_GIVEN),
}

_OPS = (
    "inputs",
    "kernel",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
)


class Keras(KerasLayer):
    """keras.layers.Conv{1,2,3}DTranspose and keras.ops.conv_transpose."""

    name = "keras"
    title = "Keras 3"
    source = (
        "Keras 3.15.1: src/backend/common/backend_utils.py,"
        " src/layers/convolutional/base_conv_transpose.py"
    )
    evidence = Evidence("Keras 3.15.1 on three backends", rows=2100)
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "tensorflow": Evidence("Keras 3.15.1 on TensorFlow 2.21.0, CPU, oneDNN on", rows=700),
        "torch": Evidence("Keras 3.15.1 on torch 2.13.0, CPU", rows=700),
        "jax": Evidence("Keras 3.15.1 on JAX 0.10.2, CPU", rows=700),
    }
    arguments = (
        *KerasLayer.arguments,
        Argument("api", meaning="'layer' (Conv2DTranspose) or 'ops' (keras.ops.conv_transpose)"),
    )
    accidents: ClassVar[Accidents] = {"jax": (_JAX_ABORT,)}
    arithmetics = (*_AUTOMATIC.values(), *_GIVEN.values())
    signatures = (
        *layer_signatures("keras.layers", "tf.keras.layers", "tensorflow.keras.layers"),
        Signature(("keras.ops.conv_transpose",), _OPS, None, {"api": "ops"}, "inputs", "kernel"),
    )

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer that these words mean, and what becomes of it on each backend."""
        reading = self._read_sized(spelling, sizes)
        concerned = spelling.implementation in ("", "jax")
        return with_abort(reading, _JAX_ABORT) if concerned else reading

    def _read_sized(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """TensorFlow checks no size where one of them is 0."""
        try:
            reading = super().read(spelling, sizes)
        except Refused as refused:
            if refused.code != _SIZE:
                raise
            reading = super().read(spelling._replace(implementation=""), sizes)
            if not _is_empty(reading):
                raise
        if not reading.findings or not _is_empty(reading):
            return reading
        findings = tuple(finding for finding in reading.findings if finding.code != _SIZE)
        return reading._replace(spelling=spelling, findings=findings)

    def is_layer(self, words: Mapping[str, Any]) -> bool:
        """keras.ops checks neither output_padding nor strides together with dilation."""
        return bool(words["api"] != "ops")

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """By word, by whether output_padding is given, and by entry point."""
        if words["output_padding"] is None:
            return _AUTOMATIC[word]
        return _GIVEN[word, "layer" if self.is_layer(words) else "ops"]


def _is_empty(reading: Reading) -> bool:
    """Whether one output size is 0 and none is negative."""
    return 0 in reading.output_sizes and all(size >= 0 for size in reading.output_sizes)


DIALECT: Dialect = Keras()
