"""The shelf of readers: one file for each format of models.

The docstring of a reader names the ends of its files' names in a line of its own:
`Suffixes: .pt2.`
"""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.models.model import Reader

READERS: Shelf[Reader] = Shelf("deconvcli.models.readers", "READER", "reader")
