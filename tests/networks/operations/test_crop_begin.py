"""Where the output of a layer begins: the elements cut off, or added, at the start of its input."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take


@pytest.mark.parametrize(
    ("operation", "dialect", "n", "parameters", "begin"),
    [
        ("conv", "torch", 9, {"kernel": 5, "padding": 2}, -2),
        ("conv", "torch", 9, {"kernel": 4, "padding": "same"}, -1),
        # TensorFlow pads an even and an odd input at different ends, measured with x = [1, 2 ...]:
        # the first output is w[0]*x[0] of 8 elements, and w[1]*x[0] of 9.
        ("conv", "tensorflow", 8, {"kernel": 3, "stride": 2, "padding": "SAME"}, 0),
        ("conv", "tensorflow", 9, {"kernel": 3, "stride": 2, "padding": "SAME"}, -1),
        ("conv", "keras", 8, {"kernel": 3, "dilation": 2, "padding": "causal"}, -4),
        ("conv", "onnx", 8, {"kernel": 4, "padding": "SAME_UPPER"}, -1),
        ("conv", "onnx", 8, {"kernel": 4, "padding": "SAME_LOWER"}, -2),
        ("max_pool", "torch", 8, {"kernel": 3, "stride": 2, "padding": 1}, -1),
        ("conv_transpose", "torch", 8, {"kernel": 4, "stride": 2, "padding": 1}, 1),
        ("conv_transpose", "keras", 8, {"kernel": 5, "stride": 2, "padding": "same"}, 1),
        ("crop", "torch", 8, {"amount": [2, 3]}, 2),
        ("pad", "torch", 8, {"amount": [2, 3]}, -2),
        ("crop_like", "torch", 8, {"size": 3}, 2),
        ("crop_like", "torch", 8, {"size": 3, "offset": 1}, 1),
    ],
)
def test_begin(
    operation: str, dialect: str, n: int, parameters: dict[str, Any], begin: int
) -> None:
    given = {"out_channels": 1, **parameters} if "conv" in operation else parameters
    assert take(operation).crop_begin(given, [Shape(1, (n,))], dialect) == (begin,)


@pytest.mark.parametrize("operation", ["relu", "pad_to", "upsample"])
def test_others_leave_the_start_where_it_is(operation: str) -> None:
    assert take(operation).crop_begin({"size": 9}, [Shape(1, (8,))], "torch") == ()
