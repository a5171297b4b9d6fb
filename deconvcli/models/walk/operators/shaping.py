"""Operations that give a tensor other axes, and the sizes of a tensor as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from deconvcli.models.model import write_sizes
from deconvcli.models.walk.box import BoxSize
from deconvcli.models.walk.elements import expand_values, join_sizes
from deconvcli.models.walk.tensors import (
    MAX_RANK,
    MAX_VALUES,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    count_elements,
    find_place,
    make_tensor,
    make_vector,
)


def _shape(call: Call) -> Sequence[Tensor]:
    sizes = call.input(0).sizes
    if sizes is None:
        return [Tensor((None,))]
    start, end = call.number("start", 0), call.attributes.get("end")
    part = sizes[slice(start, end if isinstance(end, int) else None)]
    return [make_vector(part)]


def _size(call: Call) -> Sequence[Tensor]:
    sizes = call.input(0).sizes
    return [Tensor((), (None if sizes is None else count_elements(sizes),))]


def _reshape(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    wanted = call.list_or_input("shape", 1)
    if wanted is None:
        shape = call.input(1).sizes
        rank = shape[0] if shape is not None and len(shape) == 1 else None
        return [Tensor((None,) * rank if isinstance(rank, int) and rank <= MAX_RANK else None)]
    keeps_zero = call.number("allowzero", 0)
    sizes = list(wanted)
    open_places = []
    for place, size in enumerate(sizes):
        if size is None or (isinstance(size, int) and size == -1):
            open_places.append(place)
        elif isinstance(size, int) and size == 0 and not keeps_zero:
            own = given.sizes
            sizes[place] = own[place] if own is not None and place < len(own) else None
    sizes = [None if place in open_places else size for place, size in enumerate(sizes)]
    if len(open_places) == 1 and given.sizes is not None:
        sizes[open_places[0]] = _find_remaining(given.sizes, sizes, wanted, keeps_zero)
    elif not open_places and given.sizes is not None:
        _check_count(given.sizes, sizes)
    return [make_tensor(sizes, given.values)]


def _find_remaining(
    own: Sequence[OpenSize], sizes: Sequence[OpenSize], wanted: Sequence[Any], keeps_zero: int
) -> OpenSize:
    """Return the one open size, so that the number of elements stays the same."""
    left, right = list(own), [size for size in wanted if not _is_open(size)]
    # Equal sizes cancel, so that sizes in letters need not be divided; copied ones do as well.
    copied = {
        place
        for place, size in enumerate(wanted)
        if isinstance(size, int) and size == 0 and not keeps_zero and place < len(own)
    }
    left = [size for place, size in enumerate(own) if place not in copied]
    right = [
        size
        for place, size in enumerate(sizes)
        if place not in copied and not _is_open(wanted[place])
    ]
    for size in list(right):
        match = next((n for n, other in enumerate(left) if _is_same(size, other)), None)
        if match is not None:
            del left[match]
            right.remove(size)
    total, known = count_elements(left), count_elements(right)
    if total is None or known is None:
        return None
    if isinstance(known, int):
        if known == 0:
            return 0 if isinstance(total, int) and total == 0 else None
        remainder = compute(lambda a, b: a % b, total, known)
        if remainder is None:
            return None
        if remainder == 0:
            return compute(lambda a, b: a // b, total, known)
        raise _make_problem(own, wanted)
    return None


def _is_open(size: Any) -> bool:
    return size is None or (isinstance(size, int) and size == -1)


def _is_same(one: OpenSize, other: OpenSize) -> bool:
    """Return whether two sizes are the same formula; no comparison that restricts letters."""
    if isinstance(one, int) or isinstance(other, int):
        return isinstance(one, int) and isinstance(other, int) and one == other
    return isinstance(one, BoxSize) and isinstance(other, BoxSize) and one.is_same(other)


def _check_count(own: Sequence[OpenSize], sizes: Sequence[OpenSize]) -> None:
    """Refuse another number of elements.

    Raises:
        Problem: the numbers differ.
    """
    total, found = count_elements(own), count_elements(sizes)
    if compute(lambda a, b: a != b, total, found):
        raise _make_problem(own, sizes)


def _make_problem(own: Sequence[OpenSize], wanted: Sequence[Any]) -> Problem:
    return Problem(
        "elements",
        f"a tensor of {write_sizes(own)} cannot become {write_sizes(wanted)}",
        "use the input size with which the model was exported, or export it with open sizes.",
    )


def _flatten(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.sizes is None:
        return [Tensor((None, None))]
    axis = call.number("axis", 1)
    axis = axis + len(given.sizes) if axis < 0 else axis
    both = [count_elements(given.sizes[:axis]), count_elements(given.sizes[axis:])]
    return [make_tensor(both, given.values)]


def _transpose(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    order = call.numbers("perm")
    if given.sizes is None:
        return [Tensor(None if order is None else (None,) * len(order))]
    places = list(range(len(given.sizes)))
    order = places[::-1] if order is None else order
    if sorted(order) != places:
        raise Problem(
            "rank", f"a tensor of {len(places)} axes in the order {order}", "export it again."
        )
    sizes = [given.sizes[place] for place in order]
    if given.values is None:
        return [make_tensor(sizes)]
    whole = [int(size) for size in given.sizes]  # type: ignore[arg-type]
    steps = [prod(whole[place + 1 :]) for place in order]
    values = [
        given.values[sum(i * step for i, step in zip(index, steps, strict=True))]
        for index in product(*[range(whole[place]) for place in order])
    ]
    return [make_tensor(sizes, values)]


def _squeeze(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    if given.sizes is None:
        return [Tensor()]
    axes = call.list_or_input("axes", 1)
    if axes is None and call.has(1):
        return [Tensor()]
    rank = len(given.sizes)
    if axes is None:
        if any(not isinstance(size, int) for size in given.sizes):
            return [Tensor()]
        dropped = {place for place, size in enumerate(given.sizes) if size == 1}
    else:
        dropped = {find_place(axis, rank) for axis in axes}
    for place in dropped:
        if compute(lambda size: size != 1, given.sizes[place]):
            raise Problem(
                "rank",
                f"axis {place} of {write_sizes(given.sizes)} is removed, and it is not 1",
                "use another input size.",
                (given.sizes[place],),
            )
    kept = [size for place, size in enumerate(given.sizes) if place not in dropped]
    return [make_tensor(kept, given.values)]


def _unsqueeze(call: Call) -> Sequence[Tensor]:
    given = call.input(0)
    axes = call.list_or_input("axes", 1)
    if given.sizes is None or axes is None or None in axes:
        return [Tensor()]
    rank = len(given.sizes) + len(axes)
    added = {find_place(axis, rank) for axis in axes}
    own = iter(given.sizes)
    sizes = [1 if place in added else next(own, None) for place in range(rank)]
    return [make_tensor(sizes, given.values)]


def _expand(call: Call) -> Sequence[Tensor]:
    given, wanted = call.input(0), call.values(1)
    if given.sizes is None or wanted is None:
        return [Tensor()]
    sizes = join_sizes([given, Tensor(tuple(wanted))])
    return [make_tensor(sizes or (), expand_values(given, sizes or ()))]


def _tile(call: Call) -> Sequence[Tensor]:
    given, counts = call.input(0), call.values(1)
    if given.sizes is None:
        return [Tensor()]
    if counts is None or len(counts) != len(given.sizes):
        return [Tensor((None,) * len(given.sizes))]
    sizes = [
        compute(lambda a, b: a * b, size, count)
        for size, count in zip(given.sizes, counts, strict=True)
    ]
    values = None
    if given.values is not None and all(isinstance(size, int) for size in sizes):
        whole = [int(size) for size in sizes]  # type: ignore[arg-type]
        own = [int(size) for size in given.sizes]  # type: ignore[arg-type]
        if prod(whole) <= MAX_VALUES:
            values = [
                given.values[
                    sum(
                        i % n * prod(own[p + 1 :])
                        for p, (i, n) in enumerate(zip(index, own, strict=True))
                    )
                ]
                for index in product(*map(range, whole))
            ]
    return [make_tensor(sizes, values)]


def _fold_depth(call: Call) -> Sequence[Tensor]:
    """DepthToSpace moves channels to both spatial axes."""
    return _move_blocks(call, lambda c, b: c // (b * b), lambda n, b: n * b)


def _fold_space(call: Call) -> Sequence[Tensor]:
    """SpaceToDepth moves blocks of both spatial axes to channels."""
    return _move_blocks(call, lambda c, b: c * b * b, lambda n, b: n // b)


def _move_blocks(call: Call, channels: Any, spatial: Any) -> Sequence[Tensor]:
    sizes, block = call.input(0).sizes, call.number("blocksize", 1)
    if sizes is None or len(sizes) != 4:
        return [Tensor((None,) * 4)]
    return [
        Tensor(
            (
                sizes[0],
                compute(channels, sizes[1], block),
                *[compute(spatial, size, block) for size in sizes[2:]],
            )
        )
    ]


OPERATORS: Mapping[str, Operator] = {
    "Shape": _shape,
    "Size": _size,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Expand": _expand,
    "Tile": _tile,
    "DepthToSpace": _fold_depth,
    "SpaceToDepth": _fold_space,
}
