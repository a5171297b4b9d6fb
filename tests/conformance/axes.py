"""A measured row in one order of axes, read by each framework's own layouts.

Only layouts, strides and groups are read here, never the way in which a framework crops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Row = dict[str, Any]
FIRST, LAST = "NC*", "N*C"


class Measurement(NamedTuple):
    """The arrays of a row; x, y: (N, C, *spatial), w: (Cin, Cout/groups, *kernel).

    reverses: whether the framework documents that it uses the kernel in reverse order, which
    decides if both orders fit.
    """

    x: Array
    w: Array
    y: Array
    strides: list[int]
    dilations: list[int]
    groups: int
    reverses: bool = False


def read_measurement(dialect: str, row: Row, x: Array, w: Array, y: Array) -> Measurement:
    """Return the arrays of a row in one order of axes, with its strides, dilations and groups."""
    read = READERS[dialect.partition("@")[0]]
    return read(row["params"], row["rank"], x, w, y)


def _data(array: Array, layout: str, rank: int) -> Array:
    """Return (N, C, *spatial) from an array with any number of batch axes, or none."""
    batched = array.reshape(_batch(array.shape[: array.ndim - rank - 1]), *array.shape[-rank - 1 :])
    return batched if layout == FIRST else np.moveaxis(batched, -1, 1)


def _batch(leading: Sequence[int]) -> int:
    return int(np.prod(leading, dtype=int))


def _spread(value: Any, rank: int) -> list[int]:
    """Return one number per axis."""
    if value is None:
        return [1] * rank
    listed = value if isinstance(value, list) else [value]
    return [int(number) for number in (listed * rank if len(listed) == 1 else listed)]


def _outputs_split(w: Array, groups: int) -> Array:
    """Return (Cin, Cout/g, *k) from (Cin/g, Cout, *k), whose outputs are sorted by group."""
    into, out, *kernel = w.shape
    apart = w.reshape(into, groups, out // groups, *kernel)
    return np.moveaxis(apart, 1, 0).reshape(into * groups, out // groups, *kernel)


def _torch(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    # Paddle shares this reader, and has NHWC too.
    layout = LAST if words.get("data_format", FIRST)[-1] == "C" else FIRST
    return Measurement(
        _data(x, layout, rank),
        w,
        _data(y, layout, rank),
        _spread(words.get("stride"), rank),
        _spread(words.get("dilation"), rank),
        words.get("groups", 1),
    )


def _keras(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    layout = FIRST if words.get("data_format") == "channels_first" else LAST
    return Measurement(
        _data(x, layout, rank),
        np.moveaxis(w, (-1, -2), (0, 1)),
        _data(y, layout, rank),
        _spread(words.get("strides"), rank),
        _spread(words.get("dilation_rate"), rank),
        1,
    )


def _tensorflow(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    layout = FIRST if words["data_format"].startswith("NC") else LAST
    kernel, data = np.moveaxis(w, (-1, -2), (0, 1)), _data(y, layout, rank)

    def numbers(name: str) -> list[int]:
        spread = _spread(words.get(name), rank)
        inner = spread[2:] if layout == FIRST else spread[1:-1]
        return inner if len(spread) == rank + 2 else spread

    groups = data.shape[1] // kernel.shape[1]
    strides, dilations = numbers("strides"), numbers("dilations")
    return Measurement(_data(x, layout, rank), kernel, data, strides, dilations, groups)


def _jax(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    letters = "HWD"[:rank]
    named = words.get("dimension_numbers") or [f"N{letters}C", f"{letters}IO", f"N{letters}C"]
    into, out = ("O", "I") if words.get("transpose_kernel") else ("I", "O")
    kernel = np.moveaxis(w, (named[1].index(into), named[1].index(out)), (0, 1))
    groups = words.get("feature_group_count", 1)
    return Measurement(
        np.moveaxis(x, named[0].index("C"), 1),
        _outputs_split(kernel, groups),
        np.moveaxis(y, named[2].index("C"), 1),
        _spread(words.get("strides", words.get("lhs_dilation")), rank),
        _spread(words.get("rhs_dilation"), rank),
        groups,
        not words.get("transpose_kernel"),
    )


def _flax(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    ends = (-1, -2) if words["transpose_kernel"] else (-2, -1)
    return Measurement(
        _data(x, LAST, rank),
        np.moveaxis(w, ends, (0, 1)),
        _data(y, LAST, rank),
        _spread(words["strides"], rank),
        _spread(words["kernel_dilation"], rank),
        1,
        not words["transpose_kernel"],
    )


def _onnx(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    strides, dilations = words.get("strides"), words.get("dilations")
    groups = words.get("group", 1)
    return Measurement(x, w, y, _spread(strides, rank), _spread(dilations, rank), groups)


def _mlx(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    return Measurement(
        _data(x, LAST, rank),
        _outputs_split(np.moveaxis(w, (-1, 0), (0, 1)), words["groups"]),
        _data(y, LAST, rank),
        _spread(words["stride"], rank),
        _spread(words["dilation"], rank),
        words["groups"],
    )


def _openvino(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    groups = w.shape[0] if words["op"].startswith("Group") else 1
    kernel = w.reshape(-1, *w.shape[2:]) if words["op"].startswith("Group") else w
    return Measurement(x, kernel, y, words["strides"], words["dilations"], groups)


def _tflite(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    kernel = np.moveaxis(w, (-1, 0), (0, 1))
    strides = [words["stride_h"], words["stride_w"]]
    return Measurement(_data(x, LAST, rank), kernel, _data(y, LAST, rank), strides, [1, 1], 1)


def _ncnn(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    def numbers(name: str) -> list[int]:
        width = int(words.get(f"{name}_w", 1))
        return [int(words.get(f"{name}_{axis}", width)) for axis in "whd"[:rank]][::-1]

    groups = words.get("group", 1)
    kernel = _outputs_split(np.moveaxis(w, 0, 1), groups)
    return Measurement(x, kernel, y, numbers("stride"), numbers("dilation"), groups)


def _mxnet(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    stride, dilate = words.get("stride"), words.get("dilate")
    groups = words.get("num_group", 1)
    return Measurement(x, w, y, _spread(stride, rank), _spread(dilate, rank), groups)


def _onednn(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    groups = words.get("groups") or 1
    kernel = w.reshape(-1, *w.shape[-rank - 1 :])
    # (groups * Cout/g, Cin/g, *k), whose outputs are sorted by group.
    kernel = _outputs_split(np.moveaxis(kernel, 0, 1), groups)
    dilations = [number + 1 for number in words["dilates"]]
    return Measurement(x, kernel, y, words["strides"], dilations, groups)


def _caffe(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    strides = words.get("stride", [words.get("stride_h", 1), words.get("stride_w", 1)])
    dilations = _spread(words.get("dilation"), rank)
    return Measurement(x, w, y, _spread(strides, rank), dilations, words.get("group", 1))


def _webnn(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    layout = LAST if words.get("inputLayout") == "nhwc" else FIRST
    order = {"iohw": (0, 1), "hwoi": (-1, -2), "ohwi": (-1, 0)}[words.get("filterLayout", "iohw")]
    groups = words.get("groups", 1)
    return Measurement(
        _data(x, layout, rank),
        np.moveaxis(w, order, (0, 1)),
        _data(y, layout, rank),
        _spread(words.get("strides"), rank),
        _spread(words.get("dilations"), rank),
        groups,
    )


def _tfjs(words: Row, rank: int, x: Array, w: Array, y: Array) -> Measurement:
    layout = FIRST if words.get("dataFormat") == "channelsFirst" else LAST
    kernel = np.moveaxis(w, (-1, -2), (0, 1))
    strides = _spread(words.get("strides"), rank)
    return Measurement(
        _data(x, layout, rank), kernel, _data(y, layout, rank), strides, [1] * rank, 1
    )


READERS = {
    "torch": _torch,
    "paddle": _torch,
    "tinygrad": _torch,
    "keras": _keras,
    "keras2": _keras,
    "tensorflow": _tensorflow,
    "jax": _jax,
    "flax": _flax,
    "onnx": _onnx,
    "mlx": _mlx,
    "mxnet": _mxnet,
    "onednn": _onednn,
    "caffe": _caffe,
    "ncnn": _ncnn,
    "openvino": _openvino,
    "tflite": _tflite,
    "tfjs": _tfjs,
    "webnn": _webnn,
}
