"""Max unpooling: each element back at the place from which a max pooling took it."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.layers.axis import Axis
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_minimum, check_not_empty, require_axes
from deconvcli.networks.operations._window import KERNEL, STRIDE


class MaxUnpool(Operation):
    """The inverse of a max pooling; other elements are zero."""

    name = "max_unpool"
    aliases = ("max_unpool1d", "max_unpool2d", "max_unpool3d", "unpool")
    title = "inverse of a max pooling"
    keys = (
        KERNEL,
        STRIDE._replace(default=None, meaning="that of the pooling; default: the kernel"),
        Key("padding", KeyForm.SIZES, 0, "that of the pooling", at_least=0),
    )
    calls = (Call("torch", ("MaxUnpool{n}d",), ("kernel_size", "stride", "padding"), required=1),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the smallest input of the pooling that has this output.

        Source: measured with torch 2.13.0; `output_size` comes with the call of the layer.
        """
        values, [given] = self.values(parameters), inputs
        rank = require_axes(given)
        stride = values["kernel"] if values["stride"] is None else values["stride"]
        numbers = {"kernel": values["kernel"], "stride": stride, "padding": values["padding"]}
        each = {name: per_axis(value, rank, name) for name, value in numbers.items()}
        for name, per in each.items():
            check_minimum(per, 0 if name == "padding" else 1, name)
        axes = [Axis(k, s, 1, p, p) for k, s, p in zip(*each.values(), strict=True)]
        found = [axis.output_size(n) for n, axis in zip(given.spatial, axes, strict=True)]
        return given._replace(spatial=check_not_empty(found, "the output"))


OPERATION: Operation = MaxUnpool()
