"""Layers that join tensors: element by element, as matrices, or one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.models.walk.elements import join_sizes, make_join_problem
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


def _join(call: Call) -> Sequence[Tensor]:
    """BinaryOp: a tensor of fewer axes has its own first, and ones after them."""
    if call.number("1", 0) or len(call.inputs) < 2:
        return [Tensor(call.input(0).sizes)]
    one, other = call.input(0).sizes, call.input(1).sizes
    if one is None or other is None:
        return [UNKNOWN]
    rank = max(len(one), len(other))
    tensors = [Tensor(_extend(one, other, rank)), Tensor(_extend(other, one, rank))]
    joined = join_sizes(tensors)
    return [UNKNOWN if joined is None else make_tensor(joined)]


def _extend(
    own: tuple[OpenSize, ...], other: tuple[OpenSize, ...], rank: int
) -> tuple[OpenSize, ...]:
    missing = (1,) * (rank - len(own))
    if len(own) == 1 and missing:
        # A vector is along the channels if it is as long, and else along the width.
        is_first = compute(lambda a, b: bool(a == b), own[0], other[0])
        return (
            (None,) * rank
            if is_first is None
            else (*own, *missing)
            if is_first
            else (
                *missing,
                *own,
            )
        )
    return (*own, *missing)


def _join_equal(call: Call) -> Sequence[Tensor]:
    """Eltwise: all of one size, which stretches nothing."""
    shapes = [tensor.sizes for tensor in map(call.input, range(len(call.inputs)))]
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return [UNKNOWN]
    wrong = [
        (one, other)
        for shape in known[1:]
        for one, other in zip(known[0], shape, strict=False)
        if compute(lambda a, b: bool(a != b), one, other)
    ]
    if wrong or len({len(shape) for shape in known}) > 1:
        raise make_join_problem(
            [Tensor(shape) for shape in known],
            "are joined",
            wrong or [(len(known[0]), len(known[-1]))],
            known[0],
        )
    return [make_tensor(known[0])]


def _concatenate(call: Call) -> Sequence[Tensor]:
    tensors = [call.input(place) for place in range(len(call.inputs))]
    shapes = [tensor.sizes for tensor in tensors if tensor.sizes is not None]
    if not shapes:
        return [UNKNOWN]
    first = shapes[0]
    axis = find_place(call.number("0", 0), len(first))
    if any(len(shape) != len(first) for shape in shapes):
        raise Problem(
            "rank",
            f"tensors of {' and '.join(str(len(shape)) for shape in shapes)} axes are concatenated",
            "give all the same number of axes.",
            (),
        )
    wrong = []
    joined: list[OpenSize] = []
    for place in range(len(first)):
        column = [shape[place] for shape in shapes]
        if place == axis:
            is_known = len(shapes) == len(tensors)
            joined.append(compute(_add, *column) if is_known else None)
            continue
        joined.append(next((size for size in column if size is not None), None))
        wrong += [
            (joined[-1], size)
            for size in column
            if compute(lambda a, b: bool(a != b), joined[-1], size)
        ]
    if wrong:
        raise make_join_problem(tensors, f"are concatenated along axis {axis}", wrong, joined)
    return [make_tensor(joined)]


def _add(*sizes: Any) -> Any:
    total = sizes[0]
    for size in sizes[1:]:
        total = total + size
    return total


def _multiply_matrices(call: Call) -> Sequence[Tensor]:
    """MatMul, whose axes before the last two are those of the larger one."""
    one, other = call.input(0).sizes, call.input(1).sizes
    if one is None or other is None:
        return [UNKNOWN]
    is_transposed = bool(call.number("0", 0))
    if len(other) == 1:
        return [make_tensor(one[:-1] or (1,))]
    columns = other[-2] if is_transposed else other[-1]
    if len(one) == 1:
        return [make_tensor((*other[:-2], columns))]
    batch = join_sizes([Tensor(one[:-2]), Tensor(other[:-2])]) or ()
    return [make_tensor((*batch, one[-2], columns))]


def _gemm(call: Call) -> Sequence[Tensor]:
    """Gemm, of which any of the three matrices may be constants."""
    place = 0
    # Rows: the size that the product keeps of each matrix, where it is an input.
    kept: list[OpenSize] = []
    for constant, transposed, size, keeps in (("4", "2", "7", 0), ("5", "3", "8", 1)):
        if call.number(constant, 0):
            kept.append(call.number(size, 0))
            continue
        given = call.input(place).sizes
        place += 1
        if given is None or not given:
            return [UNKNOWN]
        rows: tuple[OpenSize, ...] = (1, *given) if len(given) == 1 else (given[0], given[-1])
        kept.append(rows[keeps ^ bool(call.number(transposed, 0))])
    first, second = reversed(kept) if call.number("14", 0) else kept
    middle = (1,) if call.number("11", 0) else ()
    return [make_tensor((first, *middle, second))]


def _take_products(call: Call) -> Sequence[Tensor]:
    """InnerProduct: one vector, or one for each row of a matrix of the right width."""
    outputs, weights = call.number("0", 0), call.number("2", 0)
    if outputs < 1:
        raise ValueError("no outputs")
    taken = weights // outputs
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    if len(given) == 2:
        is_row = compute(lambda own: bool(own == taken), given[1])
        if is_row is None:
            return [UNKNOWN]
        if is_row:
            return [make_tensor((given[0], outputs))]
    total = compute(_multiply, *given)
    if weights and compute(lambda own: bool(own != taken), total):
        problem = Problem(
            "channels",
            f"its {weights:,} weights are for {taken:,} elements, and it is given {total}",
            "give it an input of this size; its weights fit no other.",
            given,
        )
        problem.outputs = [make_tensor((outputs,))]
        raise problem
    return [make_tensor((outputs,))]


def _multiply(*sizes: Any) -> Any:
    total = sizes[0]
    for size in sizes[1:]:
        total = total * size
    return total


def _attend(call: Call) -> Sequence[Tensor]:
    """MultiHeadAttention: as many rows as queries, and as wide as they are."""
    given = call.input(0).sizes
    if given is None or len(given) != 2 or call.outputs > 1:
        return [UNKNOWN]
    width = call.number("0", 0)
    kept = call.number("2", 0) // width if width else 0
    return [make_tensor((given[0], kept or given[1]))]


def _attend_scaled(call: Call) -> Sequence[Tensor]:
    """SDPA: heads and rows of the queries, and the width of the values."""
    queries, values = call.input(0).sizes, call.input(2).sizes
    if queries is None or values is None or len(queries) != 3 or call.outputs > 1:
        return [UNKNOWN]
    return [make_tensor((*queries[:2], values[-1]))]


OPERATORS: Mapping[str, Operator] = {
    "BinaryOp": _join,
    "Concat": _concatenate,
    "Eltwise": _join_equal,
    "Gemm": _gemm,
    "InnerProduct": _take_products,
    "MatMul": _multiply_matrices,
    "MultiHeadAttention": _attend,
    "SDPA": _attend_scaled,
}
