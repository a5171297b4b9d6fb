"""Modules of random layers, executed in their framework and compared exactly with our values.

`python -m tests.conversion.programs.executed NAME COUNT [TYPE]` takes a dialect or one of its
implementations, that many layers of each framework, and prints one line for each module that fails
and a count. TYPE: the number type of weights and data.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from deconvcli.common.errors import NotExpressible, Refused
from deconvcli.compute.kernels.scatter import transposed_convolution
from deconvcli.compute.runner import (
    Array,
    axes_of,
    canonical_input,
    canonical_weight,
    plain_input,
)
from deconvcli.conversion import Conversion, convert
from deconvcli.conversion.proof import draw
from deconvcli.layers.layer import require_numbers
from tests.conversion.drawn import SOURCES, draw_layers


def execute(
    conversion: Conversion, module: str, dtype: str = "float32", *, has_bias: bool = True
) -> str:
    """Return what is wrong with a module's output; an empty text if nothing is."""
    source, layer = conversion.source, conversion.source.layer
    x = draw(tuple(require_numbers(source.input_shape)), 1, 0)
    weight = draw(source.weight_shape, 1, 1)
    bias = draw((layer.out_channels,), 1, 2) if has_bias else None
    data, taps = canonical_input(source, x), canonical_weight(source, weight)
    want = arrange(
        conversion, transposed_convolution(data, taps, bias, axes_of(source), layer.groups)
    )
    scope: dict[str, Any] = {}
    try:
        exec(module, scope)
        apply = scope["build"](weight.astype(dtype), None if bias is None else bias.astype(dtype))
        y = np.asarray(apply(arrange(conversion, plain_input(source, x)).astype(dtype)))
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    if y.shape != want.shape:
        return f"shape {y.shape} for {want.shape}"
    return "" if np.array_equal(y, want) else f"{(y != want).sum()} of {want.size} values differ"


def arrange(conversion: Conversion, data: Array) -> Array:
    """Return (N, C, *spatial) in the target's layout, with as many batch axes as it has."""
    target = conversion.target
    if target.data_layout.axes[-1] == "C":
        data = np.moveaxis(data, 1, -1)
    return data.reshape(*target.sizes.batch, *data.shape[1:])


def main(name: str, count: str, dtype: str = "float32") -> None:
    """Print what fails of this many layers of each framework."""
    layers = executed = 0
    for driver in SOURCES:
        for number, reading in enumerate(draw_layers(driver, int(count), seed=2)):
            layers += 1
            try:
                conversion = convert(reading, name)
                module = conversion.write_program()
            except (NotExpressible, Refused):
                # Some frameworks refuse an empty batch, and nothing else stands for one.
                layers -= 0 in reading.sizes.batch
                continue
            executed += 1
            wrong = execute(conversion, module, dtype, has_bias=number % 2 == 0)
            if wrong:
                print(f"{reading} in {name}: {wrong}")
    print(f"{executed} of {layers}")


if __name__ == "__main__":
    main(*sys.argv[1:])
