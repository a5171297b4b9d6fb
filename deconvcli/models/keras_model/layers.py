"""What one layer makes of its inputs: transposed convolutions, layers around layers, functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading, Spelling
from deconvcli.models.expressions import Size, add, multiply
from deconvcli.models.inputs import SAMPLE
from deconvcli.models.keras_model.functions import Arguments, find_function_outputs
from deconvcli.models.keras_model.graph import Layer
from deconvcli.models.keras_model.sizes import Shape, find_outputs, join_axes, split_axes

TRANSPOSED = {
    f"{name}{rank}{end}": rank
    for rank in (1, 2, 3)
    for name, end in (("Conv", "DTranspose"), ("Convolution", "DTranspose"))
}
_PARAMETERS = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
    "use_bias",
)
# One for each axis, as sizes in one letter could be mixed.
_LETTERS = "ABC"


class Made(NamedTuple):
    """What a layer makes. outputs: the shape of each, None where it is not known.

    is_known: whether there is a rule for the layer's kind. parameters: the number of its trained
    and counted numbers, None where it is not known.
    """

    outputs: list[Shape | None]
    is_known: bool = True
    reading: Reading | None = None
    parameters: int | None = None
    errors: tuple[DeconvError, ...] = ()


def compute_layer(
    layer: Layer, given: Arguments, shapes: Sequence[Shape | None], dialect: str
) -> Made:
    """Return what a layer makes of its inputs.

    given: the arguments with the tensors' shapes; shapes: of the same tensors, None where unknown.
    """
    try:
        if layer.module.startswith("keras.src.ops"):
            if None in shapes:
                return Made([None])
            found = find_function_outputs(layer.kind, given)
            return Made([None], False) if found is None else Made([*found], parameters=0)
        return _compute(layer.kind, layer.config, shapes, dialect)
    except UsageError as error:
        return Made([None], errors=(error,))
    # An argument of another form than Keras writes.
    except (TypeError, ValueError, LookupError, AttributeError, AssertionError):
        return Made([None], False)


def _compute(
    kind: str, config: Mapping[str, Any], shapes: Sequence[Shape | None], dialect: str
) -> Made:
    shape = shapes[0] if shapes else None
    if kind in TRANSPOSED:
        return Made([None]) if shape is None else _transpose(config, shape, dialect)
    if kind in ("SpectralNormalization", "WeightNormalization"):
        return _compute(*_unwrap(config), shapes, dialect)
    if kind == "TimeDistributed":
        if shape is None:
            return Made([None])
        made = _compute(*_unwrap(config), [(shape[0], *shape[2:])], dialect)
        return made._replace(outputs=[put_time(one, shape) for one in made.outputs])
    if kind == "Bidirectional":
        made = _compute(*_unwrap(config), shapes, dialect)
        mode = config.get("merge_mode", "concat")
        double = 2 if mode == "concat" else 1
        first = made.outputs[0]
        if mode is None or len(made.outputs) > 1 or first is None or first[-1] is None:
            return Made([None], made.is_known)
        return Made([(*first[:-1], multiply(first[-1], double))], made.is_known)
    outputs = find_outputs(kind, config, shapes)
    if outputs is None:
        return Made([None], False)
    return Made(outputs, parameters=_count_parameters(kind, config, shape))


def put_time(shape: Shape | None, given: Shape) -> Shape | None:
    """Return the shape of what is made for each step, with the axis of the steps again."""
    return None if shape is None else (given[0], given[1], *shape[1:])


def _unwrap(config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    inner = config["layer"]
    return str(inner["class_name"]), inner["config"]


def _transpose(config: Mapping[str, Any], shape: Shape, dialect: str) -> Made:
    """Return what a transposed convolution makes, as its dialect says."""
    spatial, channels = split_axes(config, shape)
    if not isinstance(channels, int) or None in spatial:
        return Made([None])
    words = {name: config[name] for name in _PARAMETERS if name in config}
    sizes = [size for size in spatial if size is not None]
    lettered = [
        size if isinstance(size, int) else Linear(letter)
        for size, letter in zip(sizes, _LETTERS, strict=False)
    ]
    numbers = [SAMPLE if isinstance(size, Linear) else size for size in lettered]
    given = join_axes(config, (1,), numbers, channels)
    reader, _ = take(dialect)
    try:
        own = reader.sizes(words, [size for size in given if isinstance(size, int)])
        spelling = Spelling(reader.name, words)
        sample = reader.read(spelling, own)
        found = reader.read(spelling, own._replace(spatial=tuple(lettered)))
    except DeconvError as error:
        return Made([None], errors=(error,))
    values = dict(zip(_LETTERS, sizes, strict=False))
    out = [_substitute(size, values) for size in found.output_sizes]
    layer = found.layer
    count = prod(found.weight_shape) + layer.out_channels * layer.has_bias
    return Made([join_axes(config, shape, out, layer.out_channels)], True, sample, count)


def _substitute(size: int | Linear, values: Mapping[str, Size]) -> Size:
    if isinstance(size, int):
        return size
    return add(multiply(values[size.letter], size.factor), size.offset)


def _count_parameters(kind: str, config: Mapping[str, Any], shape: Shape | None) -> int | None:
    """Return the number of a layer's weights; 0 for layers that have none."""
    if kind == "Dense" or "kernel_size" in config or kind == "BatchNormalization":
        if shape is None:
            return None
        if kind == "BatchNormalization":
            axis = config.get("axis", -1)
            # Keras 2 has a list of one axis.
            channels = shape[axis[0] if isinstance(axis, list) else axis]
        else:
            channels = shape[-1] if kind == "Dense" else split_axes(config, shape)[1]
        if not isinstance(channels, int):
            return None
        if kind == "BatchNormalization":
            kept = 2 + config.get("scale", True) + config.get("center", True)
            return int(channels * kept)
        if kind == "Dense":
            made = config["units"]
            return int(channels * made + made * config.get("use_bias", True))
        return _count_kernels(kind, config, channels, len(shape) - 2)
    no_weights = kind not in (
        "Embedding",
        "LSTM",
        "GRU",
        "SimpleRNN",
        "PReLU",
        "LayerNormalization",
        "GroupNormalization",
        "Normalization",
    )
    return 0 if no_weights else None


def _count_kernels(kind: str, config: Mapping[str, Any], channels: int, rank: int) -> int:
    kernel = config["kernel_size"]
    taps = prod(kernel) if isinstance(kernel, (list, tuple)) else kernel**rank
    has_bias = config.get("use_bias", True)
    wide = channels * config.get("depth_multiplier", 1)
    if kind.startswith("Depthwise"):
        return int(taps * wide + wide * has_bias)
    made = config["filters"]
    if kind.startswith("Separable"):
        return int(taps * wide + wide * made + made * has_bias)
    return int(taps * channels // config.get("groups", 1) * made + made * has_bias)
