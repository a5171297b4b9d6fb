"""Every dialect runs through every kind of layer: it gives a shape, or an error with help."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import KeyForm, Operation, Shape
from deconvcli.networks.operations import OPERATIONS, index_calls, index_keys, take

VALUES: dict[KeyForm, Any] = {
    KeyForm.INTEGER: 2,
    KeyForm.SIZES: 2,
    KeyForm.FACTORS: 1.5,
    KeyForm.OUTPUT_SIZES: 2,
    KeyForm.SIDES: 1,
    KeyForm.WORD: "relu",
    KeyForm.FLAG: True,
    KeyForm.SHAPE: [-1, 2],
    KeyForm.ANY: 1,
}
PADDINGS = [None, 0, 1, [[1, 0]], "same", "valid", "same_upper", "causal", "nonsense"]
INPUTS = [Shape(4), Shape(4, (8,)), Shape(4, (9, 10)), Shape(4, (1, 1, 1))]


def parameter_sets(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield the required keys alone, with every padding, with each other key, and with all."""
    required = {key.name: VALUES[key.form] for key in operation.keys if key.required}
    yield required
    if any(key.name == "padding" for key in operation.keys):
        yield from ({**required, "padding": padding} for padding in PADDINGS)
    yield from ({**required, key.name: VALUES[key.form]} for key in operation.keys)
    if any(key.name == "output_size" for key in operation.keys):
        # TensorFlow and TFLite take no transposed convolution without its output size.
        yield {**required, "stride": 1, "padding": "SAME", "output_size": [9, 10]}
    yield {key.name: VALUES[key.form] for key in operation.keys}


def shape_or_error(
    operation: Operation, parameters: dict[str, Any], inputs: list[Shape], dialect: str
) -> Shape | DeconvError:
    """Return the shape or the error, with every other method of the operation called as well."""
    given = parameters, inputs, dialect
    try:
        shape = operation.shape(*given)
        operation.unevenness(*given)
        operation.leftover(*given)
        for axis, n, out in zip(
            operation.adjoint(*given), inputs[0].spatial, shape.spatial, strict=False
        ):
            assert axis.output_size(out) == n
        assert prod(require_numbers(operation.mac_factors(*given))) >= 0
        assert operation.parameter_count(*given) >= 0
    except DeconvError as error:
        return error
    return shape


@pytest.mark.parametrize("dialect", DIALECTS.names)
@pytest.mark.parametrize("name", OPERATIONS.names)
def test_a_shape_or_an_error_with_help(name: str, dialect: str) -> None:
    operation, shapes = take(name), 0
    for parameters, given in product(parameter_sets(operation), INPUTS):
        inputs = [given] * operation.inputs[0]
        found = shape_or_error(operation, parameters, inputs, dialect)
        if isinstance(found, Shape):
            assert all(type(size) is int and size >= 1 for size in found.sizes), parameters
            shapes += 1
        else:
            assert found.message, parameters
            assert found.help, (parameters, found.message)
    # A dialect that refuses whatever it is given would pass the loop above.
    assert shapes > 0


def test_a_call_is_of_one_kind_in_every_framework() -> None:
    for name, found in index_calls().items():
        assert len({operation for operation, _ in found}) == 1, name
        assert len({(call.framework, call.by_name) for _, call in found}) == len(found), name


@pytest.mark.parametrize("name", OPERATIONS.names)
def test_calls_rename_and_imply_keys(name: str) -> None:
    operation = take(name)
    keys = {key.name for key in operation.keys}
    for call in operation.calls:
        assert {*call.means.values()} <= keys
        assert {*call.implies} <= {*index_keys(name)}
        assert call.means.keys() <= set(call.parameters or ())
