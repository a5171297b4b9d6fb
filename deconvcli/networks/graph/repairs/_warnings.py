"""The warnings that a fix causes: its layers work, but not in every framework that they have to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Severity
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import REVERSED_TAPS, Reading
from deconvcli.networks.graph.edits import SetParameter, TakeSize
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.repairs._proof import Failure, Fix
from deconvcli.networks.graph.repairs.layers import read_transposed
from deconvcli.networks.graph.shapes import NodeOutcome

WarningKey = tuple[str, str, str]


def find_new_warnings(failure: Failure, fix: Fix) -> set[WarningKey]:
    """Return (layer, framework, code) of the warnings that the edited layers had not before."""
    edited = {edit.node for edit in fix.edits if isinstance(edit, SetParameter | TakeSize)}
    before = set(_find_warnings(failure.network, failure.outcomes, edited))
    return set(_find_warnings(fix.network, fix.outcomes, edited)) - before


def _find_warnings(
    network: Network, outcomes: Sequence[NodeOutcome], names: set[str]
) -> Iterator[WarningKey]:
    for outcome in outcomes:
        name = outcome.node.name
        if name not in names or outcome.shape is None:
            continue
        reading = read_transposed(network, outcome)
        if reading is None:
            continue
        if _is_mostly_cropped(reading):
            yield name, "", "useless-macs"
        yield from ((name, "", code) for code in _list_codes(reading))
        for target in network.targets:
            try:
                yield from ((name, target, code) for code in _list_codes(respell(reading, target)))
            except DeconvError as error:
                yield name, target, error.code


def _list_codes(reading: Reading) -> list[str]:
    # The order of the taps is the same for every layer of a framework.
    return [
        found.code
        for found in reading.findings
        if found.severity is Severity.WARNING and found.code != REVERSED_TAPS
    ]


def _is_mostly_cropped(reading: Reading) -> bool:
    """Return whether less than half of the work reaches the output."""
    sizes = (*reading.spatial, *reading.output_sizes)
    if any(isinstance(size, Linear) for size in sizes) or not reading.macs:
        return False
    return 2 * reading.macs_useful < reading.macs
