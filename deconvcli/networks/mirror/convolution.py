"""A convolution or a pooling, and the axes of its adjoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Axis
from deconvcli.networks.graph import Node
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

POOLS = ("avg_pool", "max_pool")


class Convolution(NamedTuple):
    """A convolution or a pooling whose mirror is wanted.

    dialect: the framework of its parameters. rank: the number of spatial axes. channels: of its
    input; None where nobody gave them. edge: how it pads, where not with zeros: reflect, circular.
    """

    node: Node
    dialect: str
    rank: int
    channels: int | None = None
    edge: str = ""

    def __hash__(self) -> int:
        # Without the node, whose parameters are a mapping.
        return hash((self.dialect, self.rank, self.channels, self.edge))

    def find_axes(self, sizes: Sequence[int]) -> tuple[tuple[int, ...], tuple[Axis, ...]]:
        """Return the output's sizes and the axes of the mirror, at an input of these sizes.

        Raises:
            Refused: the framework would refuse the layer at this input.
            UsageError: it is no convolution.
        """
        operation, values = take(self.node.operation), self.node.parameters
        if operation.name not in ("conv", "depthwise_conv", *POOLS):
            raise UsageError(
                f"{operation.name} is no convolution, so it has no transposed one",
                help="`deconv explain` shows the convolution that it is the mirror of."
                if operation.name == "conv_transpose"
                else "give a convolution, a pooling, or a whole encoder.",
                code="no-mirror",
            )
        given = Shape(self.channels or values.get("groups", 1), tuple(sizes))
        out = operation.shape(values, [given], self.dialect)
        axes = operation.adjoint(values, [given], self.dialect)
        return tuple(int(size) for size in out.spatial if isinstance(size, int)), axes

    @property
    def roles(self) -> dict[str, Any]:
        """What the mirror has besides its axes: the channels exchanged, groups, bias."""
        values, into = self.node.parameters, self.channels
        # A pooling keeps its channels.
        out = values.get("out_channels", into)
        groups = values.get("groups", 1)
        if self.node.operation == "depthwise_conv":
            if into is None:
                raise UsageError(
                    "a depthwise convolution has as many groups as channels, which are not known",
                    help="give the input with its channels, in the order of the framework.",
                    code="no-input",
                )
            groups = into
            out = into * values.get("multiplier", 1)
        roles = {"in_channels": out, "out_channels": into}
        roles = {role: count for role, count in roles.items() if count is not None}
        if groups not in (None, 1):
            roles["groups"] = groups
        if values.get("bias") is False:
            roles["bias"] = False
        return roles
