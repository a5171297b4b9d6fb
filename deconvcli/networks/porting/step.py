"""The layers of a network on the way into another framework: each is a list of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from deconvcli.conversion import Conversion
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Shape

Pairs = tuple[tuple[int, int], ...]
"""(begin, end) of each spatial axis."""


class Step(NamedTuple):
    """One operation, with all its numbers.

    op: a kind of layer. keys: by the names of that kind, and `pads` for what is added around the
    input of a window. inputs, output: shapes with the channels first. part: what its weights are
    called where a layer has several steps with weights. conversion: of a transposed convolution.
    """

    op: str
    keys: Mapping[str, Any]
    inputs: tuple[Shape, ...]
    output: Shape
    part: str = ""
    conversion: Conversion | None = None

    @property
    def rank(self) -> int:
        """The number of spatial axes of the input."""
        return len(self.inputs[0].spatial)

    @property
    def channels(self) -> int:
        """The channels of the input."""
        [channels] = require_numbers([self.inputs[0].channels])
        return channels


class Ported(NamedTuple):
    """A layer of the network in the target framework.

    inputs: the layers whose output the first step takes; each further step takes what the one
    before it made. steps: none for a layer that leaves its input as it is. reason, help: why no
    steps are that layer, and what to do.
    """

    name: str
    inputs: tuple[str, ...]
    output: Shape | None
    steps: tuple[Step, ...] = ()
    reason: str = ""
    help: str = ""


class Port(NamedTuple):
    """A network in the target framework.

    was_last, is_last: whether the source and the target have the channels last. In the source's
    order a network flattens.
    """

    name: str
    source: str
    target: str
    inputs: Mapping[str, Shape]
    layers: tuple[Ported, ...]
    outputs: tuple[str, ...]
    was_last: bool
    is_last: bool

    @property
    def missing(self) -> list[Ported]:
        """The layers that the target cannot express."""
        return [layer for layer in self.layers if layer.reason]

    @property
    def steps(self) -> Iterator[tuple[Ported, Step]]:
        """Every step with its layer, in order."""
        for layer in self.layers:
            for step in layer.steps:
                yield layer, step
