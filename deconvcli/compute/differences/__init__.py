"""What differs between a layer's output and a reference: a shift, reversed taps, a missing bias ...

A few windows of the reference are compared with the outputs of layers with such mistakes. What they
agree with is then proven on all elements, within the bound of `kernels.bound`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from deconvcli.compute.differences._guesses import REVERSED_TAPS
from deconvcli.compute.differences._problem import Difference, Problem
from deconvcli.compute.differences._search import search
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.stream import Sizes, Source
from deconvcli.compute.runner.canonical import (
    axes_of,
    canonical_input,
    canonical_output,
    canonical_weight,
)
from deconvcli.layers.layer import Reading

__all__ = ["REVERSED_TAPS", "Difference", "explain_output", "find_difference"]


def explain_output(
    reading: Reading, x: Array, weight: Array, bias: Array | None, y: Array, agreement: Agreement
) -> Difference | None:
    """Return what explains that y is not the layer's output, if it is not.

    All arrays are in the dialect's layout. agreement: that of `check_values`.
    """
    if agreement.agrees:
        return None
    data, reference = canonical_input(reading, x), canonical_output(reading, y)
    return find_difference(reading, data, weight, bias, reference, x.dtype, agreement.first_bad)


def find_difference(
    reading: Reading,
    x: Source,
    weight: Array,
    bias: Array | None,
    reference: Source,
    dtype: np.dtype[Any],
    first_bad: Sizes | None = None,
) -> Difference | None:
    """Return what explains that a reference is not the layer's output, if anything simple does.

    x, reference: canonical, (N, Cin, *n) and (N, Cout, *out); the reference may have other sizes
    along its spatial axes. An array is compared as a whole; anything else, which may exceed the
    memory, by windows alone. weight: in the dialect's layout. dtype: that of the computation.
    first_bad: the index of the first element that differs.
    """
    axes, groups = tuple(axes_of(reading)), reading.layer.groups
    problem = Problem(x, canonical_weight(reading, weight), bias, axes, groups, np.dtype(dtype))
    if 0 in (*problem.shape, *reference.shape, *x.shape):
        return None
    # Inf and NaN are valid results, and a division by 0 estimates nothing.
    with np.errstate(all="ignore"):
        return search(problem, reading, weight, reference, first_bad)
