"""The layers above a failing node that changed a size by more, or less, than whole strides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.networks.graph.edits import join_words
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take


class Culprit(NamedTuple):
    """A layer, and how its output misses whole strides of the input.

    axes: the names of the axes on which it does so; empty where there is one axis only.
    """

    node: Node
    axes: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        axes = f"{join_words(self.axes)} " if self.axes else ""
        return f"{self.node.name}: {axes}{self.text}"


def find_culprits(network: Network, outcomes: Sequence[NodeOutcome], node: Node) -> list[Culprit]:
    """Return the layers to blame for a failing node, the nearest first.

    Where inputs of unequal sizes are joined, only the branches that the inputs do not share are
    searched; elsewhere all layers above. Empty where no layer rounds or misses a whole multiple.
    """
    at = {outcome.node.name: outcome for outcome in outcomes}
    names = find_suspects(network, node)
    ordered = [at[other.name] for other in reversed(network.nodes) if other.name in names]
    axes = find_unequal_axes(at[node.name].inputs)
    return [culprit for outcome in ordered for culprit in _examine(network, outcome, axes)]


def find_unequal_axes(inputs: Sequence[Shape]) -> list[int]:
    """Return the spatial axes on which the shapes differ."""
    # Not strict: inputs of unequal rank are refused under the same code, and arrive here too.
    sizes = zip(*(shape.spatial for shape in inputs), strict=False)
    return [axis for axis, column in enumerate(sizes) if len(set(column)) > 1]


def find_suspects(network: Network, node: Node) -> set[str]:
    """Return the nodes that set the size of some, but not all inputs; for a single input, all."""
    above = [_collect(network, name, partial(_find_sizing, network)) for name in node.inputs]
    # A layer that all inputs depend on changes them all alike, so it cannot make them differ.
    shared = set.intersection(*above) if len(above) > 1 else set()
    own = {node.name} if len(above) == 1 else set()
    return set().union(*above) - shared | own


def find_ancestors(network: Network, name: str) -> set[str]:
    """Return the names of a node and of all nodes above it."""
    return _collect(network, name, lambda node: node.inputs)


def _find_sizing(network: Network, node: Node) -> Sequence[str]:
    """Return the inputs from which a node that works has its size."""
    if len(node.inputs) < 2 or not node.operation:
        return node.inputs
    _, most = take(node.operation).inputs
    if most is not None:  # the second input is there for its size
        return node.inputs[1:]
    # All inputs have one size. Of the two ways to it the short one says where it was made.
    return [min(node.inputs, key=lambda name: len(find_ancestors(network, name)))]


def _collect(network: Network, name: str, follow: Callable[[Node], Iterable[str]]) -> set[str]:
    by_name = {node.name: node for node in network.nodes}
    found: set[str] = set()
    pending = [name]
    while pending:
        here = pending.pop()
        if here in by_name and here not in found:
            found.add(here)
            pending += follow(by_name[here])
    return found


def _examine(network: Network, outcome: NodeOutcome, axes: Sequence[int]) -> Iterator[Culprit]:
    """Yield the ways in which this layer misses whole strides, each with its axes.

    axes: those that count; without any, all of them do.
    """
    shape, node = outcome.shape, outcome.node
    if shape is None or not outcome.inputs:
        return
    dialect = network.dialect_of(node)
    texts = take(node.operation).unevenness(node.parameters, outcome.inputs, dialect)
    found = defaultdict(list)
    for axis, text in enumerate(texts):
        if text and (not axes or axis in axes):
            found[text].append(axis_name(axis, len(texts)))
    for text, names in found.items():
        yield Culprit(node, tuple(names) if len(texts) > 1 else (), text)
