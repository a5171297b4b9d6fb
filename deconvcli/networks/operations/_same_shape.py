"""Layers that change values but no size."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape


class SameShape(Operation):
    """A layer whose output has the input's shape, whatever its keys are."""

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape."""
        return inputs[0]
