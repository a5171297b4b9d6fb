"""The size of each layer's output, for Keras 2 and 3: numbers, formulas, or None where unknown.

Each rule is a function of the layer's config and the shapes of its inputs. A layer without a rule
has an unknown output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

from deconvcli.common.errors import UsageError
from deconvcli.models.expressions import Size, add, divide_down, divide_up, multiply
from deconvcli.models.model import write_sizes

Shape: TypeAlias = tuple[Size | None, ...]
Config: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Config, Shape], Shape]
JoinRule: TypeAlias = Callable[[Config, Sequence[Shape]], Shape]


def find_outputs(
    kind: str, config: Config, shapes: Sequence[Shape | None]
) -> list[Shape | None] | None:
    """Return the shapes of a layer's outputs; None if no rule is known for its kind.

    Raises:
        UsageError: the shapes of several inputs do not fit together.
    """
    known = [shape for shape in shapes if shape is not None]
    if kind in JOINS:
        complete = len(known) == len(shapes) and len(known) > 0
        return [JOINS[kind](config, known) if complete else None]
    if kind in RECURRENT:
        return _find_recurrent(config, shapes[0] if shapes else None, RECURRENT[kind])
    if kind not in RULES:
        return None
    shape = shapes[0] if shapes else None
    return [None if shape is None else RULES[kind](config, shape)]


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of what is computed element by element from several tensors.

    Raises:
        UsageError: two sizes of one axis differ, and none of them is 1.
    """
    rank = max(len(shape) for shape in shapes)
    aligned = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    found: list[Size | None] = []
    for sizes in zip(*aligned, strict=True):
        other = [size for size in dict.fromkeys(sizes) if size != 1]
        numbers = [size for size in other if isinstance(size, int)]
        if len(numbers) > 1:
            raise _error("element by element", shapes)
        # Of a number and a formula the number holds, as Keras accepts nothing else.
        found.append(numbers[0] if numbers else other[0] if other else 1)
    return tuple(found)


def _error(way: str, shapes: Sequence[Shape]) -> UsageError:
    listed = " and ".join(write_sizes(shape) for shape in shapes)
    return UsageError(
        f"{listed} are joined {way}, and do not fit",
        help="make the sizes equal: crop the larger one, or extend the smaller one.",
        code="unequal-sizes",
    )


def _concatenate(config: Config, shapes: Sequence[Shape]) -> Shape:
    axis = config.get("axis", -1)
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1 or not -max(ranks) <= axis < max(ranks):
        raise _error(f"along axis {axis}", shapes)
    place = axis % max(ranks)
    total: Size | None = 0
    for shape in shapes:
        size = shape[place]
        total = None if total is None or size is None else add(total, size)
    others = [tuple(1 if at == place else size for at, size in enumerate(one)) for one in shapes]
    for sizes in zip(*others, strict=True):
        if len({size for size in sizes if isinstance(size, int)}) > 1:
            raise _error(f"along axis {axis}", shapes)
    joined = broadcast(others)
    return (*joined[:place], total, *joined[place + 1 :])


def _is_first(config: Config) -> bool:
    return config.get("data_format") == "channels_first"


def split_axes(config: Config, shape: Shape) -> tuple[Shape, Size | None]:
    """Return the spatial sizes and the channels of a batch."""
    return (shape[2:], shape[1]) if _is_first(config) else (shape[1:-1], shape[-1])


def join_axes(
    config: Config, shape: Shape, spatial: Sequence[Size | None], channels: Size | None
) -> Shape:
    """Return the shape of a batch with these spatial sizes and channels."""
    if _is_first(config):
        return (shape[0], channels, *spatial)
    return (shape[0], *spatial, channels)


