"""A failing node: which layers above are to blame, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from deconvcli.networks.graph.blame import Culprit, culprits
from deconvcli.networks.graph.graph import Network
from deconvcli.networks.graph.named import walk
from deconvcli.networks.graph.repairs import Failure, Fix, fixes
from deconvcli.networks.graph.walk import Outcome

SAID_OF = {"unequal-sizes", "too-small", "too-large", "expect"}


class Blame(NamedTuple):
    """culprits: layers whose sizes do not come back, the nearest first. fixes: the best first."""

    culprits: tuple[Culprit, ...]
    fixes: tuple[Fix, ...]


def blame(
    network: Network, node: str, outcomes: Sequence[Outcome] | None = None, most: int = 3
) -> Blame:
    """Who is to blame for what is wrong at a node, and up to `most` proven fixes.

    outcomes: of a walk, where there was one already. A node that works has neither.
    """
    outcomes = walk(network) if outcomes is None else outcomes
    outcome = next(found for found in outcomes if found.node.name == node)
    if outcome.error is None:
        return Blame((), ())
    known = outcome.error.code in SAID_OF
    found = culprits(network, outcomes, outcome.node) if known else []
    repairs = fixes(Failure(network, outcomes, outcome))
    return Blame(tuple(found), tuple(islice(repairs, most)))
