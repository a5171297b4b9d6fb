"""The shelf of readers: one file for each format of models.

The docstring of a reader names the ends of its files' names in a line of its own:
`Suffixes: .pt2.` Of JSON and YAML, which are also our own configs' formats, it names what stands in
its files: `JSON with: "model_type":"dac".` is text without spaces, and `YAML with: upsample_rates.`
a key.
"""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.models.model import Reader

READERS: Shelf[Reader] = Shelf("deconvcli.models.readers", "READER", "reader")
