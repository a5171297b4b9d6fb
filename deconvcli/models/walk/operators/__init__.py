"""The operations that the walk knows, by name: those of ONNX, and of ONNX Runtime beside them."""

from __future__ import annotations

from collections.abc import Mapping

from deconvcli.models.walk.operators import (
    elementwise,
    making,
    picking,
    products,
    reducing,
    resizing,
    sequences,
    shaping,
    windows,
)
from deconvcli.models.walk.tensors import Operator

OPERATORS: Mapping[str, Operator] = {
    name: operator
    for module in (
        elementwise,
        making,
        picking,
        products,
        reducing,
        resizing,
        sequences,
        shaping,
        windows,
    )
    for name, operator in module.OPERATORS.items()
}
