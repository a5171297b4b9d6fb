"""The standard's own tests of ConvTranspose, which the onnx package has: shapes and values.

The shapes are here as well, for a Python without that package.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import deconvcli

NAMES = ("onnx", "onnx@onnxruntime", "onnx@reference", "onnx@shape_inference")
STRIDES = {"strides": [3, 2]}
# Of onnx 1.23.2: the input's and the weights' shape, the attributes, the output's shape.
CASES: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any], tuple[int, ...]]] = {
    "": ((1, 1, 3, 3), (1, 2, 3, 3), {}, (1, 2, 5, 5)),
    "_1d": ((1, 1, 3), (1, 2, 3), {}, (1, 2, 5)),
    "_3d": ((1, 1, 3, 4, 5), (1, 2, 3, 3, 3), {}, (1, 2, 5, 6, 7)),
    "_output_shape": (
        *((1, 1, 3, 3), (1, 2, 3, 3)),
        {**STRIDES, "output_shape": [10, 8]},
        (1, 2, 10, 8),
    ),
    "_pad": (
        *((1, 1, 3, 3), (1, 2, 3, 3)),
        {**STRIDES, "output_padding": [1, 1]},
        (1, 2, 10, 8),
    ),
    "_kernel_shape": (
        *((1, 1, 3, 3), (1, 2, 3, 3)),
        {**STRIDES, "kernel_shape": [3, 3], "output_padding": [1, 1], "output_shape": [10, 8]},
        (1, 2, 10, 8),
    ),
    "_pads": ((1, 1, 3, 3), (1, 2, 3, 3), {**STRIDES, "pads": [1, 2, 1, 2]}, (1, 2, 7, 3)),
    "_dilations": ((1, 1, 3, 3), (1, 1, 2, 2), {"dilations": [2, 2]}, (1, 1, 5, 5)),
    "_autopad_same": (
        *((1, 1, 3, 3), (1, 2, 3, 3)),
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        (1, 2, 6, 6),
    ),
    "_group_2": ((1, 2, 3, 3), (2, 1, 3, 3), {"group": 2}, (1, 2, 5, 5)),
    "_group_2_image_3": ((3, 2, 3, 3), (2, 1, 3, 3), {"group": 2}, (3, 2, 5, 5)),
}
HAS_ONNX = find_spec("onnx") is not None or "DECONV_REQUIRE_FRAMEWORKS" in os.environ


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_shapes(name: str, case: str) -> None:
    input_shape, weight_shape, attributes, output_shape = CASES[case]
    layer = deconvcli.layer(name, input_shape=input_shape, weight_shape=weight_shape, **attributes)
    assert layer.output_shape == output_shape


@pytest.mark.skipif(not HAS_ONNX, reason="onnx is not installed")
@pytest.mark.filterwarnings("ignore")  # other tests of the package divide by zero
def test_values() -> None:
    from onnx import helper
    from onnx.backend.test.case.node import collect_testcases

    found = {case.name: case for case in collect_testcases("ConvTranspose")}
    assert found.keys() == {f"test_convtranspose{name}" for name in CASES}
    for test, name in ((test, name) for test in found.values() for name in NAMES):
        [node] = test.model.graph.node
        attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        for word in attributes.keys() & {"auto_pad"}:
            attributes[word] = attributes[word].decode()
        for (x, w), [expected] in test.data_sets:
            layer = deconvcli.layer(name, input_shape=x.shape, weight_shape=w.shape, **attributes)
            np.testing.assert_allclose(deconvcli.run(layer, x, w), expected, rtol=1e-5)
