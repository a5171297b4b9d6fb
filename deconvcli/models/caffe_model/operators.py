"""The sizes that layers of Caffe give.

Source: BVLC Caffe 9b89154 (2020-02-13), the Reshape function of each file in src/caffe/layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from deconvcli.layers.layer import Reading, Sizes
from deconvcli.models.caffe_model.network import PARAMETERS
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
from deconvcli.models.walk.transposed import find_output

_CONVOLUTION = "convolution_param"
# They change no size, and are messages.
_OTHERS = {"weight_filler", "bias_filler", "engine", "force_nd_im2col"}


def _find_fields(call: Call, name: str) -> Message:
    layer = call.attributes[PARAMETERS]
    assert isinstance(layer, Message)
    return layer.message(name)


def _keep(call: Call) -> Sequence[Tensor]:
    return [Tensor(call.input(0).sizes)] * call.outputs


def _read_each(fields: Message, name: str, sides: str, rank: int, default: int) -> list[int]:
    """Return a number for each spatial axis: `kernel_h` and `kernel_w`, or those of `name`."""
    both = [fields.number(f"{sides}_h", 0), fields.number(f"{sides}_w", 0)]
    if rank == 2 and any(both):
        return both
    listed = fields.numbers(name) or [default]
    if len(listed) not in (1, rank):
        raise Problem(
            "rank",
            f"{name} has {len(listed)} numbers, and the layer has {rank} spatial axes",
            "give one number, or one for each axis.",
            (),
        )
    return listed * rank if len(listed) == 1 else listed


def _split(call: Call, axis: int) -> tuple[tuple[OpenSize, ...], OpenSize, tuple[OpenSize, ...]]:
    """Return the sizes before the axis of the channels, the channels, and the spatial sizes."""
    given = call.input(0).sizes
    assert given is not None
    place = find_place(axis, len(given))
    return given[:place], given[place], given[place + 1 :]


def _convolve(call: Call) -> Sequence[Tensor]:
    if call.input(0).sizes is None:
        return [UNKNOWN] * call.outputs
    fields = _find_fields(call, _CONVOLUTION)
    batch, channels, spatial = _split(call, fields.number("axis", 1))
    rank = len(spatial)
    kernel = _read_each(fields, "kernel_size", "kernel", rank, 0)
    strides = _read_each(fields, "stride", "stride", rank, 1)
    pads = _read_each(fields, "pad", "pad", rank, 0)
    dilations = _read_each(fields, "dilation", "dilation", rank, 1)
    _check_numbers(kernel, strides, dilations)
    groups = max(1, fields.number("group", 1))
    if compute(lambda n: bool(n % groups), channels):
        raise Problem(
            "channels",
            f"{channels} channels cannot be split into {groups} groups",
            "give it an input whose channels the groups divide.",
            (channels,),
        )
    found = [
        compute(lambda n, k=k, s=s, p=p, d=d: (n + 2 * p - d * (k - 1) - 1) // s + 1, n)
        for n, k, s, p, d in zip(spatial, kernel, strides, pads, dilations, strict=True)
    ]
    _check_left(kernel, spatial, found)
    made = make_tensor((*batch, fields.number("num_output", 0), *found))
    # Each input has an output of its own, of shared weights.
    return [made] * call.outputs


def _check_numbers(*numbers: Sequence[int]) -> None:
    if any(one < 1 for each in numbers for one in each):
        texts = ", ".join(write_sizes(each) for each in numbers)
        raise Problem(
            "illegal-value", f"kernel, stride and dilation are {texts}", "use 1 or more.", ()
        )


def _check_left(
    kernel: Sequence[int], spatial: Sequence[OpenSize], found: Sequence[OpenSize]
) -> None:
    empty = [
        n
        for n, out in zip(spatial, found, strict=True)
        if compute(lambda size: bool(size < 1), out)
    ]
    if empty:
        raise Problem(
            "empty-output",
            f"a window of {write_sizes(kernel)} leaves nothing of {write_sizes(empty)}",
            "use a larger input.",
            empty,
        )


def transpose_convolution(call: Call) -> tuple[Sequence[Tensor], Reading | None]:
    """Return the output of a Deconvolution, and the layer where all sizes are numbers."""
    fields = _find_fields(call, _CONVOLUTION)
    outputs = fields.number("num_output", 0)
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN] * call.outputs, None
    batch, channels, spatial = _split(call, fields.number("axis", 1))
    if any(size is None for size in spatial):
        return [Tensor((*batch, outputs, *[None] * len(spatial)))] * call.outputs, None
    words = {
        name: values if len(values) > 1 else values[-1]
        for name, values in fields.fields.items()
        if name not in _OTHERS and values
    }
    words.pop("axis", None)
    leading = tuple([size if isinstance(size, int) else 1 for size in batch])
    taken = channels if isinstance(channels, int) else None
    sizes = Sizes(tuple(spatial), leading, taken)  # type: ignore[arg-type]
    found, reading = find_output("caffe", words, sizes, adapts=False)
    return [make_tensor((*batch, *found))] * call.outputs, reading


def _pool(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None or len(given) != 4:
        return [UNKNOWN] * call.outputs
    fields = _find_fields(call, "pooling_param")
    if fields.get("global_pooling") is True:
        return [make_tensor((*given[:2], 1, 1))] * call.outputs
    kernel = _read_each(fields, "kernel_size", "kernel", 2, 0)
    strides = _read_each(fields, "stride", "stride", 2, 1)
    pads = _read_each(fields, "pad", "pad", 2, 0)
    _check_numbers(kernel, strides)
    rounds_up = fields.get("round_mode") not in ("FLOOR", 1)
    is_padded = any(pads)
    found = [
        compute(partial(_count_windows, taps=k, stride=s, pad=p, up=rounds_up, cuts=is_padded), n)
        for n, k, s, p in zip(given[2:], kernel, strides, pads, strict=True)
    ]
    _check_left(kernel, given[2:], found)
    return [make_tensor((*given[:2], *found))] * call.outputs


def _count_windows(size: Any, taps: int, stride: int, pad: int, *, up: bool, cuts: bool) -> Any:
    room = size + 2 * pad - taps
    count = (-(-room // stride) if up else room // stride) + 1
    # A window that would start after the input and the zeros before it is left out.
    return count - 1 if cuts and (count - 1) * stride >= size + pad else count


def _take_products(call: Call) -> Sequence[Tensor]:
    fields = _find_fields(call, "inner_product_param")
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
    fields = _find_fields(call, "concat_param")
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
    fields = _find_fields(call, "crop_param")
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
    fields = _find_fields(call, "slice_param")
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
    fields, given = _find_fields(call, "flatten_param"), call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    first = find_place(fields.number("axis", 1), len(given))
    last = find_place(fields.number("end_axis", -1), len(given)) + 1
    return [make_tensor((*given[:first], count_elements(given[first:last]), *given[last:]))]


def _reshape(call: Call) -> Sequence[Tensor]:
    fields, given = _find_fields(call, "reshape_param"), call.input(0).sizes
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
    given, order = call.input(0).sizes, _find_fields(call, "permute_param").numbers("order")
    if given is None:
        return [UNKNOWN]
    places = [find_place(axis, len(given)) for axis in order]
    others = [place for place in range(len(given)) if place not in places]
    return [make_tensor([given[place] for place in (*places, *others)])]


def _repeat(call: Call) -> Sequence[Tensor]:
    fields, given = _find_fields(call, "tile_param"), call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = find_place(fields.number("axis", 1), len(given))
    tiled = compute(lambda n: n * fields.number("tiles", 1), given[axis])
    return [make_tensor((*given[:axis], tiled, *given[axis + 1 :]))]


def _reduce(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    axis = _find_fields(call, "reduction_param").number("axis", 0)
    return [make_tensor(given[: find_place(axis, len(given))])]


def _make_data(call: Call) -> Sequence[Tensor]:
    """DummyData and Parameter, whose shapes the file has."""
    shapes = [
        *_find_fields(call, "dummy_data_param").take_all("shape"),
        *_find_fields(call, "parameter_param").take_all("shape"),
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
    "convolution": _convolve,
    "convolutiondepthwise": _convolve,
    "crop": _crop,
    "depthwiseconvolution": _convolve,
    "dummydata": _make_data,
    "eltwise": _join,
    "flatten": _flatten,
    "innerproduct": _take_products,
    "parameter": _make_data,
    "permute": _permute,
    "pooling": _pool,
    "reduction": _reduce,
    "reshape": _reshape,
    "silence": lambda call: [],
    "slice": _slice,
    "softmaxwithloss": _compare,
    "tile": _repeat,
}
TRANSPOSED = {"deconvolution": transpose_convolution}
