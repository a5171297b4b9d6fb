"""A network on whole runs of sizes, where no node is asked the same twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deconvcli.errors import NotLinear
from deconvcli.geometry import Size
from deconvcli.network.graph import Network, Node
from deconvcli.network.growing import Growing, Run, Unasked
from deconvcli.network.walk import Outcome, applied, outcomes
from deconvcli.operation import Shape
from deconvcli.operations import take

Known = Size | tuple[int, int]
Key = tuple[str, tuple[tuple[Known, ...], ...]]


Judge = Callable[[Outcome, str], bool]


def works(outcome: Outcome, dialect: str) -> bool:
    """Whether the node does not fail.

    Raises:
        NotLinear: a layer mixes axes, and another axis is a symbol.
    """
    if isinstance(outcome.error, NotLinear):
        raise outcome.error
    return outcome.error is None


def works_whole(outcome: Outcome, dialect: str) -> bool:
    """Whether it does not fail, and no floor leaves an element of its input unread."""
    if not works(outcome, dialect):
        return False
    node, inputs = outcome.node, outcome.inputs
    left = take(node.operation).leftover(node.parameters, inputs, dialect)
    return all(size <= 0 for size in left)


class Met(NamedTuple):
    """What a node made of its inputs on a run, whether it passes, until which step it does so."""

    outcome: Outcome
    passes: bool
    last: int | None


class Walks:
    """The runs of one axis of an input through a network.

    The deeper a node lies, the fewer different sizes reach it: after six strides of 4 the 4,096
    kinds of input sizes are a handful. So each node remembers the sizes it met.
    """

    def __init__(self, network: Network, axis: int, input: str, judge: Judge = works) -> None:
        self.network = network
        self.axis = axis
        self.asked = network.inputs[input].spatial[axis]
        known = [node.operation for node in network.nodes if node.operation]
        self.mixes = any(take(operation).mixes_axes for operation in known)
        self.judge = judge
        self._met: dict[Key, Met] = {}

    def work(self, run: Run) -> bool:
        """Whether every node passes on this run, which is cut where another answer may begin.

        Raises:
            Split: the run has to be taken apart.
            NotLinear: a layer mixes axes, and another axis is a symbol.
        """
        passes = True

        def apply(node: Node, inputs: tuple[Shape, ...], dialect: str) -> Outcome:
            nonlocal passes
            outcome, passes, last = self._remembered(node, inputs, dialect)
            run.holds_until(last)
            shape = outcome.shape
            return outcome if shape is None else outcome._replace(shape=_on(run, shape))

        return all(
            passes and outcome.error is None for outcome in outcomes(self.placed(run.size), apply)
        )

    def placed(self, size: Size) -> Network:
        """The network with this size on the axis, the others unasked unless a layer mixes them."""
        inputs = {name: self._placed(given, size) for name, given in self.network.inputs.items()}
        return self.network._replace(inputs=inputs)

    def _placed(self, given: Shape, size: Size) -> Shape:
        """Inputs whose size is written alike move along."""
        axis, rank = self.axis, len(given.spatial)
        if rank <= axis:
            return given
        own = size if given.spatial[axis] == self.asked else given.spatial[axis]
        others = given.spatial if self.mixes else (Unasked(),) * rank
        return given._replace(spatial=(*others[:axis], own, *others[axis + 1 :]))

    def _remembered(self, node: Node, inputs: tuple[Shape, ...], dialect: str) -> Met:
        """What the node makes of such inputs, asked once on a run of its own."""
        key = (node.name, tuple(_pairs(shape) for shape in inputs))
        if key not in self._met:
            probe = Run(0, 1)
            outcome = applied(node, tuple(_on(probe, shape) for shape in inputs), dialect)
            passes = self.judge(outcome, dialect)
            self._met[key] = Met(outcome, passes, probe.last)
        return self._met[key]


def _pairs(shape: Shape) -> tuple[Known, ...]:
    """Its sizes as something to look up: (growth, value) where they grow."""
    return tuple(
        [(size.factor, size.offset) if isinstance(size, Growing) else size for size in shape.sizes]
    )


def _on(run: Run, shape: Shape) -> Shape:
    """The same growths on another run."""
    channels, *spatial = [
        Growing(run, size.factor, size.offset) if isinstance(size, Growing) else size
        for size in shape.sizes
    ]
    return Shape(channels, tuple(spatial))
