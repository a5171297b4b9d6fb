"""The file of a suite: a layer a line, with a name and what `deconv shape --jsonl` reads."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from json import loads
from typing import Any, NamedTuple

from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading


class Named(NamedTuple):
    """A layer in a dialect's words and layouts; source: the repository and file that has it."""

    name: str
    dialect: str
    input_shape: list[int]
    weight_shape: list[int]
    params: Mapping[str, Any]
    source: str = ""

    def reading(self) -> Reading:
        """As its dialect reads it."""
        return read_layer(self.dialect, self.params, self.input_shape, self.weight_shape)


Suite = tuple[Named, ...]


def lines(name: str) -> Suite:
    """The layers of a file in this folder, in its order."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(Named(**loads(line)) for line in text.splitlines())
