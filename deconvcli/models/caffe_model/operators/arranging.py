"""Layers that keep sizes, join, cut and rearrange tensors.

Source: BVLC Caffe 9b89154 (2020-02-13), the Reshape function of each file in src/caffe/layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deconvcli.models.caffe_model.operators.fields import find_fields
from deconvcli.models.caffe_model.text import Message
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.elements import make_join_problem
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


def _keep(call: Call) -> Sequence[Tensor]:
    return [Tensor(call.input(0).sizes)] * call.outputs


def _take_products(call: Call) -> Sequence[Tensor]:
    fields = find_fields(call, "inner_product_param")
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = find_place(fields.number("axis", 1), len(given))
    return [make_tensor((*given[:axis], fields.number("num_output", 0)))]


def _join(call: Call) -> Sequence[Tensor]:
    tensors = [call.input(place) for place in range(len(call.inputs))]
    known = [tensor.sizes for tensor in tensors if tensor.sizes is not None]
    if not known:
        return [UNKNOWN]
    wrong = [
        (one, other)
        for shape in known[1:]
        for one, other in zip(known[0], shape, strict=False)
        if compute(lambda a, b: bool(a != b), one, other)
    ]
    if wrong:
        raise make_join_problem(tensors, "are joined", wrong, known[0])
    return [make_tensor(known[0])]


def _concatenate(call: Call) -> Sequence[Tensor]:
    fields = find_fields(call, "concat_param")
    tensors = [call.input(place) for place in range(len(call.inputs))]
    shapes = [tensor.sizes for tensor in tensors if tensor.sizes is not None]
    if not shapes:
        return [UNKNOWN]
    axis = find_place(fields.number("axis", fields.number("concat_dim", 1)), len(shapes[0]))
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        raise Problem(
            "rank",
            f"blobs of {' and '.join(str(len(shape)) for shape in shapes)} axes are concatenated",
            "give all the same number of axes.",
            (),
        )
    joined = list(shapes[0])
    wrong = []
    for place, first in enumerate(shapes[0]):
        if place == axis:
            continue
        wrong += [
            (first, shape[place])
            for shape in shapes[1:]
            if compute(lambda a, b: bool(a != b), first, shape[place])
        ]
    total = shapes[0][axis]
    for shape in shapes[1:]:
        total = compute(lambda a, b: a + b, total, shape[axis])
    joined[axis] = total if len(shapes) == len(tensors) else None
    if wrong:
        raise make_join_problem(tensors, f"are concatenated along axis {axis}", wrong, joined)
    return [make_tensor(joined)]


def _crop(call: Call) -> Sequence[Tensor]:
    """Crop: from `axis` on the sizes of the second blob, from an offset on."""
    given, other = call.input(0).sizes, call.input(1).sizes
    fields = find_fields(call, "crop_param")
    if given is None or other is None or len(given) != len(other):
        return [UNKNOWN]
    axis = find_place(fields.number("axis", 2), len(given))
    offsets = fields.numbers("offset") or [0]
    rank = len(given) - axis
    if len(offsets) not in (1, rank):
        raise Problem(
            "rank",
            f"{len(offsets)} offsets are given for {rank} axes",
            "give one offset, or one for each axis.",
            (),
        )
    offsets = offsets * rank if len(offsets) == 1 else offsets
    sizes = (*given[:axis], *other[axis:])
    for n, size, offset in zip(given[axis:], other[axis:], offsets, strict=True):
        if compute(lambda n, size, offset=offset: bool(size + offset > n), n, size):
            problem = Problem(
                "crop",
                f"{size} elements from {offset} on are cut from {n}",
                "use a smaller offset, or a larger input.",
                (n, size),
            )
            problem.outputs = [Tensor(sizes)]
            raise problem
    return [make_tensor(sizes)]


def _slice(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN] * call.outputs
    fields = find_fields(call, "slice_param")
    axis = find_place(fields.number("axis", fields.number("slice_dim", 1)), len(given))
    points = fields.numbers("slice_point")
    if points:
        ends: list[OpenSize] = [*points, given[axis]]
        starts: list[OpenSize] = [0, *points]
        parts = [compute(lambda a, b: a - b, e, s) for e, s in zip(ends, starts, strict=True)]
    else:
        parts = [compute(lambda n: n // call.outputs, given[axis])] * call.outputs
    return [make_tensor((*given[:axis], part, *given[axis + 1 :])) for part in parts]


def _flatten(call: Call) -> Sequence[Tensor]:
    fields, given = find_fields(call, "flatten_param"), call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    first = find_place(fields.number("axis", 1), len(given))
    last = find_place(fields.number("end_axis", -1), len(given)) + 1
    return [make_tensor((*given[:first], count_elements(given[first:last]), *given[last:]))]


def _reshape(call: Call) -> Sequence[Tensor]:
    fields, given = find_fields(call, "reshape_param"), call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    wanted = fields.message("shape").numbers("dim")
    first = fields.number("axis", 0)
    first = first if first >= 0 else first + len(given) + 1
    count = fields.number("num_axes", -1)
    last = len(given) if count < 0 else first + count
    replaced = given[first:last]
    sizes: list[OpenSize] = [
        replaced[place] if size == 0 else size for place, size in enumerate(wanted)
    ]
    total = count_elements(replaced)
    if -1 in wanted:
        place = wanted.index(-1)
        others = count_elements([*sizes[:place], *sizes[place + 1 :]])
        sizes[place] = compute(lambda a, b: a // b, total, others)
    if compute(lambda a, b: bool(a != b), total, count_elements(sizes)):
        raise Problem(
            "elements",
            f"{write_sizes(replaced)} cannot be reshaped to {write_sizes(sizes)}",
            "use another input size.",
            replaced,
        )
    return [make_tensor((*given[:first], *sizes, *given[last:]))]


def _permute(call: Call) -> Sequence[Tensor]:
    given, order = call.input(0).sizes, find_fields(call, "permute_param").numbers("order")
    if given is None:
        return [UNKNOWN]
    places = [find_place(axis, len(given)) for axis in order]
    others = [place for place in range(len(given)) if place not in places]
    return [make_tensor([given[place] for place in (*places, *others)])]


def _repeat(call: Call) -> Sequence[Tensor]:
    fields, given = find_fields(call, "tile_param"), call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = find_place(fields.number("axis", 1), len(given))
    tiled = compute(lambda n: n * fields.number("tiles", 1), given[axis])
    return [make_tensor((*given[:axis], tiled, *given[axis + 1 :]))]


def _reduce(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = find_fields(call, "reduction_param").number("axis", 0)
    return [make_tensor(given[: find_place(axis, len(given))])]


def _make_data(call: Call) -> Sequence[Tensor]:
    """DummyData and Parameter, whose shapes the file has."""
    shapes = [
        *find_fields(call, "dummy_data_param").take_all("shape"),
        *find_fields(call, "parameter_param").take_all("shape"),
    ]
    sizes = [make_tensor(one.numbers("dim")) for one in shapes if isinstance(one, Message)]
    return (sizes * call.outputs)[: call.outputs] if len(sizes) == 1 else sizes


def _compare(call: Call) -> Sequence[Tensor]:
    """Losses and Accuracy: one number."""
    return [Tensor(())] + [UNKNOWN] * (call.outputs - 1)


_SAME = (
    "absval batchnorm bias bn bnll dropout elu exp log lrn mvn normalize power prelu relu relu6"
    " scale shufflechannel sigmoid softmax split swish tanh threshold axpy"
)
OPERATORS: Mapping[str, Operator] = dict.fromkeys(_SAME.split(), _keep) | {
    "accuracy": _compare,
    "concat": _concatenate,
    "crop": _crop,
    "dummydata": _make_data,
    "eltwise": _join,
    "flatten": _flatten,
    "innerproduct": _take_products,
    "parameter": _make_data,
    "permute": _permute,
    "reduction": _reduce,
    "reshape": _reshape,
    "silence": lambda call: [],
    "slice": _slice,
    "softmaxwithloss": _compare,
    "tile": _repeat,
}
