"""Tables of networks: the shape, parameters and multiply-accumulates of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from deconvcli.checks.checking._verdict import LayerRow, NetworkTable
from deconvcli.checks.documents import Document
from deconvcli.checks.rules import WalkedNetwork
from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import product_text, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.networks.graph import Network, NodeOutcome
from deconvcli.networks.graph.letters import LetterFormula
from deconvcli.networks.operations import take


def make_tables(document: Document, networks: Sequence[WalkedNetwork]) -> tuple[NetworkTable, ...]:
    """Return a table for each network of a document."""
    return tuple([_make_table(document, walked) for walked in networks])


def _make_table(document: Document, walked: WalkedNetwork) -> NetworkTable:
    graph, paths = walked.source.graph, walked.source.paths
    rows = tuple(
        [
            _make_row(graph, outcome)._replace(where=document.where(paths[outcome.node.name]))
            for outcome in walked.outcomes
        ]
    )
    return NetworkTable(graph.name, rows, tuple(dict.fromkeys(_conditions(walked))))


def _conditions(walked: WalkedNetwork) -> Iterator[str]:
    """Yield the sizes for which the formulas hold, for each letter: `T = 2m + 5, m >= 0`."""
    for outcome in walked.outcomes:
        for size in outcome.shape.spatial if outcome.shape else ():
            if isinstance(size, LetterFormula):
                first, period = size.values
                step = "m" if period == 1 else f"{period}m"
                yield f"{size.letter} = {step} + {first}, m >= 0"


def _make_row(network: Network, outcome: NodeOutcome) -> LayerRow:
    node, shape = outcome.node, outcome.shape
    if shape is None:
        return LayerRow(node.name, node.operation, None, None, None, None)
    size = size_text(shape.spatial) if shape.spatial else "flat"
    row = LayerRow(node.name, node.operation, str(shape), size, None, None)
    try:
        return _add_costs(row, network, outcome)
    except NotLinear:  # flattening an axis of symbolic size makes the channels symbolic
        return row


def _add_costs(row: LayerRow, network: Network, outcome: NodeOutcome) -> LayerRow:
    """Return the row with its parameters, and its multiply-accumulates as a number or a formula."""
    node = outcome.node
    operation = take(node.operation)
    given = node.parameters, outcome.inputs, network.dialect_of(node)
    row = row._replace(parameters=operation.parameter_count(*given))
    factors = operation.mac_factors(*given)
    if any(isinstance(factor, Linear) for factor in factors):
        return row._replace(macs_formula=product_text(factors))
    return row._replace(macs=prod(require_numbers(factors)))
