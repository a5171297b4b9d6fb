"""The tensors of a model's layers by name, also across the borders of models inside models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from deconvcli.models.keras_model.graph import Layer, Reference
from deconvcli.models.model import ModelLayer, keep_connected


class Connections:
    """What connects the layers around models inside a model with those in them."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._made: dict[str, str] = {}

    def enter(self, inputs: Iterable[str], given: Iterable[str]) -> None:
        """Connect the inputs of a model inside the model with what is given to it."""
        self._given.update(zip(inputs, given, strict=False))

    def leave(self, outputs: Iterable[str], made: Iterable[str]) -> None:
        """Connect the outputs of a model inside the model with what is made in it."""
        self._made.update(zip(outputs, made, strict=False))

    def connect(self, layers: Sequence[ModelLayer]) -> tuple[ModelLayer, ...]:
        """Return the layers, each with the tensors that it takes from the others."""
        found = []
        for layer in layers:
            given = [self._given[name] for name in layer.gives if name in self._given]
            takes = [self._find_made(name) for name in layer.takes or given]
            found.append(layer._replace(takes=tuple(takes)))
        return keep_connected(found, ())

    def _find_made(self, name: str) -> str:
        """Return the tensor of a layer for what comes out of a model."""
        # A model may have the output of a model inside it, which may have it from there.
        seen = {""}
        while name not in seen:
            seen.add(name)
            name = self._made.get(name, name)
        return name


def number_call(layer: Layer, round: int, number: int) -> int:
    """Return the number of a call among those of all calls of its graph."""
    return round * max(1, len(layer.calls)) + number


def name_tensors(
    layers: Mapping[str, Layer], prefix: str, round: int, references: Iterable[Reference]
) -> list[str]:
    """Return the names of tensors in one call of a graph; an empty one where there is no layer."""
    return [
        f"{prefix}{one.layer}:{number_call(layer, round, one.call)}:{one.tensor}"
        if (layer := layers.get(one.layer))
        else ""
        for one in references
    ]
