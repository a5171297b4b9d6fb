"""Layers that change the sizes of one tensor, take parts of it, or leave it as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
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

_ABSENT = -233
_AS_GIVEN, _INFERRED = 0, -1
# Keys of the width, the height, the depth and the channels.
_SHAPE = ("0", "1", "11", "2")


def _keep(call: Call) -> Sequence[Tensor]:
    """All outputs are as the first input."""
    return [Tensor(call.input(0).sizes)] * call.outputs


def _keep_each(call: Call) -> Sequence[Tensor]:
    return [Tensor(call.input(place).sizes) for place in range(call.outputs)]


def _place(rank: int, call: Call, keys: Sequence[str], default: int) -> list[int]:
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
    own = dict(zip(("w", "h", "d", "c"), _spread(given), strict=True))
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
    width, height, depth, channels = [call.number(key, _ABSENT) for key in _SHAPE]
    wanted: list[OpenSize] = []
    for size in (width, height, depth, channels) if depth != _ABSENT else (width, height, channels):
        if size == _ABSENT:
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
    return None if given is None else _spread(given)["whdc".index(term[-1])]


def _divide(total: Any, others: Any) -> Any:
    return total // others


def _spread(given: Sequence[OpenSize]) -> list[OpenSize]:
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


def _pad(call: Call) -> Sequence[Tensor]:
    if len(call.inputs) > 1:
        raise ValueError("another tensor gives the numbers")
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    top, bottom, left, right, front, end = [
        call.number(key, 0) for key in ["0", "1", "2", "3", "7", "8"]
    ]
    both = {1: [left + right], 2: [top + bottom, left + right]}
    outer = [front + end, top + bottom, left + right]
    added = both.get(len(given)) or (outer if len(given) == 3 else [0, *outer])
    return [
        make_tensor(
            [
                compute(lambda n, more=more: n + more, n)
                for n, more in zip(given, added, strict=True)
            ]
        )
    ]


def _crop(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if any(key in call.attributes for key in ("19", "20", "21")):
        raise ValueError("expressions give the crop")
    if given is None:
        return [UNKNOWN]
    starts, ends = call.numbers("9"), call.numbers("10")
    rank = len(given)
    if starts and ends:
        axes = call.numbers("11") or list(range(rank))
        sizes = list(given)
        for axis, start, end in zip(axes, starts, ends, strict=False):
            place = find_place(axis, rank)
            sizes[place] = compute(partial(_cut, start=start, end=end), given[place])
        return [_check_left(given, sizes)]
    if len(call.inputs) > 1:
        if call.number("0", 0) == _ABSENT:
            raise ValueError("another tensor gives the crop")
        return [_crop_like(call, given)]
    offsets = _place(rank, call, ("0", "1", "13", "2"), 0)
    offsets_end = _place(rank, call, ("6", "7", "15", "8"), 0)
    wanted = _place(rank, call, ("3", "4", "14", "5"), 0)
    found = [
        compute(partial(_shorten, lost=begin + end, wanted=size), n)
        for n, begin, end, size in zip(given, offsets, offsets_end, wanted, strict=True)
    ]
    return [_check_left(given, found)]


def _crop_like(call: Call, given: Sequence[OpenSize]) -> Tensor:
    """Return the sizes of the second input; channels are kept where it has none."""
    other = call.input(1).sizes
    rank = len(given)
    if other is None:
        return Tensor((None,) * rank)
    width, height, depth, _ = _spread(other)
    channels = other[0] if len(other) == rank else given[0]
    wanted = {1: [width], 2: [height, width], 3: [channels, height, width]}
    sizes = wanted.get(rank) or [channels, depth, height, width]
    offsets = _place(rank, call, ("0", "1", "13", "2"), 0)
    for n, offset, size in zip(given, offsets, sizes, strict=True):
        if compute(lambda n, size, offset=offset: bool(size + offset > n), n, size):
            problem = Problem(
                "crop",
                f"{size} elements from {offset} on are cut from {n}",
                "give it an input as large as the crop, or a smaller offset.",
                (n, size),
            )
            problem.outputs = [Tensor(tuple(sizes))]
            raise problem
    return make_tensor(sizes)


def _cut(size: Any, start: int, end: int) -> Any:
    begin = 0 if start == _ABSENT else start if start >= 0 else size + start
    last = size if end == _ABSENT else end if end > 0 else size + end
    return (size if end > 0 and last > size else last) - begin


def _shorten(size: Any, lost: int, wanted: int) -> Any:
    left = size - lost
    return left if wanted == _ABSENT or left < wanted else wanted


def _check_left(given: Sequence[OpenSize], sizes: Sequence[OpenSize]) -> Tensor:
    """Return the tensor.

    Raises:
        Problem: nothing is left on an axis.
    """
    empty = [
        n for n, out in zip(given, sizes, strict=True) if compute(lambda size: bool(size < 1), out)
    ]
    if empty:
        raise Problem(
            "empty-output", f"the crop leaves nothing of {empty[0]}", "use a larger input.", empty
        )
    return make_tensor(sizes)


def _resize(call: Call) -> Sequence[Tensor]:
    """Interp; a vector becomes as many channels, and of a matrix the width alone changes."""
    if "9" in call.attributes:
        raise ValueError("an expression gives the size")
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    width, height, _, _ = _spread(given) if len(given) > 1 else [1, 1, 1, 1]
    out_height, out_width = call.number("3", 0), call.number("4", 0)
    found: list[OpenSize] = [out_height, out_width]
    if len(call.inputs) > 1:
        other = call.input(1).sizes
        found = [None, None] if other is None else [_spread(other)[1], _spread(other)[0]]
    elif not (out_height and out_width):
        scales = [call.attributes.get(key, 1.0) for key in ("1", "2")]
        found = [
            compute(partial(_scale, factor=factor), size)
            for size, factor in zip((height, width), scales, strict=True)
        ]
    if len(given) == 1:
        return [make_tensor((given[0], *found))]
    if len(given) == 2:
        return [make_tensor((given[0], found[1]))]
    return [make_tensor((given[0], *found))]


def _scale(size: Any, factor: float) -> Any:
    if isinstance(size, int):
        return int(size * factor)
    return size * factor


def _slice(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN] * call.outputs
    axis = find_place(call.number("1", 0), len(given))
    length, lengths = given[axis], call.numbers("0") or []
    indices = call.numbers("2")
    found: list[OpenSize] = []
    done: OpenSize = 0
    for place in range(call.outputs):
        is_last = place == call.outputs - 1
        if indices is not None:
            end = length if is_last else indices[place]
            if isinstance(end, int) and end < 0:
                end = compute(lambda n, end=end: n + end, length)
            part = compute(lambda a, b: a - b, end, done)
        elif lengths[place] == _ABSENT:
            count = call.outputs - place
            part = compute(lambda n, q, count=count: (n - q) // count, length, done)
        else:
            part = lengths[place]
        done = compute(lambda a, b: a + b, done, part)
        found.append(part)
    if compute(lambda a, b: bool(a > b), done, length):
        raise Problem(
            "elements",
            f"parts of {done} elements are cut from {length}",
            "give it a larger input.",
            (length,),
        )
    return [make_tensor((*given[:axis], part, *given[axis + 1 :])) for part in found]


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
        else {place for place, flag in enumerate(_place(rank, call, _SHAPE, 0)) if flag}
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
    "Crop": _crop,
    "Embed": _look_up,
    "ExpandDims": _insert_axes,
    "Flatten": _flatten,
    "GLU": _halve,
    "GRU": _recur,
    "GridSample": _sample,
    "Interp": _resize,
    "LSTM": _recur,
    "MemoryData": make_constant,
    "Noop": _keep_each,
    "Padding": _pad,
    "Permute": _permute,
    "PixelShuffle": _shuffle_pixels,
    "RNN": _recur,
    "Reduction": _reduce,
    "Reorg": _reorganize,
    "Reshape": _reshape,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Tile": _repeat,
}
