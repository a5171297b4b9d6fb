"""The attributes of an operation that its step does not have, and that change values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deconvcli.common.values import shorten
from deconvcli.models.walk.tensors import Call

# Attributes that steps have, or that change no value; any other one is a note.
_READ = {
    *("auto_pad", "axes", "blocksize", "ceil_mode", "count_include_pad", "dilations", "ends"),
    *("epsilon", "group", "is_test", "keepdims", "kernel_shape", "max", "min", "momentum"),
    *("num_groups", "output_padding", "output_shape", "pads", "ratio", "scales", "seed", "shape"),
    *("spatial", "starts", "stash_type", "storage_order", "strides", "transB"),
    # Of Resize, whose coordinates `resizing` describes.
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


def list_others(call: Call) -> Iterator[str]:
    """Yield the attributes that the step does not have, and that change values."""
    read = _READ | _OWN.get(call.operation, set())
    plain = _PLAIN.get(call.operation, {})
    for name, value in call.attributes.items():
        if name not in read and (name not in plain or plain[name] != value):
            yield f"{name} {shorten(value)}"
