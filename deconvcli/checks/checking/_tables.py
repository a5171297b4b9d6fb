"""A network as a table: shapes, parameters and multiply-accumulates of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.checks.checking._verdict import LayerRow, NetworkTable
from deconvcli.checks.documents import Document
from deconvcli.checks.rules import WalkedNetwork
from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import product, product_text, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.networks.graph import Network, NodeOutcome
from deconvcli.networks.graph.letters import LetterFormula
from deconvcli.networks.operations import take


def tables(document: Document, networks: Sequence[WalkedNetwork]) -> tuple[NetworkTable, ...]:
    """One table for each network of a document."""
    return tuple([_table(document, walked) for walked in networks])


def _table(document: Document, walked: WalkedNetwork) -> NetworkTable:
    graph, paths = walked.source.graph, walked.source.paths
    rows = tuple(
        [
            _row(graph, outcome)._replace(where=document.where(paths[outcome.node.name]))
            for outcome in walked.outcomes
        ]
    )
    return NetworkTable(graph.name, rows, tuple(dict.fromkeys(_held(walked))))


def _held(walked: WalkedNetwork) -> Iterator[str]:
    """`T = 2m + 5, m >= 0`: of each letter the sizes for which the formulas were found to hold."""
    for outcome in walked.outcomes:
        for size in outcome.shape.spatial if outcome.shape else ():
            if isinstance(size, LetterFormula):
                first, period = size.values
                step = "m" if period == 1 else f"{period}m"
                yield f"{size.letter} = {step} + {first}, m >= 0"


def _row(network: Network, outcome: NodeOutcome) -> LayerRow:
    node, shape = outcome.node, outcome.shape
    if shape is None:
        return LayerRow(node.name, node.operation, None, None, None, None)
    size = size_text(shape.spatial) if shape.spatial else "flat"
    row = LayerRow(node.name, node.operation, str(shape), size, None, None)
    try:
        return _with_costs(row, network, outcome)
    except NotLinear:  # channels are letters, where an axis was flattened
        return row


def _with_costs(row: LayerRow, network: Network, outcome: NodeOutcome) -> LayerRow:
    """The layer with its parameters, and its multiply-accumulates as a number or a formula."""
    node = outcome.node
    operation = take(node.operation)
    given = node.parameters, outcome.inputs, network.dialect_of(node)
    row = row._replace(parameters=operation.parameter_count(*given))
    factors = operation.mac_factors(*given)
    if any(isinstance(factor, Linear) for factor in factors):
        return row._replace(macs_formula=product_text(factors))
    return row._replace(macs=product(require_numbers(factors)))
