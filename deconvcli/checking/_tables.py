"""A network as a table: shapes, parameters and multiply-accumulates of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.checking._verdict import LayerRow, NetworkTable
from deconvcli.documents import Document
from deconvcli.errors import NotLinear
from deconvcli.geometry import Linear
from deconvcli.layers import numbers, product, product_text
from deconvcli.network import Network, Outcome
from deconvcli.network.named import Held
from deconvcli.operations import take
from deconvcli.rules import Walked
from deconvcli.text import size_text


def tables(document: Document, networks: Sequence[Walked]) -> tuple[NetworkTable, ...]:
    """One table for each network of a document."""
    return tuple([_table(document, walked) for walked in networks])


def _table(document: Document, walked: Walked) -> NetworkTable:
    graph, paths = walked.read.graph, walked.read.paths
    rows = tuple(
        [
            _row(graph, outcome)._replace(where=document.where(paths[outcome.node.name]))
            for outcome in walked.outcomes
        ]
    )
    return NetworkTable(graph.name, rows, tuple(dict.fromkeys(_held(walked))))


def _held(walked: Walked) -> Iterator[str]:
    """`T = 2m + 5, m >= 0`: of each letter the sizes for which the formulas were found to hold."""
    for outcome in walked.outcomes:
        for size in outcome.shape.spatial if outcome.shape else ():
            if isinstance(size, Held):
                first, period = size.values
                step = "m" if period == 1 else f"{period}m"
                yield f"{size.letter} = {step} + {first}, m >= 0"


def _row(network: Network, outcome: Outcome) -> LayerRow:
    node, shape = outcome.node, outcome.shape
    if shape is None:
        return LayerRow(node.name, node.operation, None, None, None, None)
    size = size_text(shape.spatial) if shape.spatial else "flat"
    row = LayerRow(node.name, node.operation, str(shape), size, None, None)
    try:
        return _with_costs(row, network, outcome)
    except NotLinear:  # channels are letters, where an axis was flattened
        return row


def _with_costs(row: LayerRow, network: Network, outcome: Outcome) -> LayerRow:
    """The layer with its parameters, and its multiply-accumulates as a number or a formula."""
    node = outcome.node
    operation = take(node.operation)
    given = node.parameters, outcome.inputs, network.dialect_of(node)
    row = row._replace(parameters=operation.parameter_count(*given))
    factors = operation.mac_factors(*given)
    if any(isinstance(factor, Linear) for factor in factors):
        return row._replace(macs_formula=product_text(factors))
    return row._replace(macs=product(numbers(factors)))
