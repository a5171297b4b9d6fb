"""A layer for another number of axes than its input has.

What: a pasted call, or the kind of a layer, names the number of its spatial axes, as Conv1d does,
and the input has another number. The finding is about the first such layer of a network.

Why: the framework refuses the input. The sizes below are those of a layer that nobody has written.

Example:
    - nn.Conv1d(64, 32, 3)

Fix: paste the layer for this number of axes, or correct the size of the network's input.
No automatic edit: neither shows which of the two is right.

Source: torch 2.13.0 and Keras 3.15.1, which refuse such inputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject, WalkedNetwork
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take

# Torch applies them to inputs of any rank: ZeroPad2d pads the last two axes of a volume.
_OF_ANY_RANK = ("activation", "dropout", "pad", "upsample")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for the first layer of each network that is for another number of axes."""
    for walked in subject.networks:
        for outcome in walked.outcomes:
            node, rank = outcome.node, _find_rank(walked, outcome)
            if rank is None or not outcome.inputs:
                continue
            shape = outcome.inputs[0]
            # BatchNorm1d takes flat tensors as well.
            is_flat_norm = take(node.operation).name == "norm" and rank == 1 and not shape.spatial
            if len(shape.spatial) != rank and not is_flat_norm:
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    f"{node.name}: the layer is for {_count_axes(rank)}, and its input {shape}"
                    f" has {_count_axes(len(shape.spatial))}",
                    "paste the layer for this number of axes, or correct the size of the input.",
                    where=subject.config.document.where(walked.source.paths[node.name]),
                )
                break


def _find_rank(walked: WalkedNetwork, outcome: NodeOutcome) -> int | None:
    """Return the number of axes that a working layer names, or None if it names none."""
    node, calls = outcome.node, walked.source.calls
    if outcome.error is not None or not node.operation:
        return None
    if take(node.operation).name in _OF_ANY_RANK:
        return None
    if node.name in calls:
        return calls[node.name].rank
    named = re.search("([123])d$", node.operation)
    return int(named[1]) if named else None


def _count_axes(rank: int) -> str:
    return "1 axis" if rank == 1 else format_count(rank, "axe")


RULE = Rule("DCV112", Severity.ERROR, check=check)
