"""Adaptive pooling: windows that give an output of the size that is requested."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import read_sizes
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_minimum, require_axes


class AdaptivePool(Operation):
    """A pooling whose output size is given, whatever the input's is."""

    name = "adaptive_pool"
    aliases = ("adaptive_avg_pool", "adaptive_max_pool")
    title = "a pooling to a given size"
    keys = (
        Key(
            "size",
            KeyForm.OUTPUT_SIZES,
            None,
            "the output size",
            required=True,
            aliases=("output_size",),
            at_least=1,
        ),
    )
    calls = (
        Call(
            "torch",
            ("AdaptiveAvgPool{n}d", "AdaptiveMaxPool{n}d"),
            ("output_size", "return_indices"),
        ),
        Call(
            "paddle",
            ("AdaptiveAvgPool{n}D", "AdaptiveMaxPool{n}D"),
            ("output_size", "return_mask"),
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the size that is requested."""
        [given] = inputs
        sizes = read_sizes(self.values(parameters)["size"], require_axes(given), "size")
        check_minimum(sizes, 1, "size")
        return given._replace(spatial=sizes)


OPERATION: Operation = AdaptivePool()
