"""Checks that dialects from documents share: the weights' axes, and a required output size.

cuDNN and oneDNN do not compute the output's size. The caller gives it, as for the gradient of a
convolution, and they only check that the forward layer maps it back to the input's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.limits import not_negative, positive
from deconvcli.layers.arithmetic import Limit, Step
from deconvcli.layers.axis import Linear, Size, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, require_numbers, write_value
from deconvcli.layers.layout import CHANNELS_FIRST, Layout


def require_weight_shape(dialect: Dialect, sizes: Sizes, layout: Layout) -> tuple[int, ...]:
    """Return the weights' shape, which must have as many axes as the layout.

    Raises:
        Refused: it is not given, or has another number of axes.
    """
    axes = len(sizes.spatial) + len(layout.axes) - 1
    if sizes.weight is None:
        dialect.refuse(
            "weights", "the weights' shape is not known", f"give it in the layout {layout}."
        )
    if len(sizes.weight) != axes:
        dialect.refuse(
            "weights",
            f"weights of shape {list(sizes.weight)} do not have {axes} axes",
            f"give them in the layout {layout}.",
        )
    return sizes.weight


def size_entries(
    name: str, otherwise: str = "", *, smallest_size: int = 1
) -> tuple[Step | Limit, ...]:
    """Return steps and limits for a size that the caller gives, as the parameter `name`.

    They use full, s, begin, end, size and asked. otherwise: a condition under which a size
    outside the interval is accepted as well. smallest_size: 0 where an empty output is accepted.
    """
    smallest, largest = "{smallest}", "{smallest + s - 1}"
    return (
        Step("smallest", "full - begin - end", "the smallest size that maps back to the input"),
        Limit(
            # First of the limits: a size that is not given is 0, which the next one would blame.
            "asked",
            "output-size",
            f"{name} has no default: the output's size is given, not computed",
            f"choose {smallest} to {largest} here.",
        ),
        Step("out", "size", "as given"),
        positive("out", name)._replace(code="output-size")
        if smallest_size
        else not_negative("out", name)._replace(code="output-size"),
        Limit(
            # The s sizes for which floor((out + begin + end - span) / s) + 1 is n.
            f"smallest <= out <= smallest + s - 1{otherwise}",
            "output-size",
            f"{name} asks for {{out}}; a forward layer maps it back to {{n}} only if it is"
            f" {smallest} to {largest}",
            f"use {smallest} to {largest}.",
        ),
        Step("crop_begin", "begin", "padding crops the start"),
        Step(
            "crop_end",
            "full - out - crop_begin",
            "the remainder at the end; a negative crop appends",
        ),
    )


class ExplicitSize(Dialect):
    """A dialect with channels first whose parameter `size_parameter` is the output's shape."""

    size_parameter: str
    requests_tensor = True

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first; strides decide how they lie in memory."""
        return CHANNELS_FIRST

    def read_size(
        self, words: Mapping[str, Any], sizes: Sizes
    ) -> tuple[tuple[Size, ...], int | None, bool]:
        """Return (spatial sizes, channels, whether they are given); zeros and None if not."""
        given, rank = words[self.size_parameter], len(sizes.spatial)
        if given is None:
            return (0,) * rank, None, False
        # Spatial sizes alone are enough: they are what a descriptor of the output adds.
        if not isinstance(given, (list, tuple)) or len(given) != rank + 2:
            return read_sizes(given, rank, self.size_parameter), None, True
        shape = read_sizes(given, rank + 2, self.size_parameter)
        batch, channels = require_numbers(shape[:2])
        if (batch,) != sizes.batch:
            self.refuse(
                "batch",
                f"{self.size_parameter} has batch {batch}, the input {sizes.batch[0]}",
                "give both the same batch size.",
            )
        return shape[2:], channels, True

    def write_list(self, reading: Reading, letter: str) -> str:
        """Return a number of each axis as C writes a list."""
        return write_value(tuple([numbers[letter] for numbers in reading.numbers]), "{}")

    def write_shape(self, reading: Reading) -> str:
        """Return the output's shape as C writes a list, with the variables that it was given."""
        given, shape = reading.spelling.arguments.get(self.size_parameter), reading.output_shape
        if isinstance(given, (list, tuple)) and len(given) == len(shape):
            shape = tuple(given)
        sizes = [size.code if isinstance(size, Linear) else write_value(size) for size in shape]
        return f"{{{', '.join(sizes)}}}"

    def output_shape_of(self, layer: Layer, sizes: Sizes) -> list[Any]:
        """Return the output's shape as a caller of this framework gives it."""
        return [*sizes.batch, layer.out_channels, *layer.output_sizes(sizes.spatial)]
