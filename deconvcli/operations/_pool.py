"""Pooling: a window without weights, whose stride is its size where nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from deconvcli.operation import Key, Parameters, Shape
from deconvcli.operations._window import CEIL_MODE, DILATION, KERNEL, PADDING, STRIDE, Sliding


class Pool(Sliding):
    """What all poolings share."""

    keys: ClassVar[tuple[Key, ...]] = (
        KERNEL,
        STRIDE._replace(default=None, meaning=f"{STRIDE.meaning}; default: the kernel"),
        PADDING,
        DILATION,
        CEIL_MODE,
    )

    def words(self, parameters: Parameters) -> dict[str, Any]:
        """The keys' values, the stride being the kernel unless given."""
        words = self.values(parameters)
        return words if words["stride"] is not None else {**words, "stride": words["kernel"]}

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Positions of the window, in the input's channels."""
        [given] = inputs
        return Shape(given.channels, self.swept(parameters, given, dialect))
