"""What a failing node lacks, as a number for each axis, with other parameters above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Size
from deconvcli.networks.graph.culprits import find_ancestors
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.repairs._proof import Failure
from deconvcli.networks.graph.shapes import NodeOutcome, iter_outcomes, shape_for_nodes_below

Missing = tuple[tuple[Size, ...], ...]


class Probe(NamedTuple):
    """The part of a network from some of its layers down to the failing node, which is the last."""

    network: Network

    def measure(self, edits: Iterable[SetParameter] = ()) -> Missing | None:
        """Return for each axis by how much the sizes differ; None where another layer fails.

        Where inputs are joined, that is the excess of each over the first; elsewhere the excess
        over the expected size.
        """
        *above, last = iter_outcomes(apply_edits(self.network, edits))
        if any(outcome.shape is None or outcome.error for outcome in above):
            return None
        try:
            return _compare(last)
        except NotLinear:
            return None


def _compare(outcome: NodeOutcome) -> Missing | None:
    ranks = {len(shape.spatial) for shape in outcome.inputs}
    if len(outcome.inputs) > 1:
        columns = zip(*(shape.spatial for shape in outcome.inputs), strict=True)
        excess = tuple([tuple([n - first for n in others]) for first, *others in columns])
        return excess if len(ranks) == 1 else None
    shape, expect = outcome.shape, outcome.node.expect
    if shape is None or expect is None or len(expect) < len(shape.spatial):
        return None
    wanted = expect[len(expect) - len(shape.spatial) :]
    return tuple([(n - size,) for n, size in zip(shape.spatial, wanted, strict=True)])


def make_probe(failure: Failure, layers: Collection[str]) -> Probe | None:
    """Return the part of the network below these layers; None where a size above it is unknown."""
    network, last = failure.network, failure.outcome.node
    above = find_ancestors(network, last.name)
    nodes: list[Node] = []
    for node in network.nodes:
        changes = {other.name for other in nodes}.intersection(node.inputs)
        if node.name in above and (node.name in layers or changes):
            nodes.append(node)
    names = {node.name for node in nodes}
    known = {**network.inputs, **{o.node.name: shape_for_nodes_below(o) for o in failure.outcomes}}
    inputs = {name: known[name] for node in nodes for name in node.inputs if name not in names}
    shapes = {name: shape for name, shape in inputs.items() if shape is not None}
    if len(shapes) < len(inputs) or last.name not in names:
        return None
    return Probe(network._replace(inputs=shapes, nodes=tuple(nodes), outputs=()))
