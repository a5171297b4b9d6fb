"""All layers of a file: the model that a reader returns."""

from __future__ import annotations

import ast
from collections import Counter
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.common.values import format_count, shorten_list
from deconvcli.frameworks.pasted.python_call import ValueReader
from deconvcli.layers.axis import Linear
from deconvcli.models.model import ModelLayer, Sizes
from deconvcli.models.python_source.frameworks import FrameworkLayer, Resolver
from deconvcli.models.python_source.layers import SourceLayer, find_place, read_layer
from deconvcli.models.python_source.naming import name_layer
from deconvcli.models.python_source.scopes import Call, Source
from deconvcli.networks.pasted.layer import Arguments

MAX_LAYERS = 2_000
"""The layers of one file; those of the largest programs have a few dozen."""


class Found(NamedTuple):
    """The layers of a file, what is wrong with them, and what is not known."""

    layers: tuple[ModelLayer, ...]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


def list_layers(text: str, tree: ast.Module) -> Found:
    """Return the transposed convolutions of frameworks in a file, in the order of its lines."""
    source = Source(tree)
    resolver = Resolver(source)
    listing = _Listing(text)
    calls = sorted(source.calls, key=lambda call: (call.node.lineno, call.node.col_offset))
    for call in calls:
        if layer := resolver.find_layer(call.node.func, call.context.scope):
            if listing.is_full:
                break
            listing.add(call, layer)
    return listing.finish()


class _Listing:
    """Collects the layers of one file."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._layers: list[ModelLayer] = []
        self._findings: list[Diagnostic] = []
        self._unread: list[int] = []
        self._names: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether no more layers are listed."""
        return len(self._layers) >= MAX_LAYERS

    def add(self, call: Call, known: FrameworkLayer) -> None:
        """Add the layer that a call makes."""
        try:
            read = ValueReader().read_call(call.node)._replace(name=known.path)
            found = read_layer(read, known.dialect)
        except UsageError:  # its arguments are unpacked from a list of the program
            found = None
        if found is None:
            self._unread.append(call.node.lineno)
            return
        kind = known.path.rpartition(".")[2]
        name = self._number(name_layer(call, kind))
        where = self._locate(find_place(call.node, found))._replace(path=name)
        if found.error is not None:
            self._findings.append(_report(name, found.error, where))
        layer = _make_layer(name, kind, found)
        self._layers.append(layer._replace(where=where, dialect=known.dialect))

    def finish(self) -> Found:
        """Return everything that was found."""
        notes = []
        if self.is_full:
            notes.append(f"layers after the first {MAX_LAYERS:,} are not listed")
        if self._unread:
            lines = shorten_list(list(map(str, dict.fromkeys(self._unread))))
            count = format_count(len(self._unread), "layer")
            notes.append(f"{count} with numbers that only the program has: line {lines}")
        return Found(tuple(self._layers), tuple(self._findings), tuple(notes))

    def _number(self, name: str) -> str:
        """Return a name that no other layer of the file has."""
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} {self._names[name]}"

    def _locate(self, node: ast.expr) -> Where:
        # Offsets of the tree count bytes, our columns characters.
        before = self._lines[node.lineno - 1].encode()[: node.col_offset]
        return Where("", node.lineno, len(before.decode(errors="replace")) + 1)


def _report(name: str, error: DeconvError, where: Where) -> Diagnostic:
    message = f"{name}: {error.message}"
    return Diagnostic(error.code, Severity.ERROR, message, error.help, error.source, where)


def _make_layer(name: str, kind: str, found: SourceLayer) -> ModelLayer:
    order = found.pasted.order if found.pasted else ()
    arguments = Arguments(order, len(found.call.positional), tuple(found.call.keywords))
    if found.understood is None:
        return ModelLayer(name, kind, None, arguments=arguments)
    reading = found.understood.reading
    counted = not found.understood.unknown
    return ModelLayer(
        name,
        kind,
        _write(found),
        reading.layer.parameter_count if counted else None,
        reading,
        arguments=arguments,
    )


def _write(found: SourceLayer) -> Sizes:
    """Return the sizes of the output as numbers, formulas, or None where only the program knows."""
    assert found.understood is not None
    return tuple(
        [
            size if isinstance(size, int) else str(size) if isinstance(size, Linear) else None
            for size in found.understood.output_shape
        ]
    )
