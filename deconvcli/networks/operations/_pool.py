"""Pooling: a window without weights, whose stride is its size unless another is given."""

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
    make_sweeps,
)

# The parameters of a pooling call in Keras, for every kind and number of axes.
KERAS_PARAMETERS = ("pool_size", "strides", "padding", "data_format")


class Pool(Sliding):
    """A pooling of any kind."""

    keys: ClassVar[tuple[Key, ...]] = (
        KERNEL,
        STRIDE._replace(default=None, meaning=f"{STRIDE.meaning}; default: the kernel"),
        PADDING,
        DILATION,
        CEIL_MODE,
    )

    def window_values(self, parameters: Parameters) -> dict[str, Any]:
        """Return the keys' values; the stride is the kernel unless given."""
        values = self.values(parameters)
        return values if values["stride"] is not None else {**values, "stride": values["kernel"]}

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the positions of the window, in the input's channels."""
        [given] = inputs
        found = self.output_sizes(parameters, given, dialect)
        if take(dialect)[0].windows.at_most_half_kernel:
            _check_padding(make_sweeps(self.window_values(parameters), given, dialect), dialect)
        return Shape(given.channels, found)


def _check_padding(found: list[Sweep], dialect: str) -> None:
    """Refuse more padding than half the kernel, whatever the dilation.

    Source: measured with torch 2.13.0, CPU; torch's own message mentions the effective kernel.
    """
    for sweep in found:
        most = sweep.window.kernel // 2
        if sweep.window.begin > most:
            refuse(
                "padding",
                f"{dialect} pools with padding of half the kernel at most,"
                f" not {sweep.window.begin}",
                f"use {most} or less, or add a pad layer before this one.",
            )
