"""The check of a model file: its sizes, and what the rules find in its transposed convolutions."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.checks.configs import Config, NetworkSource
from deconvcli.checks.documents import read
from deconvcli.checks.rules import Subject, TransposedLayer, WalkedNetwork, assign_code, run_rules
from deconvcli.common.findings import Diagnostic, Where
from deconvcli.layers.text import size_text
from deconvcli.models.model import Model, ModelLayer
from deconvcli.models.reading import read_model
from deconvcli.networks.graph import LayerRow, Network, NetworkTable, Node, NodeOutcome


def check_model(name: str, path: str, settings: Settings) -> tuple[CheckedFile, list[Diagnostic]]:
    """Return the file with its tensors and table, and all its findings before any selection.

    Raises:
        Unreadable: the file cannot be read, or is no model.
        UsageError: a size is given for an input or an axis that does not exist.
    """
    model = read_model(path, settings.sizes)
    found = [assign_code(finding)._replace(where=Where(name)) for finding in model.findings]
    found += run_rules(_make_subject(name, model, settings))
    known = sum(layer.output is not None for layer in model.layers)
    tables = (_make_table(model),) if settings.tables else ()
    checked = CheckedFile(
        name,
        networks=tables,
        tensors=model.tensors if settings.tables else {},
        sized=known,
        unsized=len(model.layers) - known,
    )
    return checked, found


def _make_subject(name: str, model: Model, settings: Settings) -> Subject:
    """Return the model's transposed convolutions as the rules want them."""
    document = read(name, b"{}", "json")  # which has no places, as the model has no lines
    source = NetworkSource(Network(name, {}, ()), {}, {})
    walked = WalkedNetwork(source, ())
    layers = tuple(_list_transposed(name, model, walked))
    return Subject(Config(document, (), ()), (), layers, settings.useless_share)


def _list_transposed(name: str, model: Model, walked: WalkedNetwork) -> Iterator[TransposedLayer]:
    for layer in model.layers:
        if layer.reading is not None:
            node = Node(_name_layer(layer), layer.kind)
            yield TransposedLayer(NodeOutcome(node), layer.reading, walked, Where(name))


def _name_layer(layer: ModelLayer) -> str:
    """Return the layer's name, with the line of the author's source if the file has it."""
    return f"{layer.name} ({layer.place})" if layer.place else layer.name


def _make_table(model: Model) -> NetworkTable:
    rows = []
    for layer in model.layers:
        shape = None
        if layer.output is not None:
            shape = size_text(["?" if size is None else size for size in layer.output])
        macs = layer.reading.macs if layer.reading is not None else None
        rows.append(LayerRow(_name_layer(layer), layer.kind, shape, shape, layer.parameters, macs))
    return NetworkTable(model.title, tuple(rows), remarks=model.notes)
