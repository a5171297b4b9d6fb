"""Pooling: a window without weights, whose stride is its size where nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from deconvcli.frameworks.dialects import take
from deconvcli.networks.operation import Key, Parameters, Shape
from deconvcli.networks.operations._sizes import refuse
from deconvcli.networks.operations._window import (
    CEIL_MODE,
    DILATION,
    KERNEL,
    PADDING,
    STRIDE,
    Sliding,
    Sweep,
    sweeps,
)

# A pooling call's parameters in Keras, for every kind and number of axes.
KERAS_PARAMETERS = ("pool_size", "strides", "padding", "data_format")


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
        found = self.swept(parameters, given, dialect)
        if take(dialect)[0].windows.at_most_half_kernel:
            _check_padding(sweeps(self.words(parameters), given, dialect), dialect)
        return Shape(given.channels, found)


def _check_padding(found: list[Sweep], dialect: str) -> None:
    """Refuse more padding than half the kernel, whatever the dilation.

    Source: measured with torch 2.13.0, CPU; its own message speaks of the effective kernel.
    """
    for sweep in found:
        most = sweep.window.kernel // 2
        if sweep.window.begin > most:
            refuse(
                "padding",
                f"{dialect} pools with padding of half the kernel at most,"
                f" not {sweep.window.begin}",
                f"use {most} or less, or put a pad layer in front.",
            )
