"""The parameters of ncnn's layer by axis, and its line in a .param file, where they are numbered.

Source: src/layer/deconvolution.cpp, deconvolutiondepthwise.cpp, deconvolution1d.cpp and
deconvolution3d.cpp of the release that was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.frameworks.dialect.parameters import each_pair

SAME = {"same_upper": -233, "same_lower": -234}
"""The pads that stand for a word."""

# The parameters of each role, from the last spatial axis to the first.
KERNELS = ("kernel_w", "kernel_h", "kernel_d")
STRIDES = ("stride_w", "stride_h", "stride_d")
DILATIONS = ("dilation_w", "dilation_h", "dilation_d")
BEGINS = ("pad_left", "pad_top", "pad_front")
ENDS = ("pad_right", "pad_bottom", "pad_behind")
APPENDED = ("output_pad_right", "output_pad_bottom", "output_pad_behind")
SIZES = ("output_w", "output_h", "output_d")

_KEYS = {
    "num_output": 0,
    "kernel_w": 1,
    "dilation_w": 2,
    "stride_w": 3,
    "pad_left": 4,
    "bias_term": 5,
    "weight_data_size": 6,
    "group": 7,
    "activation_type": 9,
    "activation_params": 10,
    "kernel_h": 11,
    "dilation_h": 12,
    "stride_h": 13,
    "pad_top": 14,
    "pad_right": 15,
    "pad_bottom": 16,
    "output_pad_right": 18,
    "output_pad_bottom": 19,
}
_FLAT = {"output_w": 20, "output_h": 21}
_DEEP = {
    "pad_behind": 17,
    "output_pad_behind": 20,
    "kernel_d": 21,
    "dilation_d": 22,
    "stride_d": 23,
    "pad_front": 24,
    "output_w": 25,
    "output_h": 26,
    "output_d": 27,
}


_KINDS = {1: "1D", 2: "", 3: "3D"}
_FLAGS = {"True": "1", "False": "0"}


def spread(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Return a value for each axis by its parameter, or that of the width if all are equal."""
    if all(value == values[0] for value in values):
        return {names[0]: values[0]}
    return dict(zip(names, reversed(values), strict=False))


def write_pads(pairs: tuple[tuple[Any, Any], ...], rank: int) -> dict[str, Any]:
    """Return what is cropped at the start and at the end of each axis, by its parameters."""
    both = each_pair(pairs, rank)
    begins, ends = zip(*both, strict=True)
    # A pad at the end that is left out is the one at the start of its axis.
    own = dict(zip(ENDS, reversed(ends), strict=False)) if begins != ends else {}
    return spread(BEGINS, begins) | own


def write_word(word: str, rank: int) -> Any:
    """Return the pad that stands for a word; another word stays, and is refused."""
    lowered = word.lower()
    if lowered == "valid":
        return 0
    return SAME.get("same_upper" if lowered == "same" else lowered, word)


def name_keys(rank: int) -> dict[int, str]:
    """Return the parameters of a layer with so many spatial axes by their keys in the file."""
    keys = _KEYS | (_DEEP if rank == 3 else _FLAT)
    roles = (KERNELS, STRIDES, DILATIONS, BEGINS, ENDS, APPENDED, SIZES)
    absent = {name for names in roles for name in names[rank:]}
    return {key: name for name, key in keys.items() if name not in absent}


def write_line(rank: int, groups: int, parameters: Mapping[str, str]) -> str:
    """Return the line of a layer from x to y with these parameters, written as Python has them."""
    keys = _KEYS | (_DEEP if rank == 3 else _FLAT)
    grouped = "DepthWise" if groups > 1 else ""
    numbered = sorted((keys[name], value) for name, value in parameters.items())
    fields = [f"{key}={_FLAGS.get(value, value)}" for key, value in numbered]
    return " ".join([f"Deconvolution{grouped}{_KINDS[rank]} deconv 1 1 x y", *fields])
