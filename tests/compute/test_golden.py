"""Golden arrays: exact by the definition, in every order of the sums."""

from __future__ import annotations

import numpy as np
import pytest

from deconvcli.compute import runner
from deconvcli.compute.golden import EXACT_TO, make_golden
from deconvcli.compute.kernels.reference import transposed_convolution
from deconvcli.compute.runner import (
    axes_of,
    canonical_input,
    canonical_output,
    canonical_weight,
)
from deconvcli.frameworks.vectors import take_edges

EDGES = take_edges("jax").layers


@pytest.mark.parametrize("name", EDGES)
def test_outputs_are_those_of_the_definition(name: str) -> None:
    reading = EDGES[name]
    made = make_golden(reading, 5)
    y = transposed_convolution(
        canonical_input(reading, made.x),
        canonical_weight(reading, made.weight),
        made.bias,
        axes_of(reading),
        reading.layer.groups,
    )
    np.testing.assert_array_equal(canonical_output(reading, made.y), y)
    assert np.abs(made.y).max() <= made.largest_sum <= EXACT_TO["int8"]
    assert made.exact_in == list(EXACT_TO)


@pytest.mark.parametrize(("name", "digits"), [("float16", 11), ("float32", 24), ("float64", 53)])
def test_limits_are_those_of_the_types(name: str, digits: int) -> None:
    assert EXACT_TO[name] == 2**digits
    largest = np.array(EXACT_TO[name]).astype(name)
    assert largest - 1 != largest == largest + np.ones((), name)


def test_a_kernel_with_other_values_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = EDGES["dilation_1d"]
    right = runner.run
    monkeypatch.setattr(runner, "run", lambda *given: right(*given) + 1)
    with pytest.raises(RuntimeError, match="fast kernel"):
        make_golden(reading, 0)
