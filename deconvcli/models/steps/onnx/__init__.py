"""An operation of ONNX in the words of our configs, at sizes in numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deconvcli.models.model import Step
from deconvcli.models.steps.onnx.attributes import list_others
from deconvcli.models.steps.onnx.resizing import describe_resizing
from deconvcli.models.steps.onnx.windows import (
    describe_convolution,
    describe_pool,
    describe_transposed,
)
from deconvcli.models.steps.shapes import (
    IDENTITY,
    add_note,
    describe_crop,
    describe_elements,
    describe_pad,
    describe_reshape,
    is_known,
)
from deconvcli.models.walk.operators.elementwise import OPERATORS as ELEMENTWISE
from deconvcli.models.walk.tensors import Call, Tensor, find_place

# Operations that change nothing which a network has.
_NOTHING = ("Dropout", "Identity")
# TensorProto.DataType: floating point, among which a cast changes digits alone.
_FLOATS = (1, 10, 11, 16)
# Functions of each element that configs have; all others change no size either.
_FUNCTIONS = {
    "Elu": "elu",
    "Gelu": "gelu",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "PRelu": "prelu",
    "Relu": "relu",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "Softplus": "softplus",
    "Swish": "silu",
    "Tanh": "tanh",
}
_NORMS = {
    "BatchNormalization": "batch",
    "GroupNormalization": "group",
    "InstanceNormalization": "instance",
}
_SUMS = {"Add": "add", "Sum": "add", "Mul": "multiply", "Mean": "average"}
_MODES = {"constant": "zeros", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}


def describe_step(call: Call, outputs: Sequence[Tensor]) -> Step | None:
    """Return an operation as a config has it; None for one that configs do not have.

    The sizes of its tensors have to be numbers, images and channels first.
    """
    made = outputs[0].sizes if outputs else None
    step = _describe(call, made) if is_known(made) else None
    return None if step is None else add_note(step, ", ".join(list_others(call)))


def _describe(call: Call, made: Sequence[int]) -> Step | None:
    given = call.input(0).sizes
    if (describe := _DESCRIBERS.get(call.operation)) is not None:
        return describe(call, given, made) if is_known(given) else None
    if call.operation in _NOTHING:
        return IDENTITY
    return _describe_many(call, made) if call.operation in ELEMENTWISE else None


def _describe_many(call: Call, made: Sequence[Any]) -> Step | None:
    """Return an operation on each element of tensors that have the sizes of its output."""
    variable = [one for one in call.inputs if one is not None and one.sizes == tuple(made)]
    if call.operation in _FUNCTIONS:
        return _describe_function(call, made)
    if call.operation == "Cast" and call.number("to", 0) in _FLOATS:
        return IDENTITY
    others = [one for one in call.inputs if one is not None and one.sizes != tuple(made)]
    if len(variable) > 1 and not others:
        kind = _SUMS.get(call.operation)
        return Step(kind or "add", {}, "" if kind else f"{call.operation} in place of a sum")
    # What is left are its constants.
    return describe_elements(call.operation) if variable else None


def _describe_function(call: Call, made: Sequence[Any]) -> Step | None:
    kind = _FUNCTIONS[call.operation]
    if kind == "prelu":
        slopes = call.input(1).sizes or ()
        count = next((size for size in slopes if size != 1), 1)
        of_channels = [1, count, *[1] * (len(made) - 2)]
        if count != 1 and list(slopes) not in (of_channels, of_channels[1:]):
            return None
        return Step(kind, {"kind": kind, "num_parameters": count})
    if kind == "softmax":
        return Step(kind, {"axis": call.number("axis", -1 if call.version >= 13 else 1)})
    if kind == "elu" and (alpha := _write_single(call, "alpha", 1.0)) != 1:
        return Step(kind, {"negative_slope": alpha})
    if kind == "gelu" and (word := call.text("approximate", "none")) != "none":
        return Step(kind, {"approximate": word})
    return Step(kind)


def _write_single(call: Call, name: str, default: float) -> float:
    """Return a number of single precision with the digits that it has."""
    value = call.attributes.get(name, default)
    return float(f"{value:.7g}") if isinstance(value, float) else default


def _describe_leaky(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step:
    return Step("leaky_relu", {"negative_slope": _write_single(call, "alpha", 0.01)})


def _describe_clip(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step:
    least = call.attributes.get("min", (call.values(1) or (None,))[0])
    most = call.attributes.get("max", (call.values(2) or (None,))[0])
    if (least, most) == (0, 6):
        return Step("relu6")
    return describe_elements(call.operation)


def _describe_global_pool(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step:
    word = "max" if "Max" in call.operation else "avg"
    return Step(f"global_{word}_pool", {"keepdims": True})


def _describe_mean(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    axes = call.list_or_input("axes", 1)
    if axes is None or sorted(find_place(axis, len(given)) for axis in axes) != [
        *range(2, len(given))
    ]:
        return None
    return Step("global_avg_pool", {"keepdims": bool(call.number("keepdims", 1))})


def _describe_norm(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step:
    values: dict[str, Any] = {"kind": _NORMS[call.operation]}
    if call.operation == "GroupNormalization":
        values["groups"] = call.number("num_groups", 1)
    if call.operation == "InstanceNormalization":
        values["affine"] = True
    return Step("norm", values | {"eps": _write_single(call, "epsilon", 1e-5)})


def _describe_concat(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    axis = find_place(call.number("axis", 1), len(given))
    return Step("concat") if axis == 1 and len(call.inputs) > 1 else None


def _describe_pad(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    pads, rank = call.list_or_input("pads", 1), len(given)
    axes = [find_place(axis, rank) for axis in call.values(3) or range(rank)]
    if pads is None or None in pads or len(pads) != 2 * len(axes):
        return None
    ends = {axis: [pads[at], pads[len(axes) + at]] for at, axis in enumerate(axes)}
    if any(any(ends.get(axis, ())) for axis in (0, 1)):
        return None
    amount = [ends.get(axis, [0, 0]) for axis in range(2, rank)]
    mode = _MODES.get(call.text("mode", "constant"), "zeros")
    step = describe_pad(amount, mode)
    is_zero = not call.has(2) or call.values(2) in ((0,), ())
    if step is None or mode != "zeros" or is_zero:
        return step
    return add_note(step, "the number in place of zeros")


def _describe_slice(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    starts, axes = call.list_or_input("starts", 1), call.list_or_input("axes", 3)
    steps = call.values(4) or (1,)
    if starts is None or {*steps} != {1}:
        return None
    begins = [0] * len(given)
    for axis, start in zip(axes or range(len(starts)), starts, strict=False):
        place = find_place(axis, len(given))
        begins[place] = max(0, min(given[place], start + given[place] if start < 0 else start))
    return describe_crop(given, begins, made)


def _describe_reshape(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    return describe_reshape(given, made)


def _describe_product(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    weights = call.input(1).sizes
    if len(given) != 2 or len(made) != 2 or not is_known(weights) or call.number("transA", 0):
        return None
    return Step("dense", {"units": made[1], "bias": call.has(2)})


def _describe_shuffle(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step:
    factor = {"factor": call.number("blocksize", 1)}
    if call.operation == "SpaceToDepth":
        return Step("pixel_unshuffle", factor, "channels in another order")
    word = call.text("mode", "DCR")
    return Step("pixel_shuffle", factor, "" if word == "CRD" else f"channels in the order {word}")


_Describer = Callable[[Call, Sequence[Any], Sequence[Any]], Step | None]
_DESCRIBERS: Mapping[str, _Describer] = {
    "AveragePool": describe_pool,
    "BatchNormalization": _describe_norm,
    "Clip": _describe_clip,
    "Concat": _describe_concat,
    "Conv": describe_convolution,
    "ConvTranspose": describe_transposed,
    "DepthToSpace": _describe_shuffle,
    "Flatten": _describe_reshape,
    "Gemm": _describe_product,
    "GlobalAveragePool": _describe_global_pool,
    "GlobalMaxPool": _describe_global_pool,
    "GroupNormalization": _describe_norm,
    "InstanceNormalization": _describe_norm,
    "LeakyRelu": _describe_leaky,
    "MatMul": _describe_product,
    "MaxPool": describe_pool,
    "Pad": _describe_pad,
    "ReduceMean": _describe_mean,
    "Reshape": _describe_reshape,
    "Resize": describe_resizing,
    "Slice": _describe_slice,
    "SpaceToDepth": _describe_shuffle,
    "Squeeze": _describe_reshape,
    "Unsqueeze": _describe_reshape,
    "Upsample": describe_resizing,
}
