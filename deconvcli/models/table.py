"""The table of a model: its layers with their sizes, as those of a config have it."""

from __future__ import annotations

from contextlib import suppress

from deconvcli.common.errors import NotLinear
from deconvcli.models.model import Model, ModelLayer, write_sizes
from deconvcli.networks.graph import LayerRow, NetworkTable


def name_layer(layer: ModelLayer) -> str:
    """Return the layer's name, with the line of the author's source if the file has it."""
    return f"{layer.name} ({layer.place})" if layer.place else layer.name


def make_table(model: Model) -> NetworkTable:
    """Return the layers of a model with the sizes of their outputs."""
    rows = []
    for layer in model.layers:
        shape = None
        if layer.output is not None:
            shape = write_sizes(layer.output)
        name = name_layer(layer)
        if layer.where is not None:
            name += f" (line {layer.where.line})"
        macs = count_macs(layer)
        rows.append(LayerRow(name, layer.kind, shape, shape, layer.parameters, macs))
    return NetworkTable(model.title, tuple(rows), remarks=model.notes)


def count_macs(layer: ModelLayer) -> int | None:
    """Return the multiply-accumulates, None for a size in letters or counts that are not known."""
    if layer.reading is None or (layer.where is not None and layer.parameters is None):
        return None
    # The reading of a layer of open sizes is at some size that nobody asked for.
    if layer.output is None or not all(isinstance(size, int) for size in layer.output):
        return None
    with suppress(NotLinear):
        return layer.reading.macs
    return None
