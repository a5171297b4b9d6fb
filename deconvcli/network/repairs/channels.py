"""Channels that a layer says it takes, and does not get."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.network.edits import Setting
from deconvcli.network.repairs._proof import Edits, Failure


def channels(failure: Failure) -> Iterator[Edits]:
    """What the layer really gets, in place of what it says."""
    [given, *_] = failure.outcome.inputs
    node = failure.outcome.node
    if "in_channels" in node.parameters:
        yield (Setting(node.name, "in_channels", given.channels),)
