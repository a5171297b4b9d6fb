"""A network as its author wrote it: inputs, nodes in order, and outputs."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import find_size_keys

Expected = tuple[Size, ...]

# A default of a NamedTuple is shared by all its instances, so it must be read-only.
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


class Node(NamedTuple):
    """One layer. inputs: names of nodes or of the network's inputs, in order.

    operation: a name or alias of a kind of layer; empty where the author wrote no known kind.
    parameters: under the operation's own names. expect: the spatial sizes that the author claims,
    or the channels and these. dialect: empty for the network's own.
    """

    name: str
    operation: str
    parameters: Mapping[str, Any] = _NOTHING
    inputs: tuple[str, ...] = ()
    expect: Expected | None = None
    dialect: str = ""

    @property
    def letters(self) -> tuple[Linear, ...]:
        """The symbolic sizes in `expect` and in its parameters, in order."""
        # tuple([...]), here and below: a generator takes 1.6x the time, in thousands of walks.
        sizes = [size for _, value in self._sized_parameters() for size in _as_list(value)]
        return tuple([n for n in (*(self.expect or ()), *sizes) if isinstance(n, Linear)])

    def with_letters(self, replace: Callable[[Linear], Size]) -> Node:
        """Return the node with every symbolic size replaced, in `expect` and in its parameters."""

        def replace_one(size: Any) -> Any:
            return replace(size) if isinstance(size, Linear) else size

        changed = {
            key: [replace_one(size) for size in value]
            if isinstance(value, list | tuple)
            else replace_one(value)
            for key, value in self._sized_parameters()
        }
        if self.expect is None and not changed:
            return self
        expect = None if self.expect is None else tuple([replace_one(n) for n in self.expect])
        return self._replace(parameters={**self.parameters, **changed}, expect=expect)

    def _sized_parameters(self) -> list[tuple[str, Any]]:
        keys = find_size_keys(self.operation)
        return [(key, self.parameters[key]) for key in keys if key in self.parameters]

    @property
    def expects_numbers(self) -> bool:
        """Whether it has an `expect`, and that in numbers alone."""
        expect = self.expect
        return expect is not None and not any(isinstance(size, Linear) for size in expect)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickle and copy build a node from: they refuse a read-only mapping."""
        return Node, tuple(self._replace(parameters=dict(self.parameters)))


class Network(NamedTuple):
    """Nodes in an order in which each comes after its inputs.

    inputs: shapes by name, of numbers or symbols. outputs: names of nodes; empty for the last one.
    targets: the implementations that the network has to run on.
    """

    name: str
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...] = ()
    dialect: str = "torch"
    targets: tuple[str, ...] = ()

    def dialect_of(self, node: Node) -> str:
        """Return the node's own dialect, else the network's."""
        return node.dialect or self.dialect

    def node(self, name: str) -> Node:
        """Return the node of this name, which must exist."""
        return next(node for node in self.nodes if node.name == name)

    def with_letters(
        self, replace: Callable[[Linear], Size], lettered: Container[str] | None = None
    ) -> Network:
        """Return the network with every symbolic size replaced, in inputs and in nodes.

        lettered: the names of the nodes that have any; by default all nodes are searched.
        """

        def replace_all(sizes: tuple[Size, ...]) -> tuple[Size, ...]:
            return tuple([replace(size) if isinstance(size, Linear) else size for size in sizes])

        inputs = {
            name: shape._replace(spatial=replace_all(shape.spatial))
            for name, shape in self.inputs.items()
        }
        nodes = [
            node.with_letters(replace) if lettered is None or node.name in lettered else node
            for node in self.nodes
        ]
        return self._replace(inputs=inputs, nodes=tuple(nodes))

    def without_numeric_expects(self, keep: str = "") -> Network:
        """Return the network without each `expect` in numbers alone, which holds for one size.

        keep: the name of a node that keeps its own.
        """
        nodes = [
            node._replace(expect=None) if node.expects_numbers and node.name != keep else node
            for node in self.nodes
        ]
        return self._replace(nodes=tuple(nodes))
