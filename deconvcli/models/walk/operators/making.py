"""Tensors that come from no other tensor: constants, ranges, random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from deconvcli.layers.axis import Linear
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.tensors import (
    MAX_RANK,
    MAX_VALUES,
    Call,
    Operator,
    Problem,
    Tensor,
    compute,
    make_tensor,
    make_vector,
)


def _constant(call: Call) -> Sequence[Tensor]:
    for name in ("value", "sparse_value"):
        stored: Any = call.attributes.get(name)
        if hasattr(stored, "sizes"):
            return [make_tensor(stored.sizes, stored.values)]
    for name in ("value_int", "value_float"):
        if name in call.attributes:
            return [Tensor((), (call.attributes[name],))]
    for name in ("value_ints", "value_floats"):
        listed = call.attributes.get(name)
        if isinstance(listed, list):
            return [make_vector(listed)]
    if "value_strings" in call.attributes:
        return [Tensor((len(call.attributes["value_strings"] or ()),))]
    return [Tensor(() if "value_string" in call.attributes else None)]


def _fill(call: Call) -> Sequence[Tensor]:
    """ConstantOfShape: a tensor of the sizes given, of one number."""
    wanted = call.values(0)
    if wanted is None:
        shape = call.input(0).sizes
        rank = shape[0] if shape is not None and len(shape) == 1 else None
        return [Tensor((None,) * rank if isinstance(rank, int) and rank <= MAX_RANK else None)]
    if any(compute(lambda size: size < 0, size) for size in wanted):
        raise Problem(
            "illegal-value", f"a tensor of {write_sizes(wanted)}", "use another input size."
        )
    stored = call.attributes.get("value")
    values = getattr(stored, "values", (0.0,))
    is_small = all(isinstance(size, int) for size in wanted) and prod(wanted) <= MAX_VALUES
    is_known = values is not None and len(values) == 1
    return [make_tensor(wanted, values * prod(wanted) if is_small and is_known else None)]


def _range(call: Call) -> Sequence[Tensor]:
    parts = [(call.values(place) or (None,))[0] for place in range(3)]
    count = compute(_count_steps, *parts)
    if isinstance(count, int) and count <= MAX_VALUES:
        start, _, step = parts
        return [make_vector([start + number * step for number in range(count)])]
    return [Tensor((count,))]


def _count_steps(start: Any, end: Any, step: Any) -> Any:
    if isinstance(step, Linear) or step == 0:
        return None
    if any(isinstance(one, float) for one in (start, end, step)):
        return max(0, math.ceil((end - start) / step))
    distance = end - start if step > 0 else start - end
    return -(-distance // abs(step)) if distance > 0 else 0


def _random(call: Call) -> Sequence[Tensor]:
    shape = call.numbers("shape")
    return [Tensor() if shape is None else make_tensor(shape)]


def _draw(call: Call) -> Sequence[Tensor]:
    """Multinomial: one row of samples for each row of chances."""
    given = call.input(0).sizes
    rows = given[0] if given else None
    return [make_tensor((rows, call.number("sample_size", 1)))]


def _window(call: Call) -> Sequence[Tensor]:
    """Windows of signals: as many elements as are given."""
    length = call.values(0)
    return [make_tensor((length[0] if length else None,))]


OPERATORS: Mapping[str, Operator] = {
    "Constant": _constant,
    "ConstantOfShape": _fill,
    "Range": _range,
    "RandomNormal": _random,
    "RandomUniform": _random,
    "Multinomial": _draw,
    **dict.fromkeys(("HannWindow", "HammingWindow", "BlackmanWindow"), _window),
}
