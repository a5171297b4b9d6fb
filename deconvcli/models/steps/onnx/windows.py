"""Convolutions, transposed ones and poolings of ONNX: what moves a window over the axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.models.model import Step
from deconvcli.models.steps.shapes import is_known
from deconvcli.models.walk.tensors import Call
from deconvcli.networks.operations import OPERATIONS


def describe_transposed(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
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


def describe_convolution(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    weights = call.input(1).sizes
    if not is_known(weights) or len(weights) != len(given):
        return None
    values = {"out_channels": weights[0], "kernel": list(weights[2:])}
    values |= _list_window(call, len(given) - 2) | _list_word(call) | {"bias": call.has(2)}
    return Step("conv", _keep(values, "conv"))


def describe_pool(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
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
