"""Broadcasting: the sizes at which tensors are joined element by element."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

from deconvcli.common.values import MAX_INT64
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    MAX_VALUES,
    OpenSize,
    Problem,
    Tensor,
    Values,
    compute,
    is_number,
    make_tensor,
)


def join_sizes(tensors: Sequence[Tensor]) -> tuple[OpenSize, ...] | None:
    """Return the sizes of tensors joined element by element; None if a rank is unknown.

    Raises:
        Problem: two sizes differ, and none of them is 1.
    """
    joined: tuple[OpenSize, ...] = ()
    wrong: list[tuple[OpenSize, OpenSize]] = []
    for tensor in tensors:
        if tensor.sizes is None:
            return None
        if not joined or not tensor.sizes:
            joined = joined or tensor.sizes
            continue
        # The shorter one has no axes at the start, and is stretched there.
        longer = max(joined, tensor.sizes, key=len)
        shared = min(len(joined), len(tensor.sizes))
        pairs = list(zip(joined[-shared:], tensor.sizes[-shared:], strict=True))
        found = [_join(one, other) for one, other in pairs]
        wrong += [pair for pair, size in zip(pairs, found, strict=True) if size is _UNEQUAL]
        sizes = [
            one if size is _UNEQUAL else size for (one, _), size in zip(pairs, found, strict=True)
        ]
        joined = (*longer[:-shared], *sizes)
    if wrong:
        raise make_join_problem(tensors, "are joined", wrong, joined)
    return joined


_UNEQUAL: Any = object()


def _join(one: OpenSize, other: OpenSize) -> Any:
    """Return the size of an axis of both, None where it is not known, or `_UNEQUAL`."""
    if one is other:
        return one
    if one is None or other is None:
        known = other if one is None else one
        # Of an unknown size and 5, the result has 5: the unknown one is 1 or 5.
        return known if known is not None and compute(lambda n: n != 1, known) else None
    # Comparisons restrict letters, and a 1 needs none.
    for size, stretched in ((one, other), (other, one)):
        if isinstance(size, int) and size == 1:
            return stretched
    equal = compute(lambda a, b: bool(a == b), one, other)
    if equal is None:
        return None
    if equal:
        return one
    for size, stretched in ((one, other), (other, one)):
        is_one = compute(lambda n: bool(n == 1), size)
        if is_one is None:
            return None
        if is_one:
            return stretched
    return _UNEQUAL


def make_join_problem(
    tensors: Sequence[Tensor],
    verb: str,
    wrong: Sequence[tuple[OpenSize, OpenSize]],
    joined: Sequence[OpenSize],
) -> Problem:
    """Return the problem of tensors whose sizes differ in these pairs.

    verb: how they are joined. joined: the sizes with which the walk goes on, as if they fitted.
    """

    def write() -> str:
        shapes = " and ".join([write_sizes(tensor.sizes or ()) for tensor in tensors[:4]])
        differences = " and ".join(dict.fromkeys([f"{one} is not {other}" for one, other in wrong]))
        return f"tensors of {shapes} {verb}, and {differences}"

    problem = Problem(
        "unequal-sizes",
        write,
        "use another input size, or crop the larger tensor before the join.",
        [size for pair in wrong for size in pair],
    )
    problem.outputs = [Tensor(tuple(joined))]
    return problem


def expand_values(tensor: Tensor, sizes: Sequence[OpenSize]) -> Values | None:
    """Return the elements of a tensor stretched to larger sizes; None where not all are known."""
    if tensor.values is None or tensor.sizes is None or not all(map(is_number, sizes)):
        return None
    if list(tensor.sizes) == list(sizes):
        return tensor.values
    whole = [int(size) for size in sizes]  # type: ignore[arg-type]
    if prod(whole) > MAX_VALUES:
        return None
    own = [1] * (len(whole) - len(tensor.sizes)) + list(tensor.sizes)
    steps: list[int] = [
        0 if size == 1 else prod(own[place + 1 :])  # type: ignore[arg-type]
        for place, size in enumerate(own)
    ]
    return tuple(
        tensor.values[sum(i * step for i, step in zip(index, steps, strict=True))]
        for index in product(*map(range, whole))
    )


def join_values(tensors: Sequence[Tensor], sizes: Sequence[OpenSize]) -> list[Values] | None:
    """Return the elements of all tensors, each stretched to the joined sizes."""
    found = [expand_values(tensor, sizes) for tensor in tensors]
    known = [values for values in found if values is not None]
    return known if len(known) == len(found) else None


def map_elements(call: Any, function: Any) -> list[Tensor]:
    """Return the result of an operation on each element, with its values where they are known."""
    tensors = [tensor for tensor in call.inputs if tensor is not None]
    sizes = join_sizes(tensors)
    if sizes is None:
        return [Tensor()] * call.outputs
    rows = join_values(tensors, sizes) if function is not None else None
    values = None
    if rows is not None:
        values = [_apply(function, parts) for parts in zip(*rows, strict=True)]
    return [make_tensor(sizes, values)]


def _apply(function: Any, parts: Sequence[Any]) -> Any:
    """Return the result for one element; None for what is no number that a runtime has."""
    try:
        found = compute(function, *parts)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None if isinstance(found, int) and abs(found) > MAX_INT64 else found
