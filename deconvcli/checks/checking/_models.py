"""The check of a model file: its sizes, and what the rules find in its transposed convolutions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.checks.configs import Config, NetworkSource
from deconvcli.checks.documents import Document, LineIndex, Path, Places
from deconvcli.checks.rules import (
    Subject,
    TransposedLayer,
    WalkedNetwork,
    assign_code,
    list_quiet,
    run_rules,
)
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.models.model import Model, ModelLayer
from deconvcli.models.reading import read_model
from deconvcli.models.table import make_table, name_layer
from deconvcli.networks.graph import Network, Node, NodeOutcome


class CheckedModel(NamedTuple):
    """A model file with its tensors and table, and all its findings before any selection.

    text: the file, where it is source that people write. has_layers: whether it has any.
    """

    file: CheckedFile
    findings: Sequence[Diagnostic]
    text: str | None
    has_layers: bool


def check_model(name: str, path: str, settings: Settings) -> CheckedModel:
    """Return what is in a model file, and everything that is found in it.

    Raises:
        Unreadable: the file cannot be read, or is no model.
        UsageError: a size is given for an input or an axis that does not exist.
    """
    model = read_model(path, settings.sizes, settings.reader)
    found = [_place(finding, name) for finding in model.findings]
    ruled = run_rules(_make_subject(name, model, settings))
    found += ruled if model.text is None else _leave_out_quiet(ruled, settings)
    known = sum(layer.output is not None for layer in model.layers)
    tables = (make_table(model),) if settings.tables else ()
    checked = CheckedFile(
        name,
        networks=tables,
        tensors=model.tensors if settings.tables else {},
        sized=known,
        unsized=len(model.layers) - known,
    )
    return CheckedModel(checked, found, model.text, bool(model.layers))


def _place(found: Diagnostic, name: str) -> Diagnostic:
    """Return a reader's finding with the code of its rule, at its place in the file."""
    where = (found.where or Where(name))._replace(file=name)
    # As rules name the cause, so that what they find for the same reason is the same finding.
    cause = (name, where.path, found.code) if where.path else ()
    # Not the rule's severity: what a reader cannot parse may be no error.
    return assign_code(found)._replace(severity=found.severity, where=where, cause=cause)


def _leave_out_quiet(found: Iterable[Diagnostic], settings: Settings) -> Iterator[Diagnostic]:
    """Yield the findings in source without those that most authors know of, unless selected."""
    quiet = list_quiet()
    for each in found:
        is_quiet = each.code in quiet or each.severity is Severity.NOTE
        if not is_quiet or settings.names(each.code):
            yield each


def _make_subject(name: str, model: Model, settings: Settings) -> Subject:
    """Return the model's transposed convolutions as the rules want them."""
    document = _make_document(name, model)
    nodes = [_make_node(layer) for layer in model.layers]
    source = NetworkSource(
        Network(name, {}, tuple(nodes), targets=settings.targets),
        {layer.name: (layer.name,) for layer in model.layers},
        {layer.name: layer.arguments for layer in model.layers if layer.where is not None},
    )
    walked = WalkedNetwork(source, ())
    layers = [
        TransposedLayer(NodeOutcome(node), layer.reading, walked, document.where((layer.name,)))
        for node, layer in zip(nodes, model.layers, strict=True)
        if layer.reading is not None
    ]
    return Subject(Config(document, (), ()), (walked,), tuple(layers), settings.useless_share)


def _make_document(name: str, model: Model) -> Document:
    """Return a document that has the place of each layer, if the file is source."""
    lines = LineIndex(model.text or "")
    places: dict[Path, int] = {
        (layer.name,): lines.offset(layer.where.line, layer.where.column)
        for layer in model.layers
        if layer.where is not None
    }
    spans = {path: (offset, offset, offset) for path, offset in places.items()}
    return Document(name, model.text or "", {}, Places({(): (0, 0, 0), **spans}, lines), "model")


def _make_node(layer: ModelLayer) -> Node:
    operation = layer.kind if layer.where is None else "conv_transpose"
    return Node(name_layer(layer), operation, dialect=layer.dialect)
