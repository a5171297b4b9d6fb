"""What a program does between the layers that it registers, as far as that is certain.

A listing of registered layers has no flatten, no branch and no skip. Two are followed here: a
flatten before a matrix product that takes as many elements as arrive, and a residual branch, which
takes the input of its block and has the shape of the block's output.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import prod
from typing import NamedTuple

from deconvcli.common.errors import Refused
from deconvcli.common.values import shorten_list
from deconvcli.layers.axis import Linear
from deconvcli.networks.graph import Network, Node, NodeOutcome, walk
from deconvcli.networks.operation import Shape
from deconvcli.networks.pasted.network import PastedNetwork

INPUT = "input"
# Each connection takes two walks through the network, which visit so many layers in all at most.
MAX_VISITS = 60_000
# The number for a letter: the strides of usual networks divide it.
TRIED = 512


class Connected(NamedTuple):
    """A network that has been walked: nothing is known after its first layer that fails.

    notes: the connections that were added.
    """

    network: Network
    outcomes: tuple[NodeOutcome, ...]
    notes: tuple[str, ...] = ()

    @property
    def bad(self) -> int:
        """The place of the first layer without an output."""
        places = (i for i, found in enumerate(self.outcomes) if found.shape is None)
        return next(places, len(self.outcomes))


def connect(pasted: PastedNetwork, shape: Shape) -> Connected:
    """Return the network at this input, with the connections that its program must have."""
    network = Network("pasted", {INPUT: shape}, pasted.nodes, dialect=pasted.dialect)
    # Connections are searched at a number: a letter has formulas only where all layers work.
    found = _walk(pasted, network.with_letters(lambda size: size.factor * TRIED + size.offset))
    flattened: list[str] = []
    branches: list[str] = []
    # Without classes of its own, a text has the order of execution.
    rounds = MAX_VISITS // (2 * len(pasted.nodes)) if pasted.listing.is_registered else 0
    for _ in range(rounds):
        if changed := _flatten(found):
            flattened.append(changed[1])
            found = _walk(pasted, found.network._replace(nodes=changed[0]))
        elif added := _follow_branch(pasted, found):
            found, name = added
            branches.append(name)
        else:
            break
    notes = [f"{name} takes all elements, so that its input is flattened" for name in flattened]
    if branches:
        listed = shorten_list(branches)
        notes.append(f"taken for residual branches, whose output is added: {listed}")
    if any(isinstance(size, Linear) for size in shape.sizes):
        found = _walk(pasted, network._replace(nodes=found.network.nodes))
    return found._replace(notes=tuple(notes))


def _walk(pasted: PastedNetwork, network: Network) -> Connected:
    outcomes = tuple(_check_dense(pasted, network, outcome) for outcome in walk(network))
    known = outcomes[: Connected(network, outcomes).bad + 1]
    return Connected(network, (*known, *map(NodeOutcome, network.nodes[len(known) :])))


def _flatten(found: Connected) -> tuple[tuple[Node, ...], str] | None:
    """Return the nodes with one more flatten, and the product that takes it."""
    place = next((i for i, outcome in enumerate(found.outcomes) if _is_flat(outcome)), None)
    if place is None:
        return None
    nodes = found.network.nodes
    dense = nodes[place]
    # A dropout before the product, in the same container, comes after the flatten as well.
    while place and _is_dropout_beside(nodes[place - 1], dense):
        place -= 1
    node = nodes[place]
    flatten = Node(f"before {node.name}", "flatten", {}, node.inputs)
    flat = node._replace(inputs=(flatten.name,))
    return (*nodes[:place], flatten, flat, *nodes[place + 1 :]), dense.name


def _is_dropout_beside(node: Node, other: Node) -> bool:
    """Return whether a node is a dropout in the same container as another."""
    places = {each.name.rpartition(".")[0] for each in (node, other)}
    return node.operation == "dropout" and len(places) == 1


def _is_flat(outcome: NodeOutcome) -> bool:
    """Return whether a matrix product takes all elements of an input with spatial axes."""
    node, inputs = outcome.node, outcome.inputs
    if node.operation != "dense" or len(inputs) != 1 or not inputs[0].spatial:
        return False
    sizes = [size for size in inputs[0].sizes if isinstance(size, int)]
    is_known = len(sizes) == len(inputs[0].sizes)
    return is_known and prod(sizes) == node.parameters.get("in_channels")


def _check_dense(pasted: PastedNetwork, network: Network, outcome: NodeOutcome) -> NodeOutcome:
    """Return the outcome; torch multiplies along the last axis, which is not the channels."""
    node, inputs = outcome.node, outcome.inputs
    is_torch = node.operation == "dense" and network.dialect_of(node) == "torch"
    if not is_torch or not inputs or not inputs[0].spatial:
        return outcome
    if pasted.listing.is_registered and _is_flat(outcome):
        return outcome
    error = Refused(
        f"the input {inputs[0]} has spatial axes, and torch multiplies along the last of them",
        help="put before this layer what the program does there, such as nn.Flatten().",
        code="rank",
    )
    return NodeOutcome(node, error=error, inputs=inputs)


def _follow_branch(pasted: PastedNetwork, found: Connected) -> tuple[Connected, str] | None:
    """Return the network in which the layer that fails starts a residual branch, and its name.

    The output of such a branch is added to what the layers before it give, so that it must have
    the same shape.
    """
    nodes, bad = found.network.nodes, found.bad
    error = found.outcomes[bad].error if bad < len(nodes) else None
    if error is None or error.code != "channels" or bad == 0:
        return None
    for block, branch in _list_blocks(nodes[bad].name, pasted.listing.own):
        first = next(i for i, node in enumerate(nodes) if _is_in(node.name, block))
        if first == bad or _is_in(nodes[bad - 1].name, branch):
            continue
        end = next((i for i in range(bad, len(nodes)) if not _is_in(nodes[i].name, branch)), None)
        after = len(nodes) if end is None else end
        changed = list(nodes)
        changed[bad] = nodes[bad]._replace(inputs=nodes[first].inputs)
        if end is not None and nodes[end].inputs == (nodes[end - 1].name,):
            changed[end] = nodes[end]._replace(inputs=(nodes[bad - 1].name,))
        tried = _walk(pasted, found.network._replace(nodes=tuple(changed)))
        if tried.outcomes[after - 1].shape == tried.outcomes[bad - 1].shape:
            return tried, branch
    return None


def _list_blocks(name: str, own: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (block, part) for the program's own classes that hold a layer, the inner ones first.

    part: the path of what holds the layer directly within the block.
    """
    parts = name.split(".")
    for depth in range(len(parts) - 1, -1, -1):
        block = ".".join(parts[:depth])
        if block in own:
            yield block, ".".join(parts[: depth + 1])


def _is_in(name: str, path: str) -> bool:
    return not path or name == path or name.startswith(f"{path}.")
