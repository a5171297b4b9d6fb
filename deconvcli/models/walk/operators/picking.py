"""Operations that take parts of a tensor, or put tensors together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from deconvcli.models.walk.elements import make_join_problem
from deconvcli.models.walk.tensors import (
    MAX_VALUES,
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    find_place,
    make_tensor,
    pick,
)


def _gather(call: Call) -> Sequence[Tensor]:
    given, indices = call.input(0), call.input(1)
    if given.sizes is None or indices.sizes is None:
        return [UNKNOWN]
    axis = find_place(call.number("axis", 0), len(given.sizes))
    sizes = (*given.sizes[:axis], *indices.sizes, *given.sizes[axis + 1 :])
    if given.values is None or indices.values is None:
        return [make_tensor(sizes)]
    length = given.sizes[axis]
    places = [
        index % length if isinstance(index, int) and -length <= index < length else None  # type: ignore[operator]
        for index in indices.values
    ]
    if None in places:
        return [make_tensor(sizes)]
    return [make_tensor(sizes, pick(given.values, given.sizes, axis, places))]  # type: ignore[arg-type]


def _gather_elements(call: Call) -> Sequence[Tensor]:
    return [Tensor(call.input(1).sizes)]


def _gather_nd(call: Call) -> Sequence[Tensor]:
    given, indices = call.input(0).sizes, call.input(1).sizes
    batch = call.number("batch_dims", 0)
    if given is None or not indices or not isinstance(indices[-1], int):
        return [UNKNOWN]
    return [make_tensor((*indices[:-1], *given[batch + indices[-1] :]))]


def _slice(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.sizes is None:
        return [UNKNOWN]
    rank = len(given.sizes)
    starts, ends = call.list_or_input("starts", 1), call.list_or_input("ends", 2)
    axes, steps = call.list_or_input("axes", 3), call.values(4)
    count = next((len(found) for found in (starts, ends, axes, steps) if found is not None), None)
    if count is None or (axes is None and call.has(3)):
        return [Tensor((None,) * rank)]
    axes = tuple(range(count)) if axes is None else axes
    places = [find_place(axis, rank) for axis in axes]
    none = (None,) * count
    steps = (1,) * count if not call.has(4) else steps or none
    sizes, values = list(given.sizes), given.values
    for place, start, end, step in zip(places, starts or none, ends or none, steps, strict=True):
        length = sizes[place]
        found = compute(_cut, length, start, end, step)
        if found is None:
            sizes[place], values = None, None
            continue
        first, sizes[place] = found
        size = sizes[place]
        if values is not None and isinstance(size, int):
            indices = [first + step * number for number in range(size)]
            values = tuple(
                pick(values, [int(s) for s in _numbers(sizes, place, length)], place, indices)
            )
    return [make_tensor(sizes, values)]


def _numbers(sizes: Sequence[OpenSize], place: int, length: OpenSize) -> list[Any]:
    """Return the sizes as they were before the cut along one axis."""
    return [length if number == place else size for number, size in enumerate(sizes)]


def _cut(length: Any, start: Any, end: Any, step: int) -> tuple[Any, Any]:
    """Return the first index and the number of elements of a slice; both ends are clamped."""
    if step == 0:
        raise Problem("illegal-value", "a slice has the step 0", "export the model again.")
    start = start + length if start < 0 else start
    end = end + length if end < 0 else end
    if step > 0:
        start, end = _clamp(start, 0, length), _clamp(end, 0, length)
        return start, _divide_up(end - start, step)
    start, end = _clamp(start, 0, length - 1), _clamp(end, -1, length - 1)
    return start, _divide_up(start - end, -step)


def _clamp(value: Any, least: Any, most: Any) -> Any:
    if value < least:
        return least
    return most if value > most else value


def _divide_up(distance: Any, step: int) -> Any:
    return -(-distance // step) if distance > 0 else 0


def _split(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.sizes is None:
        return [UNKNOWN] * call.outputs
    axis = find_place(call.number("axis", 0), len(given.sizes))
    length = given.sizes[axis]
    parts: Sequence[Any] | None = call.list_or_input("split", 1)
    if parts is None:
        count = call.number("num_outputs", call.outputs)
        is_even = not call.has(1) and count == call.outputs > 0
        parts = _split_evenly(length, count) if is_even else None
    if parts is None or len(parts) != call.outputs:
        parts = [None] * call.outputs
    tensors, start = [], 0
    for part in parts:
        sizes = (*given.sizes[:axis], part, *given.sizes[axis + 1 :])
        values = None
        if given.values is not None and isinstance(part, int) and isinstance(start, int):
            indices = range(start, min(start + part, length if isinstance(length, int) else 0))
            values = pick(given.values, given.sizes, axis, indices)  # type: ignore[arg-type]
        tensors.append(make_tensor(sizes, values))
        start = None if part is None or start is None else start + part  # type: ignore[assignment]
    return tensors


def _split_evenly(length: OpenSize, count: int) -> list[OpenSize]:
    """Return equal parts, of which the last may be smaller."""
    part = compute(lambda n: -(-n // count), length)
    last = compute(lambda n, p: n - p * (count - 1), length, part)
    return [*[part] * (count - 1), last]


def _concat(call: Call) -> Sequence[Tensor]:
    tensors = [tensor or UNKNOWN for tensor in call.inputs]
    ranks = {len(tensor.sizes) for tensor in tensors if tensor.sizes is not None}
    if not ranks:
        return [UNKNOWN]
    if len(ranks) > 1:
        raise Problem(
            "rank",
            f"tensors of {sorted(ranks)} axes are joined",
            "export the model again.",
        )
    [rank] = ranks
    axis = find_place(call.number("axis", 1 if call.version < 4 else 0), rank)
    known = [tensor.sizes for tensor in tensors if tensor.sizes is not None]
    shared = [None if place == axis else _agree(known, place) for place in range(rank)]
    wrong = [pair for pair in shared if isinstance(pair, tuple)]
    sizes: list[Any] = [one[0] if isinstance(one, tuple) else one for one in shared]
    parts = [None if tensor.sizes is None else tensor.sizes[axis] for tensor in tensors]
    sizes[axis] = compute(lambda *lengths: sum(lengths), *parts)
    if wrong:
        verb = f"are put together along axis {axis}"
        raise make_join_problem(tensors, verb, wrong, sizes)
    return [make_tensor(sizes, _concat_values(tensors, axis))]


def _agree(shapes: Sequence[Sequence[OpenSize]], place: int) -> Any:
    """Return the size that all tensors have along an axis, or a pair of two that differ."""
    known = [shape[place] for shape in shapes if shape[place] is not None]
    for size in known[1:]:
        if compute(lambda one, other: bool(one != other), known[0], size):
            return known[0], size
    return known[0] if known else None


def _concat_values(tensors: Sequence[Tensor], axis: int) -> list[Any] | None:
    """Return the elements of tensors put together along an axis; None if all are unknown."""
    if all(tensor.values is None for tensor in tensors):
        return None
    rows: list[list[Any]] = []
    total = 0
    for tensor in tensors:
        # An unknown tensor of known sizes has unknown elements, and the others keep theirs.
        values = tensor.values
        if tensor.sizes is None or not all(isinstance(size, int) for size in tensor.sizes):
            return None
        whole = [int(size) for size in tensor.sizes]  # type: ignore[arg-type]
        total += prod(whole)
        if total > MAX_VALUES:
            return None
        if values is None:
            values = (None,) * prod(whole)
        step = prod(whole[axis:])
        outer = prod(whole[:axis])
        rows.append([values[row * step : (row + 1) * step] for row in range(outer)])
    return [value for parts in zip(*rows, strict=False) for part in parts for value in part]


def _top(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.sizes is None:
        return [UNKNOWN] * 2
    axis = find_place(call.number("axis", -1), len(given.sizes))
    listed = call.values(1)
    count = call.attributes.get("k") if listed is None else listed[0] if listed else None
    sizes = (*given.sizes[:axis], count, *given.sizes[axis + 1 :])
    return [make_tensor(sizes)] * call.outputs


def _one_hot(call: Call) -> Sequence[Tensor]:
    sizes, depth = call.input(0).sizes, call.values(1)
    if sizes is None:
        return [UNKNOWN]
    axis = find_place(call.number("axis", -1), len(sizes) + 1)
    count = depth[0] if depth else None
    return [make_tensor((*sizes[:axis], count, *sizes[axis:]))]


def _find_nonzero(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.values is not None and given.rank == 1 and None not in given.values:
        found = [place for place, value in enumerate(given.values) if value]
        return [make_tensor((1, len(found)), found)]
    return [Tensor((given.rank, None))]


def _compress(call: Call) -> Sequence[Tensor]:
    given, axis = call.input(0), call.attributes.get("axis")
    if not isinstance(axis, int):
        return [Tensor((None,))]
    if given.sizes is None:
        return [UNKNOWN]
    place = find_place(axis, len(given.sizes))
    return [make_tensor((*given.sizes[:place], None, *given.sizes[place + 1 :]))]


OPERATORS: Mapping[str, Operator] = {
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "Slice": _slice,
    "Split": _split,
    "Concat": _concat,
    "TopK": _top,
    "OneHot": _one_hot,
    "NonZero": _find_nonzero,
    "Compress": _compress,
}
