"""A graph of layers: the sizes through it, the input sizes that work; `diagnosis`
says who is to blame for a wrong one."""

from __future__ import annotations

from deconvcli.networks.graph.graph import Network, Node
from deconvcli.networks.graph.named import walk
from deconvcli.networks.graph.rule import Rule
from deconvcli.networks.graph.sizes import valid_sizes
from deconvcli.networks.graph.walk import Outcome, outcomes
from deconvcli.networks.graph.walking import works, works_whole

__all__ = [
    "Network",
    "Node",
    "Outcome",
    "Rule",
    "outcomes",
    "valid_sizes",
    "walk",
    "works",
    "works_whole",
]
