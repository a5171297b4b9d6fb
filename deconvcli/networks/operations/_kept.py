"""Layers that change values and no size."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape


class Kept(Operation):
    """The input's shape, whatever the keys say."""

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """The input's shape."""
        return inputs[0]
