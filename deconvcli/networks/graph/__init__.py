"""A graph of layers: the shapes through it, and the input sizes that work.

`diagnosis` finds the layers to blame for a wrong size, and `repairs` what would fix it.
"""

from __future__ import annotations

from deconvcli.networks.graph.axis_sizes import AxisSizes, find_axis_sizes, find_first_failure
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.memo import works, works_without_remainder
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.numeric_expects import (
    MeetingSizes,
    UnmetExpect,
    find_unmet_expects,
)
from deconvcli.networks.graph.shapes import NodeOutcome, iter_outcomes
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.graph.sizes import find_valid_sizes
from deconvcli.networks.graph.table import LayerRow, NetworkTable, make_table

__all__ = [
    "AxisSizes",
    "LayerRow",
    "MeetingSizes",
    "Network",
    "NetworkTable",
    "Node",
    "NodeOutcome",
    "SizeSet",
    "UnmetExpect",
    "find_axis_sizes",
    "find_first_failure",
    "find_unmet_expects",
    "find_valid_sizes",
    "iter_outcomes",
    "make_table",
    "walk",
    "works",
    "works_without_remainder",
]
