"""An operation of PyTorch's ATen in the words of our configs, at sizes in numbers.

The arguments are those of the operation's schema, of which defaults are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

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

# Operations that change nothing which a network has; those of any other meaning have no step.
_NOTHING = (
    *("alias", "clone", "contiguous", "detach", "dropout", "feature_dropout", "lift_fresh_copy"),
    *("to", "_to_copy"),
)
# ScalarType of torch.export's schema: numbers of floating point.
_FLOATS = (6, 7, 8, 13)
# Operations on each element, whose sizes are those of their tensors.
_ELEMENTS = {
    *("abs", "add", "ceil", "celu", "clamp", "clamp_max", "clamp_min", "cos", "div", "erf", "exp"),
    *("floor", "hardshrink", "hardsigmoid", "hardtanh", "layer_norm", "lerp", "log", "log2"),
    *("log_sigmoid", "log_softmax", "masked_fill", "maximum", "minimum", "mul", "neg", "pow"),
    *("reciprocal", "round", "rsqrt", "rsub", "sign", "sin", "softshrink", "sqrt", "square", "sub"),
    *("threshold", "where"),
}
# Arguments that the steps below have, or that change no value; any other number is a note.
_READ = {
    *("ceil_mode", "copy", "count_include_pad", "cudnn_enabled", "device", "dilation", "dim"),
    *("downscale_factor", "end", "end_dim", "eps", "groups", "kernel_size", "keepdim", "layout"),
    *("memory_format", "mode", "momentum", "negative_slope", "non_blocking", "num_groups"),
    *("output_padding", "output_size", "p", "pad", "padding", "pin_memory", "scale_factors"),
    *("scales_d", "scales_h", "scales_w", "shape", "size", "sizes", "start", "start_dim", "step"),
    *("stride", "upscale_factor", "align_corners", "scales", "implicit"),
}
_OWN = {"elu": {"alpha"}, "gelu": {"approximate"}}
# What others are by default, wherever they stand.
_PLAIN: Mapping[str, Sequence[Any]] = {
    "alpha": (1,),
    "beta": (1,),
    "dtype": _FLOATS,
    "half_to_float": (False,),
    "input_scale": (1,),
    "scale": (1,),
    "threshold": (20,),
    "train": (False,),
    "training": (False,),
    "use_input_stats": (True,),
    "value": (0,),
}
_FUNCTIONS = {
    "elu": "elu",
    "gelu": "gelu",
    "hardswish": "hardswish",
    "mish": "mish",
    "relu": "relu",
    "relu6": "relu6",
    "selu": "selu",
    "sigmoid": "sigmoid",
    "silu": "silu",
    "softplus": "softplus",
    "tanh": "tanh",
}
_SUMS = {"add": "add", "mul": "multiply"}
_UPSAMPLINGS = {
    "upsample_nearest": "nearest",
    "_upsample_nearest_exact": "nearest",
    "upsample_linear": "linear",
    "upsample_bilinear": "linear",
    "upsample_trilinear": "linear",
    "upsample_bicubic": "cubic",
}
_MODES = {"constant": "zeros", "reflect": "reflect", "replicate": "replicate"}
_MODES |= {"circular": "circular"}


class AtenCall(NamedTuple):
    """One operation, with the sizes of its first input, its weights and its first output.

    name: `conv2d`. arguments: numbers, and None in place of tensors that are left out; `tensors`
    are those that it computes with.
    """

    name: str
    arguments: Mapping[str, Any]
    given: Sequence[Any] | None
    weight: Sequence[Any] | None
    made: Sequence[Any] | None
    tensors: int = 1

    def numbers(self, name: str, default: int) -> list[int]:
        """Return an argument with one number for each axis after the channels."""
        count = len(self.given or ()) - 2
        value = self.arguments.get(name)
        if value is None or value == []:
            return [default] * count
        listed = list(value) if isinstance(value, list) else [value]
        return listed * count if len(listed) == 1 else listed


def describe_step(call: AtenCall) -> Step | None:
    """Return an operation as a config has it; None for one that configs do not have."""
    if not (is_known(call.given) and is_known(call.made)):
        return None
    step = _describe(call, call.given, call.made)
    return None if step is None else add_note(step, ", ".join(_list_others(call)))


def _describe(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    # An underscore at the end is the same operation in place.
    own = call.name.rstrip("_")
    family = own.rstrip("123").removesuffix("d").rstrip("123")
    if (describe := _DESCRIBERS.get(family) or _DESCRIBERS.get(own)) is not None:
        return describe(call, given, made)
    if own in _NOTHING:
        return IDENTITY
    if own in _FUNCTIONS:
        return Step(_FUNCTIONS[own], _list_own(call, own))
    if own not in _ELEMENTS or tuple(given) != tuple(made):
        return None
    if call.tensors > 1:
        kind = _SUMS.get(own)
        return Step(kind or "add", {}, "" if kind else f"{own} in place of a sum")
    return describe_elements(own)


def _list_own(call: AtenCall, name: str) -> dict[str, Any]:
    """Return what a function has of its own, where it is not the usual one."""
    arguments = call.arguments
    if name == "elu" and (alpha := arguments.get("alpha", 1)) != 1:
        return {"negative_slope": alpha}
    if name == "gelu" and (word := arguments.get("approximate", "none")) != "none":
        return {"approximate": word}
    return {}


def _list_others(call: AtenCall) -> Iterator[str]:
    """Yield the numbers and words that the step does not have, and that change values."""
    read = _READ | _OWN.get(call.name.rstrip("_"), set())
    for name, value in call.arguments.items():
        is_plain = name in read or value in _PLAIN.get(name, ())
        if isinstance(value, bool | int | float | str) and not is_plain:
            yield f"{name} {shorten(value)}"


def _describe_leaky(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    return Step("leaky_relu", {"negative_slope": call.arguments.get("negative_slope", 0.01)})


def _describe_prelu(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    count = (call.weight or (1,))[0]
    return Step("prelu", {"kind": "prelu", "num_parameters": count})


def _describe_softmax(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    return Step("softmax", {"axis": call.arguments.get("dim", -1)})


def _describe_conv(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    if call.weight is None or not is_known(call.weight) or len(call.weight) != len(given):
        return None
    values = {"out_channels": made[1], "kernel": list(call.weight[2:]), **_list_window(call)}
    pads = call.arguments.get("padding")
    if isinstance(pads, str):
        values["padding"] = pads
    return Step("conv", values | {"bias": call.arguments.get("bias") is not None})


def _describe_transposed(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    if call.weight is None or not is_known(call.weight):
        return None
    values = {"out_channels": made[1], "kernel": list(call.weight[2:]), **_list_window(call)}
    if any(added := call.numbers("output_padding", 0)):
        values["output_padding"] = added
    return Step("conv_transpose", values | {"bias": call.arguments.get("bias") is not None})


def _describe_max_pool(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    return Step("max_pool", _list_pool(call))


def _describe_average_pool(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    values = _list_pool(call)
    if call.arguments.get("count_include_pad") is False and "padding" in values:
        values["count_include_pad"] = False
    return Step("avg_pool", values)


def _list_pool(call: AtenCall) -> dict[str, Any]:
    kernel = call.numbers("kernel_size", 1)
    values: dict[str, Any] = {"kernel": kernel} | _list_window(call)
    # A pooling without a stride moves by its window.
    values["stride"] = call.numbers("stride", 0) if call.arguments.get("stride") else kernel
    return values | ({"ceil_mode": True} if call.arguments.get("ceil_mode") else {})


def _list_window(call: AtenCall) -> dict[str, Any]:
    """Return the numbers of a window that are not those of every layer."""
    values: dict[str, Any] = {}
    for name, default in (("stride", 1), ("padding", 0), ("dilation", 1)):
        if isinstance(call.arguments.get(name), str):
            continue
        found = call.numbers(name, default)
        if set(found) != {default}:
            values[name] = found
    if call.arguments.get("groups", 1) != 1:
        values["groups"] = call.arguments["groups"]
    return values


def _describe_adaptive(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    word = "max" if "max" in call.name else "avg"
    if set(made[2:]) == {1}:
        return Step(f"global_{word}_pool", {"keepdims": True})
    return Step(f"adaptive_{word}_pool", {"size": list(made[2:])})


def _describe_mean(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    axes = call.arguments.get("dim")
    rank = len(given)
    if not isinstance(axes, list) or sorted(axis % rank for axis in axes) != [*range(2, rank)]:
        return None
    return Step("global_avg_pool", {"keepdims": bool(call.arguments.get("keepdim", False))})


def _describe_norm(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    kind = call.name.removesuffix("_norm").rpartition("_")[2]
    values: dict[str, Any] = {"kind": kind}
    if kind == "group":
        values["groups"] = call.arguments.get("num_groups", 1)
    if kind == "instance":
        values["affine"] = call.arguments.get("weight") is not None
    return Step("norm", values | {"eps": call.arguments.get("eps", 1e-5)})


def _describe_concat(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    axis = call.arguments.get("dim", 0)
    return Step("concat") if axis % len(given) == 1 and call.tensors > 1 else None


def _describe_pads(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    pads = call.arguments.get("pad") or call.arguments.get("padding")
    if not isinstance(pads, list) or len(pads) % 2:
        return None
    # They are listed from the last axis.
    pairs = [pads[place : place + 2] for place in range(0, len(pads), 2)][::-1]
    pairs = [[0, 0]] * (len(given) - len(pairs)) + pairs
    if any(map(any, pairs[:2])):
        return None
    word = call.arguments.get("mode") or call.name.partition("_")[0]
    mode = {"reflection": "reflect", "replication": "replicate"}.get(word, _MODES.get(word))
    return describe_pad(pairs[2:], mode or "zeros")


def _describe_slice(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    axis, start = call.arguments.get("dim", 0) % len(given), call.arguments.get("start") or 0
    if call.arguments.get("step", 1) != 1:
        return None
    begins = [0] * len(given)
    begins[axis] = max(0, min(given[axis], start + given[axis] if start < 0 else start))
    return describe_crop(given, begins, made)


def _describe_upsampling(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    name = call.name.rstrip("d").rstrip("123")
    if (step := describe_resize(_UPSAMPLINGS[name], given, made)) is None:
        return None
    if call.arguments.get("align_corners") is True:
        return step._replace(parameters={**step.parameters, "align_corners": True})
    # It rounds to the middle of an element, which is the same for whole factors.
    is_other = name == "_upsample_nearest_exact" and "scale" not in step.parameters
    return add_note(step, "rounded to the nearest middle") if is_other else step


def _describe_shape(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    return describe_reshape(given, made)


def _describe_linear(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step | None:
    if len(given) != 2:
        return None
    return Step("dense", {"units": made[1], "bias": call.arguments.get("bias") is not None})


def _describe_shuffle(call: AtenCall, given: Sequence[int], made: Sequence[int]) -> Step:
    name = "upscale_factor" if call.name == "pixel_shuffle" else "downscale_factor"
    return Step(call.name, {"factor": call.arguments.get(name, 1)})


_Describer = Callable[[AtenCall, Sequence[int], Sequence[int]], Step | None]
_DESCRIBERS: Mapping[str, _Describer] = {
    "_softmax": _describe_softmax,
    "_unsafe_view": _describe_shape,
    "adaptive_avg_pool": _describe_adaptive,
    "adaptive_max_pool": _describe_adaptive,
    "avg_pool": _describe_average_pool,
    "batch_norm": _describe_norm,
    "cat": _describe_concat,
    "constant_pad_nd": _describe_pads,
    "conv": _describe_conv,
    "conv_transpose": _describe_transposed,
    "flatten": _describe_shape,
    "group_norm": _describe_norm,
    "instance_norm": _describe_norm,
    "leaky_relu": _describe_leaky,
    "linear": _describe_linear,
    "max_pool": _describe_max_pool,
    "mean": _describe_mean,
    "pad": _describe_pads,
    "pixel_shuffle": _describe_shuffle,
    "pixel_unshuffle": _describe_shuffle,
    "prelu": _describe_prelu,
    "reflection_pad": _describe_pads,
    "replication_pad": _describe_pads,
    "reshape": _describe_shape,
    "slice": _describe_slice,
    "softmax": _describe_softmax,
    "squeeze": _describe_shape,
    "unflatten": _describe_shape,
    "unsqueeze": _describe_shape,
    "view": _describe_shape,
    **dict.fromkeys(_UPSAMPLINGS, _describe_upsampling),
}
