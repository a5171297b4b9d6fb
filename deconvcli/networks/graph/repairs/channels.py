"""Channels that a layer declares and does not get, or that its groups do not divide."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from deconvcli.networks.graph.edits import SetParameter
from deconvcli.networks.graph.repairs._proof import Edits, Failure

# No larger number of groups is tried; no published layer has as many.
MAX_GROUPS = 4096


def correct_in_channels(failure: Failure) -> Iterator[Edits]:
    """Propose the channels that arrive, in place of those declared."""
    [given, *_] = failure.outcome.inputs
    node = failure.outcome.node
    # The layer above may be the wrong one, but other layers depend on its channels as well.
    if "in_channels" in node.parameters:
        yield (SetParameter(node.name, "in_channels", given.channels),)


def change_groups(failure: Failure) -> Iterator[Edits]:
    """Propose numbers of groups that divide input and output channels, the nearest first."""
    node, [given, *_] = failure.outcome.node, failure.outcome.inputs
    groups, out = node.parameters.get("groups"), node.parameters.get("out_channels")
    if isinstance(groups, int) and isinstance(out, int) and isinstance(given.channels, int):
        common = gcd(given.channels, out)
        fitting = [n for n in range(1, min(common, MAX_GROUPS) + 1) if common % n == 0]
        for nearest in sorted(fitting, key=lambda number: abs(number - groups)):
            yield (SetParameter(node.name, "groups", nearest),)
