"""A node of a network with all that its steps are made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NoReturn

from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operation import Operation, Shape
from deconvcli.networks.operations import take
from deconvcli.networks.porting.step import Pairs
from deconvcli.networks.porting.words import find_word


def is_channels_last(dialect: str) -> bool:
    """Return whether the framework of a dialect has the channels after the spatial axes."""
    return take_dialect(dialect)[0].data_layout({}, 2).axes[-1] == "C"


class Source:
    """One node: its keys, its shapes, and the pasted call that it was written as.

    dialect: that of the node. target: that of the result.
    """

    def __init__(
        self,
        outcome: NodeOutcome,
        output: Shape,
        dialect: str,
        target: str,
        call: PythonCall | None,
    ) -> None:
        self.outcome, self.output, self.target, self.call = outcome, output, target, call
        self.node, self.inputs, self.dialect = outcome.node, outcome.inputs, dialect
        self.operation: Operation = take(outcome.node.operation)

    @cached_property
    def keys(self) -> Mapping[str, Any]:
        """The values of all keys of the operation."""
        return self.operation.values(self.node.parameters)

    @property
    def given(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0]

    @property
    def rank(self) -> int:
        """The number of spatial axes of the first input."""
        return len(self.given.spatial)

    @property
    def family(self) -> str:
        """The dialect without its implementation."""
        return take_dialect(self.dialect)[0].name

    @property
    def is_last(self) -> bool:
        """Whether the dialect has the channels last."""
        return is_channels_last(self.dialect)

    @property
    def called(self) -> str:
        """The class of a pasted call, or the kind as the author wrote it."""
        return self.call.name.rpartition(".")[2] if self.call else self.node.operation

    def argument(self, name: str, place: int, default: Any = None) -> Any:
        """Return an argument of a pasted call by its name or its position."""
        if self.call is None:
            return default
        if name in self.call.keywords:
            return self.call.keywords[name]
        positional = self.call.positional
        return positional[place] if 0 <= place < len(positional) else default

    def has_word(self, *words: str) -> bool:
        """Return whether the class or the kind is one of these, in any style of writing."""
        return find_word(self.called, words) is not None

    @property
    def cut(self) -> Pairs:
        """The elements cut off (begin, end) each axis; less than zero where some are added."""
        parameters = self.node.parameters
        begins = self.operation.crop_begin(parameters, self.inputs, self.dialect)
        sizes = zip(require_numbers(begins or (0,) * self.rank), self.pair_sizes(), strict=True)
        return tuple([(begin, n - begin - out) for begin, (n, out) in sizes])

    def pair_sizes(self) -> list[tuple[int, int]]:
        """Return (input, output) of each axis."""
        sizes = map(require_numbers, (self.given.spatial, self.output.spatial))
        return list(zip(*sizes, strict=True))

    def refuse(self, reason: str, help: str = "write this layer yourself.") -> NoReturn:
        """Refuse to say the layer, with a reason."""
        raise NotExpressible(reason, help=help)
