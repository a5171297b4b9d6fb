"""Modules without a transposed convolution, executed in their framework and compared exactly.

`python -m tests.conversion.equivalents.executed NAME COUNT` takes a dialect or one of its
implementations, and that many layers of each framework, every way of each. It prints one line for
each module that fails, and a count.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from deconvcli.common.errors import NotExpressible
from deconvcli.compute.kernels.scatter import transposed_convolution
from deconvcli.compute.runner import Array, axes_of, canonical_input, canonical_weight, plain_input
from deconvcli.conversion.equivalent import Equivalent
from deconvcli.conversion.equivalents import FOR_ANY_WEIGHTS, find_equivalent
from deconvcli.conversion.proof import draw
from deconvcli.layers.layer import require_numbers
from tests.conversion.drawn import SOURCES, draw_layers


def execute(equivalent: Equivalent, *, has_bias: bool = True) -> str:
    """Return what is wrong with a module's output; an empty text if nothing is."""
    source, layer = equivalent.source, equivalent.source.layer
    x = draw(tuple(require_numbers(source.input_shape)), 1, 0)
    weight = draw(source.weight_shape, 1, 1)
    bias = draw((layer.out_channels,), 1, 2) if has_bias else None
    data, taps = canonical_input(source, x), canonical_weight(source, weight)
    want = transposed_convolution(data, taps, bias, axes_of(source), layer.groups)
    scope: dict[str, Any] = {}
    try:
        exec(equivalent.write_module(), scope)
        given = None if bias is None else bias.astype("float32")
        apply = scope["build"](weight.astype("float32"), given)
        y = np.asarray(apply(arrange(equivalent, plain_input(source, x)).astype("float32")))
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    want = arrange(equivalent, want)
    if y.shape != want.shape:
        return f"shape {y.shape} for {want.shape}"
    return "" if np.array_equal(y, want) else f"{(y != want).sum()} of {want.size} values differ"


def arrange(equivalent: Equivalent, data: Array) -> Array:
    """Return (N, C, *spatial) in the target's layout."""
    return np.moveaxis(data, 1, -1) if equivalent.layout[-1] == "C" else data


def main(name: str, count: str) -> None:
    """Print what fails of this many layers of each framework."""
    asked = executed = 0
    for driver in SOURCES:
        for number, reading in enumerate(draw_layers(driver, int(count), seed=2)):
            for way in FOR_ANY_WEIGHTS:
                asked += 1
                try:
                    equivalent = find_equivalent(reading, name, way)
                except NotExpressible:
                    continue
                executed += 1
                wrong = execute(equivalent, has_bias=number % 2 == 0)
                if wrong:
                    print(f"{reading} in {name}, {way}: {wrong}")
    print(f"{executed} of {asked}")


if __name__ == "__main__":
    main(*sys.argv[1:])
