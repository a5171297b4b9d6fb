"""Letters of the axes of input, kernel and output, one each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.layers.layout import Layout

# By function and rank: the default letters of input, kernel and output.
# JAX writes the depth after the width: NHWDC, where TensorFlow has NDHWC.
DEFAULTS = {
    "conv_transpose": {
        1: ("NHC", "HIO", "NHC"),
        2: ("NHWC", "HWIO", "NHWC"),
        3: ("NHWDC", "HWDIO", "NHWDC"),
    },
    "conv_general_dilated": {
        1: ("NCH", "OIH", "NCH"),
        2: ("NCHW", "OIHW", "NCHW"),
        3: ("NCHWD", "OIHWD", "NCHWD"),
    },
}
REQUIRED = ({"N", "C"}, {"I", "O"}, {"N", "C"})


def to_dimension_numbers(word: str, rank: int) -> list[str]:
    """Return a data format as dimension_numbers: the data's letters, or all three with commas."""
    specs = word.upper().split(",")
    axes = "".join(letter for letter in specs[0] if letter not in "NC")
    # The kernel's channels stand where the data's do, as in the defaults of both functions.
    kernel = f"OI{axes}" if specs[0].startswith("NC") else f"{axes}IO"
    return specs if len(specs) > 1 else [specs[0], kernel, specs[0]]


def is_spec(spec: Any, required: set[str], rank: int) -> bool:
    """Return whether this is a string of one letter per axis with the required letters."""
    return isinstance(spec, str) and len(spec) == len(set(spec)) == rank + 2 and required <= {*spec}


def name_axes(spec: str, kernel: str, names: Mapping[str, str]) -> Layout:
    """Return axes by their letters, spatial ones numbered in the order of the kernel's."""
    spatial = [letter for letter in kernel if letter not in "IO"]
    axes = "".join(str(spatial.index(at)) if at in spatial else at for at in spec)
    together = "".join(map(str, range(len(spatial))))
    return Layout(tuple(names.get(at, at) for at in axes.replace(together, "*")))
