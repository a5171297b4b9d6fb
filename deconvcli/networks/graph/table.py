"""Tables of networks: the shape, parameters and multiply-accumulates of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod
from typing import NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import product_text, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.networks.graph.letters import LetterFormula
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operations import take


class LayerRow(NamedTuple):
    """One layer in numbers, which are None where the layer fails.

    macs: None for sizes in letters too; macs_formula then has the formula.
    """

    name: str
    operation: str
    shape: str | None
    size: str | None
    parameters: int | None
    macs: int | None
    macs_formula: str | None = None


class NetworkTable(NamedTuple):
    """The layers of one network, in order.

    holds_for: the sizes for which its formulas hold. remarks: other notes below the table.
    """

    name: str
    rows: tuple[LayerRow, ...]
    holds_for: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def parameters(self) -> int | None:
        """Return the parameters of all layers, or None if those of one are unknown."""
        return _sum([row.parameters for row in self.rows])

    @property
    def macs(self) -> int | None:
        """Return the MACs of all layers, or None if those of one are not a number."""
        return _sum([row.macs for row in self.rows])

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """Return the cells as text: the head, a row for each layer, and the totals."""
        rows = [
            (
                row.name,
                row.operation,
                row.shape or "-",
                _format_number(row.parameters),
                row.macs_formula or _format_number(row.macs),
            )
            for row in self.rows
        ]
        total = ("total", "", "", _format_number(self.parameters), _format_number(self.macs))
        return [("layer", "kind", "shape", "parameters", "macs"), *rows, total]

    @property
    def notes(self) -> list[str]:
        """Return the conditions under which the formulas of the table hold."""
        conditions = [f"formulas hold for {sizes}" for sizes in self.holds_for]
        if any(row.macs_formula for row in self.rows):
            conditions.append("give sizes as numbers to get a total of the macs")
        return [*conditions, *self.remarks]


def _format_number(value: int | None) -> str:
    """Return a number with commas, or a dash if it is unknown."""
    return "-" if value is None else f"{value:,}"


def _sum(numbers: Sequence[int | None]) -> int | None:
    # A sum that leaves out a layer would be taken for the whole network's.
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def make_table(network: Network, outcomes: Sequence[NodeOutcome]) -> NetworkTable:
    """Return the table of a network that has been walked."""
    rows = tuple([_make_row(network, outcome) for outcome in outcomes])
    return NetworkTable(network.name, rows, tuple(dict.fromkeys(_list_conditions(outcomes))))


def _list_conditions(outcomes: Sequence[NodeOutcome]) -> Iterator[str]:
    """Yield the sizes for which the formulas hold, for each letter: `T = 2m + 5, m >= 0`."""
    for outcome in outcomes:
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
    return _add_costs(row, network, outcome)


def _add_costs(row: LayerRow, network: Network, outcome: NodeOutcome) -> LayerRow:
    """Return the row with its parameters, and its multiply-accumulates as a number or a formula."""
    node = outcome.node
    operation = take(node.operation)
    given = node.parameters, outcome.inputs, network.dialect_of(node)
    with suppress(NotLinear):  # flattening an axis of symbolic size makes the channels symbolic
        row = row._replace(parameters=operation.parameter_count(*given))
    try:
        factors = operation.mac_factors(*given)
    except NotLinear:
        return row
    if any(isinstance(factor, Linear) for factor in factors):
        return row._replace(macs_formula=product_text(factors))
    return row._replace(macs=prod(require_numbers(factors)))
