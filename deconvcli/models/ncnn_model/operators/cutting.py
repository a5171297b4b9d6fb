"""Layers that make a tensor longer or shorter: pads, crops, slices, interpolation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from deconvcli.models.ncnn_model.operators.shaping import ABSENT, spread_axes, spread_keys
from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    find_place,
    make_tensor,
)


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
        if call.number("0", 0) == ABSENT:
            raise ValueError("another tensor gives the crop")
        return [_crop_like(call, given)]
    offsets = spread_keys(rank, call, ("0", "1", "13", "2"), 0)
    offsets_end = spread_keys(rank, call, ("6", "7", "15", "8"), 0)
    wanted = spread_keys(rank, call, ("3", "4", "14", "5"), 0)
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
    width, height, depth, _ = spread_axes(other)
    channels = other[0] if len(other) == rank else given[0]
    wanted = {1: [width], 2: [height, width], 3: [channels, height, width]}
    sizes = wanted.get(rank) or [channels, depth, height, width]
    offsets = spread_keys(rank, call, ("0", "1", "13", "2"), 0)
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
    begin = 0 if start == ABSENT else start if start >= 0 else size + start
    last = size if end == ABSENT else end if end > 0 else size + end
    return (size if end > 0 and last > size else last) - begin


def _shorten(size: Any, lost: int, wanted: int) -> Any:
    left = size - lost
    return left if wanted == ABSENT or left < wanted else wanted


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
    width, height, _, _ = spread_axes(given) if len(given) > 1 else [1, 1, 1, 1]
    out_height, out_width = call.number("3", 0), call.number("4", 0)
    found: list[OpenSize] = [out_height, out_width]
    if len(call.inputs) > 1:
        other = call.input(1).sizes
        found = [None, None] if other is None else [spread_axes(other)[1], spread_axes(other)[0]]
    elif not (out_height and out_width):
        scales = [call.attributes.get(key, 1.0) for key in ("1", "2")]
        found = [
            compute(partial(_scale, factor=factor), size)
            for size, factor in zip((height, width), scales, strict=True)
        ]
    if len(given) == 1:
        return [make_tensor((given[0], *found))]
    return [_check_left(given, (given[0], *found[-(len(given) - 1) :]))]


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
        elif lengths[place] == ABSENT:
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


OPERATORS: Mapping[str, Operator] = {
    "Crop": _crop,
    "Interp": _resize,
    "Padding": _pad,
    "Slice": _slice,
}
