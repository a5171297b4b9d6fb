"""Layers with the kernel of a resize, executed as a resize in their framework and compared.

`python -m tests.conversion.equivalents.resized NAME` takes a dialect or one of its implementations.
It prints one line for each module that fails, and a count.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from deconvcli.compute.kernels.scatter import transposed_convolution
from deconvcli.compute.runner import axes_of, canonical_weight
from deconvcli.conversion.equivalents import find_equivalent
from deconvcli.conversion.equivalents.resize import make_kernels
from deconvcli.conversion.proof import draw
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from tests.conversion.equivalents.executed import arrange

# Kernel, stride and crop, then groups.
CASES: list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]] = [
    ((4, 4), (2, 2), (1, 1), 1),
    ((4, 4), (2, 2), (0, 3), 3),
    ((8, 8), (4, 4), (2, 2), 1),
    ((5, 5), (3, 3), (1, 1), 1),
    ((4, 1), (2, 1), (1, 0), 1),
    ((2, 2), (2, 2), (0, 0), 1),
    ((3, 3), (3, 3), (1, 0), 3),
    ((4,), (2,), (1,), 1),
    ((3,), (3,), (2,), 1),
    ((4, 8, 4), (2, 4, 2), (1, 2, 0), 1),
    ((2, 3, 1), (2, 3, 1), (0, 0, 0), 1),
]


def list_layers() -> Iterator[Reading]:
    """Yield layers whose kernels can be those of a resize."""
    for kernel, stride, crop, groups in CASES:
        words = {"stride": stride, "padding": crop, "groups": groups}
        shape = (2, 3, *range(4, 4 + len(kernel)))
        yield read_layer("torch", words, shape, (3, 6 // groups, *kernel))


def main(name: str) -> None:
    """Print what fails in one framework."""
    for source in list_layers():
        found = find_equivalent(source, name, "resize")
        kind = str(found.steps.kernel)
        x = draw((2, 3, *range(4, 4 + len(source.spatial))), 1, 0)
        weight = make_kernels(source, kind, draw(source.weight_shape, 1, 1))
        bias = draw((source.layer.out_channels,), 1, 2)
        taps, groups = canonical_weight(source, weight), source.layer.groups
        want = arrange(found, transposed_convolution(x, taps, bias, axes_of(source), groups))
        scope: dict[str, Any] = {}
        exec(found.write_module(), scope)
        build = scope["build"]
        apply = build(weight.astype("float32"), bias.astype("float32"))
        y = np.asarray(apply(arrange(found, x).astype("float32")))
        # A third is no binary fraction, so that these values are rounded.
        if kind == "bilinear" and 3 in [axis.stride for axis in source.layer.axes]:
            assert abs(y - np.rint(y)).max() < 1e-3
            y = np.rint(y)
        if y.shape != want.shape or not np.array_equal(y, want):
            print(f"{source} in {name}: {y.shape} for {want.shape}")
        weight[(0,) * weight.ndim] += 1
        try:
            build(weight.astype("float32"))
            print(f"{source} in {name}: other weights are taken")
        except ValueError as error:
            if str(error) != f"the weights are no {kind} kernel for each pair of channels":
                print(f"{source} in {name}: {error}")
    print(len(CASES))


if __name__ == "__main__":
    main(*sys.argv[1:])
