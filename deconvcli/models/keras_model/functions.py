"""The sizes of what `keras.ops` computes, whose parameters stand in the config or in the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple, TypeAlias

from deconvcli.models.expressions import Size, add, divide_down, multiply
from deconvcli.models.keras_model.sizes import (
    Shape,
    broadcast,
    count_slice,
    find_outputs,
    multiply_all,
)

MAX_PARTS = 1000
"""The largest number of equal parts that a tensor is split into."""


class Tensor(NamedTuple):
    """A tensor among the arguments of a call."""

    shape: Shape


class Arguments(NamedTuple):
    """What a function is given. config: of its layer, args, kwargs: of the call."""

    config: Mapping[str, Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the tensors, in order."""
        return [one.shape for one in _find_tensors([*self.args, *self.kwargs.values()])]

    def get(self, name: str, place: int, default: Any = None) -> Any:
        """Return a parameter, from the config or the call. place: its number in the call."""
        if name in self.config:
            return self.config[name]
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[place] if place < len(self.args) else default


Rule: TypeAlias = Callable[[Arguments], list[Shape]]


def find_function_outputs(kind: str, given: Arguments) -> list[Shape] | None:
    """Return the shapes of what a function of keras.ops computes; None if it has no rule.

    Raises:
        UsageError: the shapes of several inputs do not fit together.
        TypeError, ValueError, LookupError: an argument of another form than Keras writes.
    """
    rule = FUNCTIONS.get(kind)
    return None if rule is None else rule(given)


def _find_tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _find_tensors(one)


def _broadcast(given: Arguments) -> list[Shape]:
    return [broadcast(given.shapes)]


def _concatenate(given: Arguments) -> list[Shape]:
    found = find_outputs("Concatenate", {"axis": given.get("axis", 1, -1)}, given.shapes)
    assert found is not None
    return [shape for shape in found if shape is not None]


def _take_index(given: Arguments) -> list[Shape]:
    """Return the shape of x[index], with slices, numbers, None and an ellipsis."""
    shape, index = given.shapes[0], given.get("key", 1)
    entries = list(index) if isinstance(index, (list, tuple)) else [index]
    named = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if Ellipsis not in entries:
        entries.append(Ellipsis)
    place = entries.index(Ellipsis)
    entries[place : place + 1] = [slice(None)] * (len(shape) - named)
    sizes, out = iter(shape), list[Size | None]()
    for entry in entries:
        if entry is None:
            out.append(1)
        elif isinstance(entry, slice):
            out.append(count_slice(next(sizes), entry))
        else:
            next(sizes)
    return [tuple(out)]


def _extend(given: Arguments) -> list[Shape]:
    shape, widths = given.shapes[0], given.get("pad_width", 1)
    if isinstance(widths, int):
        widths = [[widths, widths]] * len(shape)
    elif isinstance(widths[0], int):
        widths = [widths] * len(shape)
    pairs = zip(shape, widths, strict=True)
    return [tuple([None if n is None else add(n, sum(pair)) for n, pair in pairs])]


def _reduce(given: Arguments) -> list[Shape]:
    shape, axis = given.shapes[0], given.get("axis", 1)
    places = _list_places(axis, len(shape))
    if given.get("keepdims", 2, False):
        return [tuple(1 if at in places else size for at, size in enumerate(shape))]
    return [tuple(size for at, size in enumerate(shape) if at not in places)]


def _list_places(axis: Any, rank: int) -> set[int]:
    if axis is None:
        return set(range(rank))
    return {one % rank for one in (axis if isinstance(axis, (list, tuple)) else [axis])}


def _reshape(given: Arguments) -> list[Shape]:
    shape, target = given.shapes[0], list(given.get("newshape", 1))
    known = prod([size for size in target if isinstance(size, int) and size != -1])
    total = multiply_all(shape)
    if any(not isinstance(size, int) for size in target):
        return [tuple(None if not isinstance(size, int) or size == -1 else size for size in target)]
    left = None if total is None or not known else divide_down(total, known)
    return [tuple(left if size == -1 else size for size in target)]


def _transpose(given: Arguments) -> list[Shape]:
    shape, axes = given.shapes[0], given.get("axes", 1)
    return [tuple(shape[axis] for axis in (axes or range(len(shape) - 1, -1, -1)))]


