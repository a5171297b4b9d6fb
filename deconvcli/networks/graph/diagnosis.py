"""The diagnosis of a failing node: the layers above that are to blame, and what would fix it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from deconvcli.networks.graph.culprits import Culprit, find_culprits
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.repairs import Failure, Fix, find_fixes
from deconvcli.networks.graph.shapes import NodeOutcome

# Only for these errors is a size at fault, so that a layer above may be to blame.
CODES_WITH_CULPRITS = {"unequal-sizes", "too-small", "too-large", "expect"}


class Diagnosis(NamedTuple):
    """culprits: layers that miss whole strides, the nearest first. fixes: the best first."""

    culprits: tuple[Culprit, ...]
    fixes: tuple[Fix, ...]


def diagnose(
    network: Network, node: str, outcomes: Sequence[NodeOutcome] | None = None, most: int = 3
) -> Diagnosis:
    """Return the layers to blame for a failing node, and up to `most` proven fixes.

    outcomes: those of an earlier walk, to save another one. A node that works has neither
    culprits nor fixes.
    """
    outcomes = walk(network) if outcomes is None else outcomes
    outcome = next(found for found in outcomes if found.node.name == node)
    if outcome.error is None:
        return Diagnosis((), ())
    is_size_error = outcome.error.code in CODES_WITH_CULPRITS
    culprits = find_culprits(network, outcomes, outcome.node) if is_size_error else []
    fixes = find_fixes(Failure(network, outcomes, outcome))
    return Diagnosis(tuple(culprits), tuple(islice(fixes, most)))
