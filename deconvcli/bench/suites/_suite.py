"""The file of a suite: one layer a line, with a name and the fields of `deconv shape --jsonl`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from json import loads
from typing import Any, NamedTuple

from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading


class SuiteLayer(NamedTuple):
    """A named layer in a dialect's parameters and layouts.

    source: the repository and the file that contain it.
    """

    name: str
    dialect: str
    input_shape: list[int]
    weight_shape: list[int]
    params: Mapping[str, Any]
    source: str = ""

    def reading(self) -> Reading:
        """Return the layer as its dialect reads it."""
        return read_layer(self.dialect, self.params, self.input_shape, self.weight_shape)


Suite = tuple[SuiteLayer, ...]


def read_suite(name: str) -> Suite:
    """Return the layers of a file in this folder, in its order."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(SuiteLayer(**loads(line)) for line in text.splitlines())
