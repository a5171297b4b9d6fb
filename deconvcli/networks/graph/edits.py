"""Edits of a network, each small enough to be written into its file by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, NamedTuple

from deconvcli.layers.text import size_text
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.operation import Shape


class SetParameter(NamedTuple):
    """Another value for one parameter of one layer."""

    node: str
    key: str
    value: Any

    def apply(self, network: Network) -> Network:
        """Return the network with this edit."""
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
    """A new layer before one other layer only, on its way from `above`."""

    node: Node
    above: str
    below: str

    def apply(self, network: Network) -> Network:
        """Return the network with this edit."""
        nodes: list[Node] = []
        for node in network.nodes:
            below = node.name == self.below
            nodes += [self.node, _rewire(node, self.above, self.node.name)] if below else [node]
        return network._replace(nodes=tuple(nodes))

    def __str__(self) -> str:
        return f"add {_describe(self.node)} between {self.above} and {self.below}"


class InsertAfter(NamedTuple):
    """A new layer after another or after an input, for all layers that take it.

    The `expect` of the layer above moves to the new one.
    """

    node: Node
    above: str

    def apply(self, network: Network) -> Network:
        """Return the network with this edit."""
        # A layer after an input goes to the top: it must come before all that take the input.
        nodes = [self.node] if self.above in network.inputs else []
        for node in network.nodes:
            # The claim is about the size that leaves this place, so it belongs to the new layer.
            if node.name == self.above:
                nodes += [node._replace(expect=None), self.node._replace(expect=node.expect)]
            else:
                nodes.append(_rewire(node, self.above, self.node.name))
        outputs = [self.node.name if name == self.above else name for name in network.outputs]
        return network._replace(nodes=tuple(nodes), outputs=tuple(outputs))

    def __str__(self) -> str:
        return f"add {_describe(self.node)} after {self.above}"


class TakeSize(NamedTuple):
    """A second input for a layer, whose size its output takes."""

    node: str
    input: str

    def apply(self, network: Network) -> Network:
        """Return the network with this edit."""
        nodes = [
            node._replace(inputs=(*node.inputs, self.input)) if node.name == self.node else node
            for node in network.nodes
        ]
        return network._replace(nodes=tuple(nodes))

    def __str__(self) -> str:
        return f"give {self.node} the size of {self.input} as its output_size"


class ResizeInput(NamedTuple):
    """Another shape for one input."""

    input: str
    shape: Shape

    def apply(self, network: Network) -> Network:
        """Return the network with this edit."""
        return network._replace(inputs={**network.inputs, self.input: self.shape})

    def __str__(self) -> str:
        return f"feed {self.input} with {size_text(self.shape.spatial)}"


NetworkEdit = SetParameter | InsertBefore | InsertAfter | TakeSize | ResizeInput


def apply_edits(network: Network, edits: Iterable[NetworkEdit]) -> Network:
    """Return the network with all edits, in order."""
    return reduce(lambda changed, edit: edit.apply(changed), edits, network)


def describe_edits(edits: Sequence[NetworkEdit]) -> str:
    """Return all edits in words: each parameter with all the layers in which it changes."""
    changes: dict[str, dict[str, Any]] = {}
    for edit in edits:
        if isinstance(edit, SetParameter):
            changes.setdefault(edit.key, {})[edit.node] = edit.value
    before: list[str] = []
    phrases = []
    for key, values in changes.items():
        # The layers are named once, where the parameters of the same ones change.
        owner = "" if list(values) == before else f" of {join_words(values)}"
        phrases.append(f"{key}{owner} to {_describe_values(list(values.values()))}")
        before = list(values)
    settings = [f"set {', and '.join(phrases)}"] if phrases else []
    others = [str(edit) for edit in edits if not isinstance(edit, SetParameter)]
    return ", and ".join([*settings, *others])


def _describe_values(values: Sequence[Any]) -> str:
    """Return one value if all are equal, else each of them."""
    return str(values[0]) if all(value == values[0] for value in values) else join_words(values)


def join_words(words: Iterable[Any]) -> str:
    """Return `a, b and c`."""
    *first, last = map(str, words)
    return f"{', '.join(first)} and {last}" if first else last


def _rewire(node: Node, old: str, new: str) -> Node:
    return node._replace(inputs=tuple([new if name == old else name for name in node.inputs]))


def _describe(node: Node) -> str:
    """Return `a crop_like to the size of up1` or `a pad with amount 1`."""
    model = f" to the size of {node.inputs[1]}" if len(node.inputs) > 1 else ""
    given = [f"{name} {_describe_value(value)}" for name, value in node.parameters.items()]
    return f"a {node.operation}{model}{' with ' if given else ''}{', '.join(given)}"


def _describe_value(value: Any) -> str:
    """Return a value as a file has it, with letters in place of symbolic sizes."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
