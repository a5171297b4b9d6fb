"""A network as its author wrote it: inputs, nodes in order, what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.operation import Shape

Expected = tuple[Size, ...]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Node(NamedTuple):
    """One layer. inputs: names of nodes or of the network's inputs, in order.

    operation: its name or alias; empty where what the author wrote is no layer. parameters: by the
    operation's own names. expect: the spatial sizes, or the channels and them, that the author
    claims. dialect: empty for the network's.
    """

    name: str
    operation: str
    parameters: Mapping[str, Any] = _NOTHING
    inputs: tuple[str, ...] = ()
    expect: Expected | None = None
    dialect: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy make it again; neither takes a read-only view of a mapping."""
        return Node, tuple(self._replace(parameters=dict(self.parameters)))


class Network(NamedTuple):
    """Nodes in an order in which each comes after its inputs.

    inputs: shapes by name, numbers or symbols. outputs: names of nodes; empty for the last one.
    targets: implementations on which the network is to run.
    """

    name: str
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...] = ()
    dialect: str = "torch"
    targets: tuple[str, ...] = ()

    def dialect_of(self, node: Node) -> str:
        """The node's own dialect, else the network's."""
        return node.dialect or self.dialect

    def node(self, name: str) -> Node:
        """The node of this name, which there must be."""
        return next(node for node in self.nodes if node.name == name)

    def with_letters(self, meant: Callable[[Linear], Size]) -> Network:
        """The network with another size for each symbol, in inputs and in what is expected."""

        def replaced(sizes: tuple[Size, ...]) -> tuple[Size, ...]:
            return tuple([meant(size) if isinstance(size, Linear) else size for size in sizes])

        inputs = {
            name: shape._replace(spatial=replaced(shape.spatial))
            for name, shape in self.inputs.items()
        }
        nodes = [
            node if node.expect is None else node._replace(expect=replaced(node.expect))
            for node in self.nodes
        ]
        return self._replace(inputs=inputs, nodes=tuple(nodes))

    def without_numbers_expected(self) -> Network:
        """The network without what is expected in numbers alone, which holds for one size."""
        nodes = [
            node
            if node.expect is None or any(isinstance(size, Linear) for size in node.expect)
            else node._replace(expect=None)
            for node in self.nodes
        ]
        return self._replace(nodes=tuple(nodes))
