"""A failing node: which layers above are to blame, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from deconvcli.networks.graph.culprits import Culprit, find_culprits
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.repairs import Failure, Fix, find_fixes
from deconvcli.networks.graph.shapes import NodeOutcome

CODES_WITH_CULPRITS = {"unequal-sizes", "too-small", "too-large", "expect"}


class Diagnosis(NamedTuple):
    """culprits: layers whose sizes do not come back, the nearest first. fixes: the best first."""

    culprits: tuple[Culprit, ...]
    fixes: tuple[Fix, ...]


def diagnose(
    network: Network, node: str, outcomes: Sequence[NodeOutcome] | None = None, most: int = 3
) -> Diagnosis:
    """Who is to blame for what is wrong at a node, and up to `most` proven fixes.

    outcomes: of a walk, where there was one already. A node that works has neither.
    """
    outcomes = walk(network) if outcomes is None else outcomes
    outcome = next(found for found in outcomes if found.node.name == node)
    if outcome.error is None:
        return Diagnosis((), ())
    known = outcome.error.code in CODES_WITH_CULPRITS
    found = find_culprits(network, outcomes, outcome.node) if known else []
    repairs = find_fixes(Failure(network, outcomes, outcome))
    return Diagnosis(tuple(found), tuple(islice(repairs, most)))
