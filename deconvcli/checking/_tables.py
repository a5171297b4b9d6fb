"""A network as a table: shapes, parameters and multiply-accumulates of each layer."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.checking._verdict import LayerRow, NetworkTable
from deconvcli.errors import NotLinear
from deconvcli.network import Network, Outcome
from deconvcli.operations import take
from deconvcli.report import size_text
from deconvcli.rules import Walked


def tables(networks: Sequence[Walked]) -> tuple[NetworkTable, ...]:
    """One table for each network."""
    return tuple(
        NetworkTable(
            walked.read.graph.name,
            tuple(_row(walked.read.graph, outcome) for outcome in walked.outcomes),
        )
        for walked in networks
    )


def _row(network: Network, outcome: Outcome) -> LayerRow:
    node, shape = outcome.node, outcome.shape
    if shape is None:
        return LayerRow(node.name, node.operation, None, None, None, None, node.where)
    parameters, macs = _costs(network, outcome)
    size = size_text(shape.spatial) if shape.spatial else "flat"
    return LayerRow(node.name, node.operation, str(shape), size, parameters, macs, node.where)


def _costs(network: Network, outcome: Outcome) -> tuple[int | None, int | None]:
    """(parameters, multiply-accumulates); None where sizes are letters."""
    node = outcome.node
    operation, dialect = take(node.operation), network.dialect_of(node)
    given = node.parameters, outcome.inputs, dialect
    try:
        return operation.parameter_count(*given), operation.macs(*given)
    except NotLinear:
        return None, None