def _per_axis(value: Any, rank: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def _slide(size: Size | None, window: int, stride: int, mode: str) -> Size | None:
    """Return the number of places of a window."""
    if size is None:
        return None
    if mode in ("same", "causal"):
        return divide_up(size, stride)
    found = add(divide_down(add(size, -window), stride), 1)
    return max(found, 0) if isinstance(found, int) else found


def count_slice(size: Size | None, given: slice) -> Size | None:
    """Return the length of a slice of an axis; None where it depends on an open size."""
    if isinstance(size, int):
        return len(range(*given.indices(size)))
    if given.step not in (None, 1) or size is None:
        return size if given == slice(None) else None
    begin, end = given.start or 0, given.stop
    if begin >= 0 and (end is None or end < 0):
        return add(size, -begin, end or 0)
    if begin >= 0 and end is not None:
        return None  # at most `end` elements, however many there are
    return -begin if end is None else None


def _convolve(config: Config, shape: Shape) -> Shape:
    spatial, channels = split_axes(config, shape)
    rank = len(spatial)
    sizes = zip(
        spatial,
        _per_axis(config["kernel_size"], rank),
        _per_axis(config.get("strides", 1), rank),
        _per_axis(config.get("dilation_rate", 1), rank),
        strict=True,
    )
    mode = config.get("padding", "valid")
    out = [_slide(n, (k - 1) * d + 1, s, mode) for n, k, s, d in sizes]
    if "filters" in config:
        made: Size | None = config["filters"]
    else:
        made = None if channels is None else multiply(channels, config.get("depth_multiplier", 1))
    return join_axes(config, shape, out, made)


def _pool(config: Config, shape: Shape) -> Shape:
    spatial, channels = split_axes(config, shape)
    rank = len(spatial)
    windows = _per_axis(config["pool_size"], rank)
    strides = _per_axis(config.get("strides") or windows, rank)
    sizes = zip(spatial, windows, strides, strict=True)
    mode = config.get("padding", "valid")
    return join_axes(config, shape, [_slide(n, k, s, mode) for n, k, s in sizes], channels)


def _pool_whole(config: Config, shape: Shape) -> Shape:
    spatial, channels = split_axes(config, shape)
    if config.get("keepdims"):
        return join_axes(config, shape, [1] * len(spatial), channels)
    return (shape[0], channels)


def _pool_to_size(config: Config, shape: Shape) -> Shape:
    spatial, channels = split_axes(config, shape)
    return join_axes(config, shape, _per_axis(config["output_size"], len(spatial)), channels)


def _enlarge(config: Config, shape: Shape) -> Shape:
    spatial, channels = split_axes(config, shape)
    factors = _per_axis(config.get("size", 2), len(spatial))
    out = [
        None if n is None else multiply(n, factor)
        for n, factor in zip(spatial, factors, strict=True)
    ]
    return join_axes(config, shape, out, channels)


def _change_ends(config: Config, shape: Shape, key: str, sign: int) -> Shape:
    spatial, channels = split_axes(config, shape)
    given = config[key]
    # One axis has its pair alone.
    pairs = [given] if len(spatial) == 1 else _per_axis(given, len(spatial))
    out: list[Size | None] = []
    for n, pair in zip(spatial, pairs, strict=True):
        both = sum(_per_axis(pair, 2))
        out.append(None if n is None else add(n, sign * both))
    return join_axes(config, shape, out, channels)


def _resize(config: Config, shape: Shape) -> Shape:
    _, channels = split_axes(config, shape)
    return join_axes(config, shape, [config["height"], config["width"]], channels)


def _flatten(config: Config, shape: Shape) -> Shape:
    return (shape[0], multiply_all(shape[1:]))


def multiply_all(sizes: Sequence[Size | None]) -> Size | None:
    """Return the number of elements."""
    total: Size | None = 1
    for size in sizes:
        total = None if total is None or size is None else multiply(total, size)
    return total


def _reshape(config: Config, shape: Shape) -> Shape:
    target = list(config["target_shape"])
    if -1 not in target:
        return (shape[0], *target)
    known = prod([size for size in target if size != -1])
    total = multiply_all(shape[1:])
    left = None if total is None or not known else divide_down(total, known)
    return (shape[0], *[left if size == -1 else size for size in target])


def _permute(config: Config, shape: Shape) -> Shape:
    return (shape[0], *[shape[place] for place in config["dims"]])


def _find_recurrent(config: Config, shape: Shape | None, states: int) -> list[Shape | None]:
    if shape is None:
        return [None] * (1 + states * bool(config.get("return_state")))
    state = (shape[0], config["units"])
    output = (*shape[:2], config["units"]) if config.get("return_sequences") else state
    return [output, *[state] * (states if config.get("return_state") else 0)]


def _keep(config: Config, shape: Shape) -> Shape:
    return shape


def _name_ranks(name: str, rule: Rule, ranks: Sequence[int] = (1, 2, 3)) -> dict[str, Rule]:
    return {name.format(rank): rule for rank in ranks}


_SAME = (
    "Activation ActivityRegularization AlphaDropout BatchNormalization Dropout ELU GELU"
    " GaussianDropout GaussianNoise GroupNormalization Identity LayerNormalization LeakyReLU"
    " Masking Normalization PReLU RMSNormalization ReLU Rescaling Softmax SpatialDropout1D"
    " SpatialDropout2D SpatialDropout3D SyncBatchNormalization ThresholdedReLU"
    " UnitNormalization RandomBrightness RandomContrast RandomFlip RandomRotation"
    " RandomTranslation RandomZoom"
)
RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_SAME.split(), _keep),
    **_name_ranks("Conv{}D", _convolve),
    **_name_ranks("Convolution{}D", _convolve),
    **_name_ranks("DepthwiseConv{}D", _convolve, (1, 2)),
    **_name_ranks("SeparableConv{}D", _convolve, (1, 2)),
    **_name_ranks("MaxPooling{}D", _pool),
    **_name_ranks("AveragePooling{}D", _pool),
    **_name_ranks("GlobalMaxPooling{}D", _pool_whole),
    **_name_ranks("GlobalAveragePooling{}D", _pool_whole),
    **_name_ranks("AdaptiveMaxPooling{}D", _pool_to_size),
    **_name_ranks("AdaptiveAveragePooling{}D", _pool_to_size),
    **_name_ranks("UpSampling{}D", _enlarge),
    **_name_ranks(
        "ZeroPadding{}D", lambda config, shape: _change_ends(config, shape, "padding", 1)
    ),
    **_name_ranks("Cropping{}D", lambda config, shape: _change_ends(config, shape, "cropping", -1)),
    "CenterCrop": _resize,
    "Dense": lambda config, shape: (*shape[:-1], config["units"]),
    "Embedding": lambda config, shape: (*shape, config["output_dim"]),
    "Flatten": _flatten,
    "Permute": _permute,
    "RepeatVector": lambda config, shape: (shape[0], config["n"], shape[1]),
    "Reshape": _reshape,
    "Resizing": _resize,
}
_ELEMENTWISE = "Add Average Maximum Minimum Multiply Subtract"
JOINS: Mapping[str, JoinRule] = {
    **dict.fromkeys(_ELEMENTWISE.split(), lambda config, shapes: broadcast(shapes)),
    "Concatenate": _concatenate,
}
RECURRENT: Mapping[str, int] = {"GRU": 1, "LSTM": 2, "SimpleRNN": 1}
"""The number of states that a recurrent layer returns after its output."""
