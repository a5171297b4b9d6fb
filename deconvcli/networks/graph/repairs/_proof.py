"""A fix for one node, proven by a walk through the edited network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.networks.graph.edits import NetworkEdit, apply_edits, describe_edits
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.shapes import NodeOutcome

Edits = tuple[NetworkEdit, ...]


class Fix(NamedTuple):
    """Edits, the network with them, and whether nothing in it fails any more."""

    edits: Edits
    network: Network
    is_complete: bool

    def __str__(self) -> str:
        return describe_edits(self.edits)


class Failure(NamedTuple):
    """A node with an error or a warning, and all that is known of its network."""

    network: Network
    outcomes: Sequence[NodeOutcome]
    outcome: NodeOutcome

    def prove(self, edits: Edits) -> Fix | None:
        """Return the fix if with these edits the node works, and all that worked still does."""
        changed = apply_edits(self.network, edits)
        failing = {outcome.node.name for outcome in walk(changed) if outcome.error is not None}
        # Nodes below a failure were unknown before, and may fail for reasons of their own.
        excused = {
            outcome.node.name
            for outcome in self.outcomes
            if outcome.error is not None or outcome.is_unknown
        }
        if failing - (excused - {self.outcome.node.name}):
            return None
        return Fix(edits, changed, not failing)

    def find_spare_name(self, name: str) -> str:
        """Return the name, lengthened until the network does not contain it."""
        taken = {*self.network.inputs, *(node.name for node in self.network.nodes)}
        while name in taken:
            name += "_"
        return name
