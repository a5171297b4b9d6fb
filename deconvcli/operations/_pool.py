"""Pooling: a window without weights, whose stride is its size where nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from deconvcli.operation import Key, Operation, Parameters, Shape
from deconvcli.operations._window import CEIL_MODE, DILATION, KERNEL, PADDING, STRIDE, swept


class Pool(Operation):
    """What all poolings share."""

    keys: ClassVar[tuple[Key, ...]] = (
        KERNEL,
        STRIDE._replace(default=None, meaning=f"{STRIDE.meaning}; default: the kernel"),
        PADDING,
        DILATION,
        CEIL_MODE,
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Positions of the window, in the input's channels."""
        words, [given] = self.values(parameters), inputs
        if words["stride"] is None:
            words["stride"] = words["kernel"]
        return Shape(given.channels, swept(words, given, dialect))
