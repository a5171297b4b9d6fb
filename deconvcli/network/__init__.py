"""A graph of layers: the sizes through it, the input sizes that work; `diagnosis`
says who is to blame for a wrong one."""

from __future__ import annotations

from deconvcli.network.graph import Network, Node
from deconvcli.network.named import walk
from deconvcli.network.rule import Rule
from deconvcli.network.sizes import valid_sizes
from deconvcli.network.walk import Outcome, outcomes
from deconvcli.network.walking import works, works_whole

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
