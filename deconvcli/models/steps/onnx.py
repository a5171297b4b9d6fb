"""An operation of ONNX in the words of our configs, at sizes in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from deconvcli.common.values import shorten
from deconvcli.models.model import Step
from deconvcli.models.steps.shapes import (
    IDENTITY,
    add_note,
    describe_crop,
    describe_elements,
    describe_pad,
    describe_reshape,
    describe_resize,
    is_known,
)
from deconvcli.models.walk.operators.elementwise import OPERATORS as ELEMENTWISE
from deconvcli.models.walk.tensors import Call, Tensor, find_place
from deconvcli.networks.operations import OPERATIONS

# Operations that change nothing which a network has.
_NOTHING = ("Dropout", "Identity")
# TensorProto.DataType: floating point, among which a cast changes digits alone.
_FLOATS = (1, 10, 11, 16)
# Attributes that the steps below have, or that change no value; any other one is a note.
_READ = {
    *("auto_pad", "axes", "blocksize", "ceil_mode", "count_include_pad", "dilations", "ends"),
    *("epsilon", "group", "is_test", "keepdims", "kernel_shape", "max", "min", "momentum"),
    *("num_groups", "output_padding", "output_shape", "pads", "ratio", "scales", "seed", "shape"),
    *("spatial", "starts", "stash_type", "storage_order", "strides", "transB"),
    # Of Resize, whose coordinates are described below.
    *("coordinate_transformation_mode", "extrapolation_value", "nearest_mode"),
}
_OWN = {
    "Concat": {"axis"},
    "DepthToSpace": {"mode"},
    "Elu": {"alpha"},
    "Flatten": {"axis"},
    "Gelu": {"approximate"},
    "LeakyRelu": {"alpha"},
    "Pad": {"mode"},
    "Resize": {"mode"},
    "Softmax": {"axis"},
    "Upsample": {"mode"},
}
# What others are by default.
_PLAIN: Mapping[str, Mapping[str, Any]] = {
    "BatchNormalization": {"training_mode": 0},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0},
    "Pad": {"value": 0.0},
    "ReduceMean": {"noop_with_empty_axes": 0},
    "Reshape": {"allowzero": 0},
    "Resize": {
        "antialias": 0,
        "cubic_coeff_a": -0.75,
        "exclude_outside": 0,
        "keep_aspect_ratio_policy": "stretch",
    },
    "Swish": {"alpha": 1.0},
}
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
MAX_FACTOR = 4096
"""The largest factor of an interpolation whose rounding is looked at."""
_MODES = {"constant": "zeros", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}


def describe_step(call: Call, outputs: Sequence[Tensor]) -> Step | None:
    """Return an operation as a config has it; None for one that configs do not have.

    The sizes of its tensors have to be numbers, images and channels first.
    """
    made = outputs[0].sizes if outputs else None
    step = _describe(call, made) if is_known(made) else None
    return None if step is None else add_note(step, ", ".join(_list_others(call)))


def _describe(call: Call, made: Sequence[int]) -> Step | None:
    given = call.input(0).sizes
    if (describe := _DESCRIBERS.get(call.operation)) is not None:
        return describe(call, given, made) if is_known(given) else None
    if call.operation in _NOTHING:
        return IDENTITY
    return _describe_many(call, made) if call.operation in ELEMENTWISE else None


def _list_others(call: Call) -> Iterator[str]:
    """Yield the attributes that the step does not have, and that change values."""
    read = _READ | _OWN.get(call.operation, set())
    plain = _PLAIN.get(call.operation, {})
    for name, value in call.attributes.items():
        if name not in read and (name not in plain or plain[name] != value):
            yield f"{name} {shorten(value)}"


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


def _describe_transposed(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    weights = call.input(1).sizes
    if not is_known(weights):
        return None
    values: dict[str, Any] = {"out_channels": made[1], "kernel": list(weights[2:])}
    values |= _list_window(call, len(weights) - 2)
    if (added := call.numbers("output_padding")) and any(added):
        values["output_padding"] = added
    if wanted := call.numbers("output_shape"):
        values["output_size"] = wanted
    if (word := call.text("auto_pad", "NOTSET")) != "NOTSET":
        values["auto_pad"] = word
    return Step("conv_transpose", _keep(values, "conv_transpose") | {"bias": call.has(2)})


def _describe_convolution(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    weights = call.input(1).sizes
    if not is_known(weights) or len(weights) != len(given):
        return None
    values = {"out_channels": weights[0], "kernel": list(weights[2:])}
    values |= _list_window(call, len(given) - 2) | _list_word(call) | {"bias": call.has(2)}
    return Step("conv", _keep(values, "conv"))


def _describe_pool(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    kernel = call.numbers("kernel_shape")
    if kernel is None:
        return None
    values = {"kernel": kernel} | _list_window(call, len(given) - 2) | _list_word(call)
    if call.number("ceil_mode", 0):
        values["ceil_mode"] = True
    operation = {"MaxPool": "max_pool", "AveragePool": "avg_pool"}[call.operation]
    # ONNX does not count the elements that are added, and most frameworks do.
    if operation == "avg_pool" and any(call.numbers("pads") or ()):
        values["count_include_pad"] = bool(call.number("count_include_pad", 0))
    # A pooling of ours moves by its window where it has no stride.
    return Step(operation, _keep(values, operation) | {"stride": values["stride"]})


def _list_window(call: Call, rank: int) -> dict[str, Any]:
    """Return strides, dilations, pads and groups under the names of our keys."""
    values: dict[str, Any] = {
        "stride": call.numbers("strides") or [1] * rank,
        "dilation": call.numbers("dilations") or [1] * rank,
        "groups": call.number("group", 1),
    }
    pads = call.numbers("pads") or [0] * 2 * rank
    if any(pads):
        values["padding"] = [list(pair) for pair in zip(pads[:rank], pads[rank:], strict=False)]
    return values


def _list_word(call: Call) -> dict[str, Any]:
    word = call.text("auto_pad", "NOTSET")
    return {} if word == "NOTSET" else {"padding": word.lower()}


def _keep(values: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """Return the values that are keys of the operation and not what is left out anyway."""
    names = {key.name for key in OPERATIONS.take(operation).keys}
    plain = {"stride": 1, "dilation": 1, "groups": 1}

    def is_plain(name: str, value: Any) -> bool:
        ones = value if isinstance(value, list) else [value]
        return name in plain and set(ones) <= {plain[name]}

    return {
        name: value for name, value in values.items() if name in names and not is_plain(name, value)
    }


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


def _describe_resize(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    word = call.text("mode", "nearest")
    is_old = call.operation == "Upsample" or call.version < 11
    where = call.text("coordinate_transformation_mode", "half_pixel")
    rounding = call.text("nearest_mode", "round_prefer_floor")
    if is_old:
        where, rounding = "asymmetric", "floor"
    if (step := describe_resize(word, given, made)) is None:
        return None
    pairs = list(zip(given[2:], made[2:], strict=True))
    if word == "nearest":
        is_ours = (where, rounding) == ("asymmetric", "floor") or all(
            out % size == 0 and _repeats(out // size, where, rounding) for size, out in pairs
        )
        return step if is_ours else add_note(step, f"{where} with {rounding}")
    if where == "align_corners":
        return step._replace(parameters={**step.parameters, "align_corners": True})
    # The second is another one for a single element alone.
    is_ours = where == "half_pixel" or (where == "pytorch_half_pixel" and 1 not in made[2:])
    return step if is_ours else add_note(step, f"coordinates {where}")


def _repeats(factor: int, where: str, rounding: str) -> bool:
    """Return whether each of `factor` outputs in a row is the same input."""
    if where not in ("asymmetric", "half_pixel", "pytorch_half_pixel") or factor > MAX_FACTOR:
        return False
    # In halves of an output, so that all numbers are whole.
    places = [2 * at if where == "asymmetric" else 2 * at + 1 - factor for at in range(factor)]
    whole = 2 * factor
    rounded = {
        "floor": lambda place: place // whole,
        "ceil": lambda place: -(-place // whole),
        "round_prefer_floor": lambda place: -(-(place - factor) // whole),
        "round_prefer_ceil": lambda place: (place + factor) // whole,
    }
    return rounding in rounded and all(rounded[rounding](place) == 0 for place in places)


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
    "AveragePool": _describe_pool,
    "BatchNormalization": _describe_norm,
    "Clip": _describe_clip,
    "Concat": _describe_concat,
    "Conv": _describe_convolution,
    "ConvTranspose": _describe_transposed,
    "DepthToSpace": _describe_shuffle,
    "Flatten": _describe_reshape,
    "Gemm": _describe_product,
    "GlobalAveragePool": _describe_global_pool,
    "GlobalMaxPool": _describe_global_pool,
    "GroupNormalization": _describe_norm,
    "InstanceNormalization": _describe_norm,
    "LeakyRelu": _describe_leaky,
    "MatMul": _describe_product,
    "MaxPool": _describe_pool,
    "Pad": _describe_pad,
    "ReduceMean": _describe_mean,
    "Reshape": _describe_reshape,
    "Resize": _describe_resize,
    "Slice": _describe_slice,
    "SpaceToDepth": _describe_shuffle,
    "Squeeze": _describe_reshape,
    "Unsqueeze": _describe_reshape,
    "Upsample": _describe_resize,
}
