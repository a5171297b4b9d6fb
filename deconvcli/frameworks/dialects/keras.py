"""Keras 3: two words, `valid` and `same`, and an `output_padding` whose None means automatic.

Layers refuse strides together with dilation; keras.ops.conv_transpose does not. All backends agree
in shape and values, but the TensorFlow backend refuses some layers when they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deconvcli.common.errors import Refused
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import EMPTY_OUTPUT, INPUT_EXISTS
from deconvcli.frameworks.dialect.live import LiveClass, LiveLayer
from deconvcli.frameworks.dialect.parameters import Argument, Signature
from deconvcli.frameworks.dialects._keras_family import (
    AUTOMATIC,
    CROP,
    DILATION,
    GIVEN,
    HEAD,
    KERNEL,
    LAYER_ONLY,
    LIVE,
    SAME_GIVEN,
    STRIDES,
    VALID_GIVEN,
    KerasLayer,
    describe_layer,
    is_second_generation,
    layer_signatures,
)
from deconvcli.frameworks.dialects._xla import ABORT, add_abort
from deconvcli.frameworks.releases import JAX, KERAS, OPENVINO, TENSORFLOW, TORCH
from deconvcli.layers.arithmetic import FULL, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import has_zero
from deconvcli.layers.layer import Reading, Sizes, Spelling
from deconvcli.layers.number_types import INTEGERS, Mixing, NumberTypes

_TENSORFLOW_SOURCE = (
    f"measured with {KERAS} on {TENSORFLOW}, whose input-gradient kernel checks the"
    " size; tensorflow/core/kernels/conv_grad_shape_utils.cc"
)
_JAX_ABORT = ABORT._replace(
    message=f"on the jax backend, {ABORT.message}",
    help="give a larger input, or run the model on another backend.",
    source=f"measured with {KERAS} on {JAX}, CPU",
)


_SIZE = "keras-tensorflow-size"
# How limits name the TensorFlow backend with an input of size 0, of which it checks no size.
_HOLLOW = "tensorflow on an empty input"
_SAME_ON_ALL = INPUT_EXISTS._replace(
    only=("", "torch", "jax", "openvino"),
    otherwise="the TensorFlow and jax backends accept an input of size 0 and return zeros, of"
    " different sizes",
    source=f"measured with {KERAS} on {TENSORFLOW} and {JAX}, CPU",
)
_HOLLOW_INPUT = Diagnostic(
    "keras-tensorflow-empty-input",
    Severity.WARNING,
    "the TensorFlow backend accepts an input of size 0 only with oneDNN, and returns zeros; the"
    " torch backend refuses it",
    "skip the layer where there is no input.",
    f"measured with {KERAS} on {TENSORFLOW}, CPU, oneDNN on",
)
_NO_OUTPUT = Diagnostic(
    "keras-openvino-empty-output",
    Severity.WARNING,
    "the OpenVINO backend was seen to fail when it reads an empty output, mostly with channels"
    " last; the other backends return an empty array",
    "use a larger output_padding, or leave it out.",
    f"measured with {KERAS} on {OPENVINO}, CPU",
    differs=True,
)


def _limit_hollow(asked: str = "out") -> Limit:
    return Limit(
        f"{asked} >= 0",
        "empty-output",
        f"the output would have size {{{asked}}}, with which TensorFlow ends the process",
        "use a larger output_padding, or leave it out.",
        only=(_HOLLOW,),
    )


def _limit_tensorflow(smallest: str, largest: str, asked: str = "out", also: str = "") -> Limit:
    return Limit(
        # An empty output is not checked, as by TensorFlow itself.
        f"{asked} == 0 or {smallest} <= {asked} <= {largest}{also}",
        _SIZE,
        "the TensorFlow backend aborts on this layer at run time: it accepts an output of"
        f" {{{smallest}}} to {{{largest}}} here, although compute_output_shape returns {{{asked}}}",
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
    source=f"measured with {TENSORFLOW}, TF_ENABLE_ONEDNN_OPTS=0 and 1",
)
# oneDNN's check divides towards zero, so for an input of size 1 it lets smaller sizes through.
_CUT_OFF = " or n == 1 and span - s < asked < span"
_TRUNCATED = Limit(
    "asked >= full or asked <= 0",
    "keras-tensorflow-truncation",
    "the TensorFlow backend accepts the output {asked}, which cuts off the kernel of span {span},"
    " only with oneDNN and an input of size 1",
    "use an output_padding of 0 or more.",
    only=("tensorflow",),
    finding=True,
    source=f"measured with {TENSORFLOW}, TF_ENABLE_ONEDNN_OPTS=0 and 1",
)


def _clip(out: Step, *crop: Step | Limit) -> tuple[Step | Limit, ...]:
    """Return entries that never give less than 0, for a negative output_padding of the function."""
    return (
        out._replace(name="asked"),
        _limit_hollow("asked"),
        Limit(
            "asked + span > 0",
            "output-padding",
            "output_padding {op} removes {-asked} more elements than there are; the jax backend"
            " refuses this if the number is {span}, the kernel's span, or more",
            "use a larger output_padding.",
            only=("jax",),
            source=f"measured with {KERAS} on {JAX}, CPU",
        ),
        Step("out", "max(asked, 0)", "at least 0"),
        *crop,
    )


# The smallest and largest sizes that TensorFlow's forward layer maps back to n.
_TAKES_VALID = ("full", "full + s - 1")
_TAKES_SAME = ("(n - 1)*s + 1", "n*s")
# The first limit of all Keras layers is that on the input, in which the backends differ.
_HEAD = (_SAME_ON_ALL, *HEAD[1:])
_HEAD_OF_LAYER = (*_HEAD, *LAYER_ONLY)


def _leave_to_backend(limit: Limit) -> Limit:
    """Return the limit as the function has it, which leaves the check to the backend."""
    return limit._replace(
        otherwise="keras.ops was seen to accept it on torch and TensorFlow if the output is empty",
        source=f"measured with {KERAS}, {TORCH} and {TENSORFLOW}",
    )


_HEAD_OF_OPS = (
    _SAME_ON_ALL,
    KERNEL,
    _leave_to_backend(STRIDES),
    _leave_to_backend(DILATION),
    SPAN,
    FULL,
)

# By (word, entry point), without and with output_padding.
_AUTOMATIC = {
    (word, entry_point): Arithmetic(*head, *entries)
    for entry_point, head in (("layer", _HEAD), ("ops", _HEAD_OF_OPS))
    for word, entries in AUTOMATIC.items()
}
_GIVEN = {
    ("valid", "layer"): Arithmetic(
        *_HEAD_OF_LAYER, *GIVEN["valid"], _limit_hollow(), _limit_tensorflow(*_TAKES_VALID), _EMPTY
    ),
    ("same", "layer"): Arithmetic(
        *_HEAD_OF_LAYER, *GIVEN["same"], _limit_hollow(), _limit_tensorflow(*_TAKES_SAME), _EMPTY
    ),
    ("valid", "ops"): Arithmetic(
        *_HEAD_OF_OPS,
        *_clip(VALID_GIVEN, *CROP["valid"]),
        EMPTY_OUTPUT,
        _limit_tensorflow(*_TAKES_VALID, "asked", _CUT_OFF),
        _TRUNCATED,
        _EMPTY,
    ),
    ("same", "ops"): Arithmetic(
        *_HEAD_OF_OPS,
        *_clip(SAME_GIVEN, *CROP["same"]),
        _limit_tensorflow(*_TAKES_SAME, "asked"),
        _EMPTY,
    ),
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


_BACKENDS = ("tensorflow", "torch", "jax", "openvino")


def _describe(layer: Any) -> LiveLayer | None:
    """Return the parameters, and the backend: each has a parent of its own for all layers."""
    if is_second_generation(layer):
        return None
    homes = {one.__module__ for one in type(layer).__mro__}
    backends = [name for name in _BACKENDS if f"keras.src.backend.{name}.layer" in homes]
    return describe_layer(layer)._replace(implementation="".join(backends[:1]))


_NUMBER_TYPES = {
    "": NumberTypes(Mixing.REFUSED, instead="its backends compute different integers"),
    **dict.fromkeys(("tensorflow", _HOLLOW), NumberTypes(Mixing.REFUSED, ("int32",))),
    "torch": NumberTypes(Mixing.REFUSED, ("int64",), has_complex=True),
    "jax": NumberTypes(Mixing.REFUSED, INTEGERS, has_complex=True),
}


class Keras(KerasLayer):
    """keras.layers.Conv{1,2,3}DTranspose and keras.ops.conv_transpose."""

    name = "keras"
    other_axes = "keras.ops.conv_transpose was seen to take four spatial axes on the jax backend"
    title = "Keras 3"
    modules: ClassVar[Mapping[str, str]] = {"keras.layers": "layers", "keras.ops": "ops"}
    aliases = ("keras3", "tf.keras", "tensorflow.keras", "keras.layers", "tf.keras.layers")
    source = (
        f"{KERAS}: src/backend/common/backend_utils.py,"
        " src/layers/convolutional/base_conv_transpose.py"
    )
    empty = "backends were seen to accept sizes of 0: they return zeros or an empty array"
    evidence = Evidence(f"{KERAS} on four backends", rows=2800)
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "tensorflow": Evidence(f"{KERAS} on {TENSORFLOW}, CPU, oneDNN on", rows=700),
        "torch": Evidence(f"{KERAS} on {TORCH}, CPU", rows=700),
        "jax": Evidence(f"{KERAS} on {JAX}, CPU", rows=700),
        "openvino": Evidence(f"{KERAS} on {OPENVINO}, CPU", rows=700),
    }
    arguments = (
        *KerasLayer.arguments,
        Argument("api", meaning="'layer' (Conv2DTranspose) or 'ops' (keras.ops.conv_transpose)"),
    )
    accidents: ClassVar[Accidents] = {
        "jax": (_JAX_ABORT,),
        "tensorflow": (_HOLLOW_INPUT,),
        "openvino": (_NO_OUTPUT,),
    }
    arithmetics = (*_AUTOMATIC.values(), *_GIVEN.values())
    signatures = (
        *layer_signatures("keras.layers", "tf.keras.layers", "tensorflow.keras.layers"),
        Signature(("keras.ops.conv_transpose",), _OPS, None, {"api": "ops"}, "inputs", "kernel"),
    )
    live = (LiveClass("keras", LIVE, _describe),)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, with what becomes of it on each backend."""
        reading = self._read_sized(spelling, sizes)
        if spelling.implementation == "openvino" and has_zero(
            [numbers["out"] for numbers in reading.numbers]
        ):
            return reading._replace(findings=(*reading.findings, _NO_OUTPUT))
        concerned = spelling.implementation in ("", "jax")
        return add_abort(reading, _JAX_ABORT) if concerned else reading

    def _read_sized(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer, its sizes checked as on the named backend."""
        # TensorFlow checks no size if one of them is 0.
        if spelling.implementation == "tensorflow" and has_zero(sizes.spatial):
            reading = super().read(spelling._replace(implementation=_HOLLOW), sizes)
            findings = (*reading.findings, _HOLLOW_INPUT)
            return reading._replace(spelling=spelling, findings=findings)
        try:
            reading = super().read(spelling, sizes)
        except Refused as refused:
            if refused.code != _SIZE:
                raise
            # Without the backend's limit: only all axes together tell whether the output is empty.
            reading = super().read(spelling._replace(implementation=""), sizes)
            if not _is_empty(reading):
                raise
        if not reading.findings or not _is_empty(reading):
            return reading
        findings = tuple(finding for finding in reading.findings if finding.code != _SIZE)
        return reading._replace(spelling=spelling, findings=findings)

    def find_number_types(self, spelling: Spelling, rank: int) -> NumberTypes:
        """Return those of a layer; for keras.ops, those of its backend if one is named."""
        if self.is_layer({"api": spelling.arguments.get("api")}):
            return self.number_types
        return _NUMBER_TYPES.get(spelling.implementation, _NUMBER_TYPES[""])

    def is_layer(self, words: Mapping[str, Any]) -> bool:
        """Return whether this is a layer object, which checks more than keras.ops."""
        return bool(words["api"] != "ops")

    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas by word, by whether output_padding is given, and by entry point."""
        table = _AUTOMATIC if words["output_padding"] is None else _GIVEN
        return table[word, "layer" if self.is_layer(words) else "ops"]


def _is_empty(reading: Reading) -> bool:
    """Return whether a size of the output is 0 and none would be negative."""
    asked = [numbers.get("asked", numbers["out"]) for numbers in reading.numbers]
    return has_zero((*reading.sizes.batch, *asked)) and min(asked) >= 0


DIALECT: Dialect = Keras()
