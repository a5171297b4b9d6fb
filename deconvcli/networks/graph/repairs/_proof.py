"""A change that mends one node, proven by walking the changed network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.networks.graph.edits import NetworkEdit, apply_edits, describe_edits
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.shapes import NodeOutcome

Edits = tuple[NetworkEdit, ...]


class Fix(NamedTuple):
    """Edits, the network with them, and whether nothing fails in it any more."""

    edits: Edits
    network: Network
    is_complete: bool

    def __str__(self) -> str:
        return describe_edits(self.edits)


class Failure(NamedTuple):
    """A node that fails or is warned of, and all that is known of its network."""

    network: Network
    outcomes: Sequence[NodeOutcome]
    outcome: NodeOutcome

    def prove(self, edits: Edits) -> Fix | None:
        """The fix, if with these edits the node works, and what worked does not fail.

        What lies below a failure was not known before, and may fail for a reason of its own.
        """
        changed = apply_edits(self.network, edits)
        failing = {outcome.node.name for outcome in walk(changed) if outcome.error is not None}
        excused = {outcome.node.name for outcome in self.outcomes if not _worked(outcome)}
        if failing - (excused - {self.outcome.node.name}):
            return None
        return Fix(edits, changed, not failing)

    def spare_name(self, name: str) -> str:
        """The name, or a longer one that the network does not have."""
        taken = {*self.network.inputs, *(node.name for node in self.network.nodes)}
        while name in taken:
            name += "_"
        return name


def _worked(outcome: NodeOutcome) -> bool:
    return outcome.error is None and not outcome.is_unknown
