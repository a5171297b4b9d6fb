"""What the tests of dialects taken from documents share."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused
from deconvcli.frameworks.dialects import take


def shape(dialect: str, input_shape: tuple[int, ...], **parameters: Any) -> tuple[Any, ...]:
    """The output's shape."""
    return deconvcli.layer(dialect, input_shape=input_shape, **parameters).output_shape


def refuses(reason: str, dialect: str, input_shape: tuple[int, ...], **parameters: Any) -> None:
    """Hold that the dialect refuses, with this reason, and with a note if it was not measured."""
    with pytest.raises(Refused, match=re.escape(reason)) as error:
        deconvcli.layer(dialect, input_shape=input_shape, **parameters)
    notes = [] if take(dialect)[0].is_measured else ["documents-only"]
    assert [finding.code for finding in error.value.findings] == notes
    assert error.value.help


def impulse(dialect: str, kernel: list[int], **parameters: Any) -> list[float]:
    """Along the last axis of a 2-D layer, what one 1 in the middle of three becomes."""
    x = np.array([[[[0.0, 1.0, 0.0]]]])
    weight = np.array([[[kernel]]], dtype="float64")
    reading = deconvcli.layer(dialect, input_shape=x.shape, weight_shape=weight.shape, **parameters)
    values: list[float] = deconvcli.run(reading, x, weight)[0, 0, 0].tolist()
    return values


def agree(one: tuple[str, dict[str, Any]], other: tuple[str, dict[str, Any]], axes: Any) -> None:
    """Hold that two spellings compute the same from weights whose axes are permuted.

    axes: from the other's weights to the one's; both have channels first and 4 to 6 channels.
    """
    x = np.random.default_rng(0).standard_normal((2, 4, 3, 5))
    weight = np.random.default_rng(1).standard_normal((4, 3, 2, 3))
    moved = axes(weight)
    results = []
    for (dialect, parameters), held in ((one, moved), (other, weight)):
        reading = deconvcli.layer(
            dialect, input_shape=x.shape, weight_shape=held.shape, **parameters
        )
        results.append(deconvcli.run(reading, x, held))
    np.testing.assert_allclose(results[0], results[1], rtol=0, atol=1e-12)