def _insert_axis(given: Arguments) -> list[Shape]:
    shape, axis = given.shapes[0], given.get("axis", 1)
    axes = sorted([one % (len(shape) + 1) for one in ([axis] if isinstance(axis, int) else axis)])
    out = list(shape)
    for place in axes:
        out.insert(place, 1)
    return [tuple(out)]


def _remove_axis(given: Arguments) -> list[Shape]:
    shape, axis = given.shapes[0], given.get("axis", 1)
    places = (
        {at for at, size in enumerate(shape) if size == 1}
        if axis is None
        else _list_places(axis, len(shape))
    )
    return [tuple(size for at, size in enumerate(shape) if at not in places)]


def _split(given: Arguments) -> list[Shape]:
    shape, parts = given.shapes[0], given.get("indices_or_sections", 1)
    place = given.get("axis", 2, 0) % len(shape)
    size = shape[place]
    sizes: list[Size | None]
    if isinstance(parts, int):
        if parts > MAX_PARTS:
            raise ValueError(f"{parts} parts")
        sizes = [None if size is None else divide_down(size, parts)] * parts
    else:
        edges = [0, *parts]
        sizes = [after - before for before, after in pairwise(edges)]
        sizes.append(None if size is None else add(size, -edges[-1]))
    return [(*shape[:place], one, *shape[place + 1 :]) for one in sizes]


def _stack(given: Arguments) -> list[Shape]:
    shapes = given.shapes
    shape, place = list(broadcast(shapes)), given.get("axis", 1, 0)
    shape.insert(place % (len(shape) + 1), len(shapes))
    return [tuple(shape)]


def _repeat(given: Arguments) -> list[Shape]:
    shape, times, axis = given.shapes[0], given.get("repeats", 1), given.get("axis", 2)
    if axis is None:
        total = multiply_all(shape)
        return [(None if total is None else multiply(total, times),)]
    place = axis % len(shape)
    size = shape[place]
    return [(*shape[:place], None if size is None else multiply(size, times), *shape[place + 1 :])]


def _tile(given: Arguments) -> list[Shape]:
    shape, times = given.shapes[0], given.get("repeats", 1)
    rank = max(len(shape), len(times))
    sizes = (1,) * (rank - len(shape)) + shape
    factors = [1] * (rank - len(times)) + list(times)
    pairs = zip(sizes, factors, strict=True)
    return [tuple([None if n is None else multiply(n, factor) for n, factor in pairs])]


def _resize(given: Arguments) -> list[Shape]:
    shape, (height, width) = given.shapes[0], given.get("size", 1)
    if given.get("data_format", 2) == "channels_first":
        return [(*shape[:-2], height, width)]
    return [(*shape[:-3], height, width, shape[-1])]


_ELEMENTWISE = (
    "Abs Absolute Add Arctan Ceil Clip Cast Copy Cos Divide DivideNoNan Elu Equal Erf Exp Exp2 Flip"
    " Expm1 Floor FloorDivide Gelu Greater GreaterEqual HardSigmoid HardSilu HardTanh Identity"
    " LeakyRelu Less LessEqual Log Log10 Log1p Log2 LogSigmoid LogSoftmax LogicalAnd LogicalNot"
    " LogicalOr Maximum Minimum Mod Multiply Negative NotEqual OnesLike Power Reciprocal Relu Relu6"
    " Roll Round Rsqrt Selu Sigmoid Sign Silu Sin Sinh Softmax Softplus Softsign Sqrt Square"
    " Subtract Tan Tanh TrueDivide Where ZerosLike"
)
_REDUCTIONS = "All Amax Amin Any Logsumexp Max Mean Median Min Prod Std Sum Var"
FUNCTIONS: Mapping[str, Rule] = {
    **dict.fromkeys(_ELEMENTWISE.split(), _broadcast),
    **dict.fromkeys(_REDUCTIONS.split(), _reduce),
    "Concatenate": _concatenate,
    "ExpandDims": _insert_axis,
    "GetItem": _take_index,
    "Pad": _extend,
    "Repeat": _repeat,
    "Reshape": _reshape,
    "Resize": _resize,
    "Split": _split,
    "Squeeze": _remove_axis,
    "Stack": _stack,
    "Tile": _tile,
    "Transpose": _transpose,
}
