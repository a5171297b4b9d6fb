"""A network on whole runs of sizes, in which each node computes the same inputs only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.runs import AnySize, GrowingSize, OtherLetter, SizeRun
from deconvcli.networks.graph.shapes import NodeOutcome, apply_node, iter_outcomes
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

MemoSize = Size | tuple[int, int]
MemoKey = tuple[str, tuple[tuple[MemoSize, ...], ...]]


Condition = Callable[[NodeOutcome, str], bool]


def works(outcome: NodeOutcome, dialect: str) -> bool:
    """Whether the node does not fail."""
    return outcome.error is None


def works_without_remainder(outcome: NodeOutcome, dialect: str) -> bool:
    """Whether the node does not fail, and no floor leaves an element of its input unread."""
    if not works(outcome, dialect):
        return False
    node, inputs = outcome.node, outcome.inputs
    left = take(node.operation).leftover(node.parameters, inputs, dialect)
    return all(size <= 0 for size in left)


class Remembered(NamedTuple):
    """The outcome of a node on a run, whether the condition holds, and its last step."""

    outcome: NodeOutcome
    passes: bool
    last: int | None


class RunWalker:
    """Walks the runs of one axis of an input through a network.

    The deeper a node lies, the fewer different sizes reach it: after six strides of 4, the 4,096
    classes of input sizes have become a handful. So each node remembers the sizes that it met.
    """

    def __init__(
        self, network: Network, axis: int, input: str, condition: Condition = works
    ) -> None:
        self.network = network
        self.axis = axis
        self.varied = network.inputs[input].spatial[axis]
        operations = [node.operation for node in network.nodes if node.operation]
        self.mixes_axes = any(take(operation).mixes_axes for operation in operations)
        self.condition = condition
        # Once: few nodes have letters, and a network is walked for thousands of runs.
        self._lettered = frozenset(node.name for node in network.nodes if node.letters)
        self._memo: dict[MemoKey, Remembered] = {}

    def passes_on(self, run: SizeRun) -> bool:
        """Whether every node passes on this run, which is cut where another answer may begin.

        Raises:
            Split: the run has to be split.
            NotLinear: a layer mixes axes, and another axis is a symbol.
        """
        passes = True

        def apply(node: Node, inputs: tuple[Shape, ...], dialect: str) -> NodeOutcome:
            nonlocal passes
            outcome, passes, last = self._apply_once(node, inputs, dialect)
            # Also for a remembered outcome: its comparisons were made on another run.
            run.cut_after(last)
            shape = outcome.shape
            return outcome if shape is None else outcome._replace(shape=_move_shape(run, shape))

        for outcome in iter_outcomes(self.network_at(run.size), apply):
            # The question has no answer while another axis is a symbol: not the node's failure.
            if isinstance(outcome.error, NotLinear):
                raise outcome.error
            if outcome.error is not None or not passes:
                return False
        return True

    def network_at(self, value: Size) -> Network:
        """Return the network with this value for the varied size, or for the letter in it."""
        inputs = {name: self._vary(shape, value) for name, shape in self.network.inputs.items()}
        varied = self.network._replace(inputs=inputs)
        return varied.with_letters(lambda size: self._replace_letter(size, value), self._lettered)

    def _replace_letter(self, size: Linear, value: Size) -> Size:
        # Sizes that `_vary` has just put in are no letters of the author's.
        if isinstance(size, (GrowingSize, AnySize)):
            return size
        is_varied = isinstance(self.varied, Linear) and size.letter == self.varied.letter
        return value * size.factor + size.offset if is_varied else OtherLetter(size.letter)

    def _vary(self, shape: Shape, value: Size) -> Shape:
        """Return the shape with the value on the axis; inputs of the same number vary together."""
        axis, rank = self.axis, len(shape.spatial)
        if rank <= axis:
            return shape
        own = shape.spatial[axis]
        # Two inputs that are written with one number are meant to agree, so they vary together;
        # letters are replaced by name afterwards, wherever they occur.
        if own == self.varied and isinstance(own, int):
            own = value
        others = shape.spatial if self.mixes_axes else (AnySize(),) * rank
        return shape._replace(spatial=(*others[:axis], own, *others[axis + 1 :]))

    def _apply_once(self, node: Node, inputs: tuple[Shape, ...], dialect: str) -> Remembered:
        # A node computes on a run of its own, whose cut is remembered and applied to every run
        # that brings the same sizes: what one run learns from a comparison holds for all.
        own = node.letters if node.name in self._lettered else ()
        # Enough as a key: parameters and dialect belong to the node, the condition to this walker.
        key = (node.name, (_as_key(own), *(_as_key(shape.sizes) for shape in inputs)))
        if key not in self._memo:
            probe = SizeRun(0, 1)  # a step count is all that is remembered: any start will do
            if own:
                node = node.with_letters(lambda size: _move(probe, size))
            moved = tuple([_move_shape(probe, shape) for shape in inputs])
            outcome = apply_node(node, moved, dialect)
            passes = self.condition(outcome, dialect)
            self._memo[key] = Remembered(outcome, passes, probe.last)
        return self._memo[key]


def _as_key(sizes: tuple[Size, ...]) -> tuple[MemoSize, ...]:
    """Return sizes to look up: (growth, value) for those that grow.

    A growing size itself is no key: comparing two of them would cut their runs.
    """
    return tuple(
        [(size.factor, size.offset) if isinstance(size, GrowingSize) else size for size in sizes]
    )


def _move_sizes(run: SizeRun, sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    """Return the same growths on another run."""
    return tuple([_move(run, size) if isinstance(size, Linear) else size for size in sizes])


def _move(run: SizeRun, size: Linear) -> Size:
    """Return a growth on another run, and any other symbol as it is."""
    return GrowingSize(run, size.factor, size.offset) if isinstance(size, GrowingSize) else size


def _move_shape(run: SizeRun, shape: Shape) -> Shape:
    channels, *spatial = _move_sizes(run, shape.sizes)
    return Shape(channels, tuple(spatial))
