"""Even kernels: the sizes stay, and trained weights padded as the fix says give the same values."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.graph import Network, Node, walk
from deconvcli.networks.graph.repairs import Failure, Fix, find_even_kernels
from deconvcli.networks.graph.repairs.layers import read_transposed
from deconvcli.networks.operation import Shape

LAYERS = [
    ("torch", {"kernel": 3, "stride": 2, "padding": 1, "output_padding": 1}, "4x4"),
    ("torch", {"kernel": 3, "stride": 2, "padding": 1}, "4x4"),
    ("torch", {"kernel": 1, "stride": 2, "output_padding": 1}, "2x2"),
    ("torch", {"kernel": [3, 4], "stride": 2, "padding": 1, "output_padding": [1, 0]}, "4x4"),
    ("torch", {"kernel": 10, "stride": 5, "padding": 3, "output_padding": 1}, "15x15"),
    ("torch", {"kernel": 4, "stride": 3, "padding": 1, "output_padding": 1}, "3x3"),
    ("torch", {"kernel": 5, "stride": 3, "dilation": 2, "padding": 3}, "6x6"),
    ("keras", {"kernel": 3, "stride": 2, "padding": "same"}, "4x4"),
    ("keras", {"kernel": 5, "stride": 2, "padding": "same"}, "6x6"),
    ("keras", {"kernel": 1, "stride": 2, "padding": "valid"}, "2x2"),
    ("flax", {"kernel": 3, "stride": 2, "padding": "SAME"}, "4x4"),
    ("jax", {"kernel": 5, "stride": 2, "padding": "SAME"}, "6x6"),
]  # fmt: skip


def find_fixes(dialect: str, keys: dict[str, Any]) -> tuple[Failure, list[Fix]]:
    node = Node("up", "conv_transpose", {"out_channels": 2, **keys}, ("input",))
    network = Network("net", {"input": Shape(3, (6, 7))}, (node,), (), dialect)
    outcomes = walk(network)
    failure = Failure(network, outcomes, outcomes[0])
    return failure, list(islice(find_even_kernels(failure), 3))


@pytest.mark.parametrize(("dialect", "keys", "kernel"), LAYERS)
def test_padded_weights_give_the_same_values(
    dialect: str, keys: dict[str, Any], kernel: str
) -> None:
    failure, fixes = find_fixes(dialect, keys)
    assert fixes[0].effects.startswith(f"the weights of up become {kernel}")
    dice = np.random.default_rng(0)
    before = read_transposed(failure.network, failure.outcome)
    assert before is not None
    shapes = map(require_numbers, (before.input_shape, before.weight_shape))
    x, w = (dice.integers(-9, 9, shape).astype("f4") for shape in shapes)
    for fix in fixes:
        outcome = failure.outcome._replace(node=fix.network.node("up"))
        after = read_transposed(fix.network, outcome)
        assert after is not None
        assert after.output_shape == before.output_shape
        padded = re.findall(r"(\d+):(\d+)", fix.effects)
        assert bool(padded) == ("must be trained again" not in fix.effects)
        if padded:
            pads = [(int(begin), int(end)) for begin, end in padded]
            widths = [
                each
                for axis in after.weight_layout.axes
                for each in (pads if axis == "*" else [(0, 0)])
            ]
            wide = np.pad(w, widths)
            np.testing.assert_array_equal(
                deconvcli.run(before, x, w), deconvcli.run(after, x, wide)
            )


def test_equal_crops_come_first() -> None:
    _, fixes = find_fixes("torch", {"kernel": 10, "stride": 5, "padding": 3, "output_padding": 1})
    assert [str(edit) for edit in fixes[0].edits] == [
        "set kernel of up to 15",
        "set padding of up to 5",
        "set output_padding of up to 0",
    ]
