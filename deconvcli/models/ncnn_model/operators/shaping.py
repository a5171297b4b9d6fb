"""Layers that leave a tensor as it is, or give it other axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    count_elements,
    find_place,
    make_tensor,
)

ABSENT = -233
_AS_GIVEN, _INFERRED = 0, -1
# Keys of the width, the height, the depth and the channels.
_SHAPE = ("0", "1", "11", "2")


def _keep(call: Call) -> Sequence[Tensor]:
    """All outputs are as the first input."""
    return [Tensor(call.input(0).sizes)] * call.outputs


def _keep_each(call: Call) -> Sequence[Tensor]:
    return [Tensor(call.input(place).sizes) for place in range(call.outputs)]


def spread_keys(rank: int, call: Call, keys: Sequence[str], default: int) -> list[int]:
    """Return a parameter for each axis of a tensor, from the first one to the width."""
    width, height, depth, channels = [call.number(key, default) for key in keys]
    axes = {1: [width], 2: [height, width], 3: [channels, height, width]}
    return axes.get(rank) or [channels, depth, height, width]


def make_constant(call: Call) -> Sequence[Tensor]:
    """MemoryData, whose sizes of 0 or less are axes that it has not."""
    width, height, depth, channels = [call.number(key, 0) for key in _SHAPE]
    sizes = [channels, depth, height, width] if depth else [channels, height, width]
    return [make_tensor([size for size in sizes if size > 0])]


def _reshape(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    wanted = _list_wanted(call)
    if not wanted or given is None:
        return [UNKNOWN if given is None else Tensor(given)]
    own = dict(zip(("w", "h", "d", "c"), spread_axes(given), strict=True))
    axes = {1: "w", 2: "hw", 3: "chw", 4: "cdhw"}[len(wanted)]
    sizes = [
        own[axis] if _is(size, _AS_GIVEN) else size for axis, size in zip(axes, wanted, strict=True)
    ]
    total = count_elements(given)
    for place in [place for place, size in enumerate(sizes) if _is(size, _INFERRED)]:
        others = count_elements([*sizes[:place], *sizes[place + 1 :]])
        sizes[place] = compute(_divide, total, others)
    rebuilt = count_elements(sizes)
    if compute(lambda a, b: bool(a != b), total, rebuilt):
        problem = Problem(
            "elements",
            lambda: f"{total} elements cannot be reshaped to {sizes}",
            "use another input size.",
            given,
        )
        problem.outputs = [Tensor(tuple(sizes))]
        raise problem
    return [make_tensor(sizes)]


def _is(size: OpenSize, number: int) -> bool:
    return isinstance(size, int) and size == number


def _list_wanted(call: Call) -> list[OpenSize]:
    """Return the sizes that a Reshape asks for, 0 and -1 included; none where it has no width."""
    expression = call.attributes.get("6")
    if expression is not None:
        terms = [_read_term(call, term) for term in str(expression).split(",")]
        return terms[::-1]
    width, height, depth, channels = [call.number(key, ABSENT) for key in _SHAPE]
    wanted: list[OpenSize] = []
    for size in (width, height, depth, channels) if depth != ABSENT else (width, height, channels):
        if size == ABSENT:
            break
        wanted.insert(0, size)
    return wanted


def _read_term(call: Call, term: str) -> OpenSize:
    """Return a term of an expression: a number, or as `1w` the width of the second input.

    Raises:
        ValueError: it is anything else, such as a function.
    """
    if term[-1:] not in ("w", "h", "d", "c"):
        return int(term[:10])
    given = call.input(int(term[:-1][:3])).sizes
    return None if given is None else spread_axes(given)["whdc".index(term[-1])]


def _divide(total: Any, others: Any) -> Any:
    return total // others


def spread_axes(given: Sequence[OpenSize]) -> list[OpenSize]:
    """Return width, height, depth and channels, with 1 for the axes that there are not."""
    width, *outer = reversed(given)
    height = outer[0] if outer else 1
    channels = outer[-1] if len(outer) > 1 else 1
    depth = outer[1] if len(outer) > 2 else 1
    return [width, height, depth, channels]


def _flatten(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    return [Tensor((None,)) if given is None else make_tensor((count_elements(given),))]


def _permute(call: Call) -> Sequence[Tensor]:
    """The order is a number: that of the permutation in the list of all."""
    given = call.input(0).sizes
    if given is None or len(given) == 1:
        return [Tensor(given)]
    # From "width first" on, the last axis varies slowest.
    orders = sorted(permutations(range(len(given))), key=lambda order: order[::-1], reverse=True)
    order = orders[call.number("0", 0)]
    backwards = given[::-1]
    return [make_tensor([backwards[place] for place in order][::-1])]


def _reduce(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    rank = len(given)
    listed = range(rank) if call.number("1", 1) else call.numbers("3") or []
    axes = {find_place(axis, rank) for axis in listed} or set()
    if rank == 1:
        axes = {0}
    if call.number("4", 0):
        return [make_tensor([1 if axis in axes else size for axis, size in enumerate(given)])]
    kept = [size for axis, size in enumerate(given) if axis not in axes]
    return [make_tensor(kept or (1,))]


def _insert_axes(call: Call) -> Sequence[Tensor]:
    given, axes = call.input(0).sizes, call.numbers("3") or []
    if given is None:
        return [UNKNOWN]
    rank = len(given) + len(axes)
    sizes = list(given)
    for place in sorted(find_place(axis, rank) for axis in axes):
        sizes.insert(place, 1)
    return [make_tensor(sizes)]


def _squeeze(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    rank = len(given)
    axes = call.numbers("3")
    named = (
        {find_place(axis, rank) for axis in axes}
        if axes
        else {place for place, flag in enumerate(spread_keys(rank, call, _SHAPE, 0)) if flag}
    )
    kept = []
    for place, size in enumerate(given):
        is_one = place in named and compute(lambda n: bool(n == 1), size)
        if place in named and is_one is None:
            return [UNKNOWN]
        if not is_one:
            kept.append(size)
    return [make_tensor(kept or (1,))]


def _repeat(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    repeats = call.numbers("2")
    if repeats is None:
        repeats = [1] * len(given)
        repeats[find_place(call.number("0", 0), len(given))] = call.number("1", 1)
    rank = max(len(repeats), len(given))
    # Where there are more, axes are added at the front; the depth stands after the channels.
    head = given[:1] if (len(given), rank) == (3, 4) else ()
    sizes = [*head, *[1] * (rank - len(given)), *given[len(head) :]]
    times = [*[1] * (rank - len(repeats)), *repeats]
    return [
        make_tensor([compute(lambda n, t=t: n * t, n) for n, t in zip(sizes, times, strict=True)])
    ]


def _shuffle_pixels(call: Call) -> Sequence[Tensor]:
    given, factor = call.input(0).sizes, call.number("0", 1)
    if given is None or len(given) != 3 or factor < 1:
        return [UNKNOWN]
    channels = compute(lambda n: n // (factor * factor), given[0])
    sizes = [compute(lambda n: n * factor, n) for n in given[1:]]
    return [make_tensor((channels, *sizes))]


def _reorganize(call: Call) -> Sequence[Tensor]:
    given, stride = call.input(0).sizes, call.number("0", 1)
    if given is None or len(given) != 3 or stride < 1:
        return [UNKNOWN]
    channels = compute(lambda n: n * stride * stride, given[0])
    return [make_tensor((channels, *[compute(lambda n: n // stride, n) for n in given[1:]]))]


def _halve(call: Call) -> Sequence[Tensor]:
    """GLU: half of the elements of one axis."""
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = find_place(call.number("0", 0), len(given))
    half = compute(lambda n: n // 2, given[axis])
    return [make_tensor((*given[:axis], half, *given[axis + 1 :]))]


def _look_up(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    return [UNKNOWN if given is None else make_tensor((given[-1], call.number("0", 0)))]


def _recur(call: Call) -> Sequence[Tensor]:
    """LSTM, GRU and RNN: one row for each step; the states after it are not known."""
    given = call.input(0).sizes
    if given is None or len(given) != 2:
        return [UNKNOWN] * call.outputs
    directions = 2 if call.number("2", 0) == 2 else 1
    found = make_tensor((given[0], call.number("0", 0) * directions))
    return [found, *[UNKNOWN] * (call.outputs - 1)]


def _sample(call: Call) -> Sequence[Tensor]:
    """GridSample: the channels of the first input, and the sizes of the grid without pairs."""
    given, grid = call.input(0).sizes, call.input(1).sizes
    if given is None or grid is None or len(given) != 3 or len(grid) != 3:
        return [UNKNOWN]
    sizes = grid[1:] if call.number("3", 0) else grid[:2]
    return [make_tensor((given[0], *sizes))]


_SAME = (
    "AbsVal BatchNorm Bias BNLL CELU Cast Clip CopyTo CumulativeSum Dequantize Dropout ELU Erf Exp"
    " GELU GroupNorm HardSigmoid HardSwish InstanceNorm LRN LayerNorm Log MVN Mish Normalize PReLU"
    " Power Quantize RMSNorm ReLU Requantize RotaryEmbed SELU Scale Shrink ShuffleChannel Sigmoid"
    " Softmax Softplus Split Swish TanH Threshold UnaryOp"
)
KEEPING = frozenset(_SAME.split())
"""Layers whose outputs are all of the size of their first input."""

OPERATORS: Mapping[str, Operator] = dict.fromkeys(KEEPING, _keep) | {
    "Embed": _look_up,
    "ExpandDims": _insert_axes,
    "Flatten": _flatten,
    "GLU": _halve,
    "GRU": _recur,
    "GridSample": _sample,
    "LSTM": _recur,
    "MemoryData": make_constant,
    "Noop": _keep_each,
    "Permute": _permute,
    "PixelShuffle": _shuffle_pixels,
    "RNN": _recur,
    "Reduction": _reduce,
    "Reorg": _reorganize,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Tile": _repeat,
}
