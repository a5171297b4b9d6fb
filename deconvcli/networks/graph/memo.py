"""A network on whole runs of sizes, where no node is asked the same twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.runs import AnySize, GrowingSize, SizeRun
from deconvcli.networks.graph.shapes import NodeOutcome, apply_node, outcomes
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

Known = Size | tuple[int, int]
Key = tuple[str, tuple[tuple[Known, ...], ...]]


Condition = Callable[[NodeOutcome, str], bool]


def works(outcome: NodeOutcome, dialect: str) -> bool:
    """Whether the node does not fail."""
    return outcome.error is None


def works_without_remainder(outcome: NodeOutcome, dialect: str) -> bool:
    """Whether it does not fail, and no floor leaves an element of its input unread."""
    if not works(outcome, dialect):
        return False
    node, inputs = outcome.node, outcome.inputs
    left = take(node.operation).leftover(node.parameters, inputs, dialect)
    return all(size <= 0 for size in left)


class Remembered(NamedTuple):
    """What a node made of its inputs on a run, whether it passes, until which step it does so."""

    outcome: NodeOutcome
    passes: bool
    last: int | None


class RunWalker:
    """The runs of one axis of an input through a network.

    The deeper a node lies, the fewer different sizes reach it: after six strides of 4 the 4,096
    kinds of input sizes are a handful. So each node remembers the sizes it met.
    """

    def __init__(
        self, network: Network, axis: int, input: str, condition: Condition = works
    ) -> None:
        self.network = network
        self.axis = axis
        self.asked = network.inputs[input].spatial[axis]
        known = [node.operation for node in network.nodes if node.operation]
        self.mixes = any(take(operation).mixes_axes for operation in known)
        self.condition = condition
        self._met: dict[Key, Remembered] = {}

    def work(self, run: SizeRun) -> bool:
        """Whether every node passes on this run, which is cut where another answer may begin.

        Raises:
            Split: the run has to be taken apart.
            NotLinear: a layer mixes axes, and another axis is a symbol.
        """
        passes = True

        def apply(node: Node, inputs: tuple[Shape, ...], dialect: str) -> NodeOutcome:
            nonlocal passes
            outcome, passes, last = self._remembered(node, inputs, dialect)
            run.cut_after(last)
            shape = outcome.shape
            return outcome if shape is None else outcome._replace(shape=_on(run, shape))

        for outcome in outcomes(self.placed(run.size), apply):
            if isinstance(outcome.error, NotLinear):
                raise outcome.error
            if outcome.error is not None or not passes:
                return False
        return True

    def placed(self, value: Size) -> Network:
        """The network with this value of the size asked about, or of its letter."""
        inputs = {name: self._placed(given, value) for name, given in self.network.inputs.items()}
        lettered = self.network._replace(inputs=inputs)
        return lettered.with_letters(lambda size: self._meant(size, value))

    def _meant(self, size: Linear, value: Size) -> Size:
        """What a symbol that somebody wrote stands for."""
        if isinstance(size, (GrowingSize, AnySize)) or not isinstance(self.asked, Linear):
            return size
        named = size.letter == self.asked.letter
        return value * size.factor + size.offset if named else AnySize()

    def _placed(self, given: Shape, value: Size) -> Shape:
        """Inputs whose size is written alike move along."""
        axis, rank = self.axis, len(given.spatial)
        if rank <= axis:
            return given
        own = given.spatial[axis]
        if own == self.asked and isinstance(own, int):
            own = value
        others = given.spatial if self.mixes else (AnySize(),) * rank
        return given._replace(spatial=(*others[:axis], own, *others[axis + 1 :]))

    def _remembered(self, node: Node, inputs: tuple[Shape, ...], dialect: str) -> Remembered:
        """What the node makes of such inputs, asked once on a run of its own."""
        expect = node.expect or ()
        key = (node.name, (_pairs(expect), *(_pairs(shape.sizes) for shape in inputs)))
        if key not in self._met:
            probe = SizeRun(0, 1)
            if expect:
                node = node._replace(expect=_moved(probe, expect))
            outcome = apply_node(node, tuple([_on(probe, shape) for shape in inputs]), dialect)
            passes = self.condition(outcome, dialect)
            self._met[key] = Remembered(outcome, passes, probe.last)
        return self._met[key]


def _pairs(sizes: tuple[Size, ...]) -> tuple[Known, ...]:
    """Sizes as something to look up: (growth, value) where they grow."""
    return tuple(
        [(size.factor, size.offset) if isinstance(size, GrowingSize) else size for size in sizes]
    )


def _moved(run: SizeRun, sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    """The same growths on another run."""
    return tuple(
        [
            GrowingSize(run, size.factor, size.offset) if isinstance(size, GrowingSize) else size
            for size in sizes
        ]
    )


def _on(run: SizeRun, shape: Shape) -> Shape:
    channels, *spatial = _moved(run, shape.sizes)
    return Shape(channels, tuple(spatial))
