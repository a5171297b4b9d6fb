"""Changes of a network, each small enough to be written into its file by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, NamedTuple

from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.operation import Shape


class SetParameter(NamedTuple):
    """One parameter of one layer."""

    node: str
    key: str
    value: Any

    def apply(self, network: Network) -> Network:
        """The network with it."""
        nodes = [
            node._replace(parameters={**node.parameters, self.key: self.value})
            if node.name == self.node
            else node
            for node in network.nodes
        ]
        return network._replace(nodes=tuple(nodes))

    def __str__(self) -> str:
        return f"set {self.key} of {self.node} to {self.value}"


class InsertBefore(NamedTuple):
    """A layer in front of one other, on its way from `above`."""

    node: Node
    above: str
    below: str

    def apply(self, network: Network) -> Network:
        """The network with it."""
        nodes: list[Node] = []
        for node in network.nodes:
            below = node.name == self.below
            nodes += [self.node, _rewired(node, self.above, self.node.name)] if below else [node]
        return network._replace(nodes=tuple(nodes))

    def __str__(self) -> str:
        return f"put {_call(self.node)} between {self.above} and {self.below}"


class InsertAfter(NamedTuple):
    """A layer behind another or an input, for all that take it; what was expected moves along."""

    node: Node
    above: str

    def apply(self, network: Network) -> Network:
        """The network with it."""
        nodes = [self.node] if self.above in network.inputs else []
        for node in network.nodes:
            if node.name == self.above:
                nodes += [node._replace(expect=None), self.node._replace(expect=node.expect)]
            else:
                nodes.append(_rewired(node, self.above, self.node.name))
        outputs = [self.node.name if name == self.above else name for name in network.outputs]
        return network._replace(nodes=tuple(nodes), outputs=tuple(outputs))

    def __str__(self) -> str:
        return f"put {_call(self.node)} behind {self.above}"


class ResizeInput(NamedTuple):
    """Another shape of one input."""

    input: str
    shape: Shape

    def apply(self, network: Network) -> Network:
        """The network with it."""
        return network._replace(inputs={**network.inputs, self.input: self.shape})

    def __str__(self) -> str:
        return f"feed {self.input} with {self.shape}"


NetworkEdit = SetParameter | InsertBefore | InsertAfter | ResizeInput


def apply_edits(network: Network, edits: Iterable[NetworkEdit]) -> Network:
    """The network with all of them, in order."""
    return reduce(lambda changed, edit: edit.apply(changed), edits, network)


def describe_edits(edits: Sequence[NetworkEdit]) -> str:
    """All of them in words; a layer of which several parameters are set is named once."""
    return " and ".join(map(_following, edits, (None, *edits)))


def _following(edit: NetworkEdit, before: NetworkEdit | None) -> str:
    if (
        isinstance(edit, SetParameter)
        and isinstance(before, SetParameter)
        and edit.node == before.node
    ):
        return f"{edit.key} to {edit.value}"
    return str(edit)


def _rewired(node: Node, old: str, new: str) -> Node:
    return node._replace(inputs=tuple([new if name == old else name for name in node.inputs]))


def _call(node: Node) -> str:
    """`crop_like(up1)`, `pad 0:1`: the layer as a person says it."""
    others = f" like {node.inputs[1]}" if len(node.inputs) > 1 else ""
    said = [f"{name} {value}" for name, value in node.parameters.items()]
    return f"a {node.operation}{others}{' with ' if said else ''}{', '.join(said)}"
