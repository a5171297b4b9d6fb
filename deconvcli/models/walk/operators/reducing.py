"""Operations that reduce axes to one element."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    Operator,
    Tensor,
    compute,
    find_place,
    make_tensor,
)


def _reduce(function: Callable[[Any, Any], Any] | None) -> Operator:
    def apply(call: Call) -> Sequence[Tensor]:
        given = call.input(0)
        if given.sizes is None:
            return [UNKNOWN]
        axes = call.list_or_input("axes", 1)
        keeps = call.number("keepdims", 1)
        rank = len(given.sizes)
        if axes is None and call.has(1):
            return [Tensor((None,) * rank if keeps else None)]
        if not axes and call.number("noop_with_empty_axes", 0):
            return [given]
        reduced = {find_place(axis, rank) for axis in axes or range(rank)}
        sizes = [
            1 if place in reduced else size
            for place, size in enumerate(given.sizes)
            if keeps or place not in reduced
        ]
        values = None
        # Sizes are reduced whole: the product or the largest of a shape.
        if function and given.values and len(reduced) == rank:
            found = compute(lambda *parts: reduce(function, parts), *given.values)
            values = None if found is None else [found]
        return [make_tensor(sizes, values)]

    return apply


def _find_position(call: Call) -> Sequence[Tensor]:
    sizes = call.input(0).sizes
    if sizes is None:
        return [UNKNOWN]
    place = find_place(call.number("axis", 0), len(sizes))
    one = (1,) if call.number("keepdims", 1) else ()
    return [make_tensor((*sizes[:place], *one, *sizes[place + 1 :]))]


_FUNCTIONS: Mapping[str, Callable[[Any, Any], Any] | None] = {
    "ReduceProd": lambda a, b: a * b,
    "ReduceSum": lambda a, b: a + b,
    "ReduceMax": lambda a, b: a if a >= b else b,
    "ReduceMin": lambda a, b: a if a <= b else b,
    **dict.fromkeys(
        ("ReduceMean", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare")
    ),
}
OPERATORS: Mapping[str, Operator] = {
    **{name: _reduce(function) for name, function in _FUNCTIONS.items()},
    "ArgMax": _find_position,
    "ArgMin": _find_position,
}
