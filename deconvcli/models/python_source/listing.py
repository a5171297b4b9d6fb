"""All layers of a file: the model that a reader returns."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.common.values import format_count, shorten_list
from deconvcli.frameworks.request.understood import Understood
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import write_value
from deconvcli.models.model import GivenSizes, ModelLayer, Sizes
from deconvcli.models.python_source.comments import find_size
from deconvcli.models.python_source.frameworks import FrameworkLayer, Resolver, is_transposed
from deconvcli.models.python_source.layers import (
    SourceLayer,
    find_place,
    find_variables,
    read_layer,
)
from deconvcli.models.python_source.naming import is_refusal_expected, name_layer
from deconvcli.models.python_source.requested import Place, Taker, choose_takers
from deconvcli.models.python_source.scopes import Call
from deconvcli.models.python_source.sequences import Networks, find_networks, follow_networks
from deconvcli.models.python_source.source import Source
from deconvcli.models.python_source.values import Values
from deconvcli.networks.operation import Shape
from deconvcli.networks.pasted.layer import Arguments

MAX_LAYERS = 500
"""The layers of one file; those of the largest programs have a few dozen."""


class Found(NamedTuple):
    """The layers of a file, what is wrong with them, and what is not known.

    unread: the lines of layers with numbers that only the program has.
    """

    layers: tuple[ModelLayer, ...]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()

    def list_notes(self) -> tuple[str, ...]:
        """Return what is not known, in sentences."""
        if not self.unread:
            return self.notes
        lines = shorten_list(list(map(str, dict.fromkeys(self.unread))))
        count = format_count(len(self.unread), "layer")
        return (*self.notes, f"{count} with numbers that only the program has: line {lines}")


def list_layers(text: str, tree: ast.Module, sizes: GivenSizes) -> Found:
    """Return the transposed convolutions of frameworks in a file, in the order of its lines.

    sizes: of the inputs of layers and networks, by their names.

    Raises:
        UsageError: a size is for nothing in the file, or for what does not take it.
    """
    source = Source(tree)
    resolver = Resolver(source)
    calls = sorted(source.calls, key=lambda call: (call.node.lineno, call.node.col_offset))
    layers = []
    for call in calls:
        layer = resolver.find_layer(call.node.func, call.context.scope)
        if layer is not None and not is_refusal_expected(call):
            layers.append((call, layer))
    listing = _Listing(text, source, resolver, layers, sizes)
    for call, layer in layers[:MAX_LAYERS]:
        if listing.is_full:
            break
        listing.add(call, layer)
    return listing.finish()


def _name_call(call: Call, known: FrameworkLayer) -> str:
    return name_layer(call, known.path.rpartition(".")[2])


class _Listing:
    """Collects the layers of one file."""

    def __init__(
        self,
        text: str,
        source: Source,
        resolver: Resolver,
        layers: Sequence[tuple[Call, FrameworkLayer]],
        sizes: GivenSizes,
    ) -> None:
        self._values = Values(source, resolver)
        self._lines = text.split("\n")
        networks = find_networks(source, resolver, self._lines)
        self._sized = networks.sized
        self._given: Mapping[Place, Sequence[Size]] = {}
        if sizes:
            takers = [part.taker for part in networks.parts if part.taker.name]
            takers += [self._make_taker(*each, networks) for each in layers]
            self._given = choose_takers(sizes, takers)
        self._followed = follow_networks(networks.parts, self._given, resolver, self._values)
        self._placed: set[Place] = set()
        self._layers: list[ModelLayer] = []
        self._findings: list[Diagnostic] = []
        self._unread: list[int] = []
        self._names: Counter[str] = Counter()

    def _make_taker(self, call: Call, known: FrameworkLayer, networks: Networks) -> Taker:
        place = call.node.lineno, call.node.col_offset
        is_open = place not in networks.inside and find_size(call.node, self._lines) is None
        return Taker(_name_call(call, known), place, is_network=False, is_open=is_open)

    @property
    def is_full(self) -> bool:
        """Whether no more layers are listed."""
        return len(self._layers) >= MAX_LAYERS

    def add(self, call: Call, known: FrameworkLayer) -> None:
        """Add the layers that a call makes, one of each kind."""
        if known.is_method:
            call = _name_input(call)
        kinds: dict[Hashable, list[SourceLayer]] = {}
        given = self._find_input(call.node)
        for read in self._values.read_calls(call, known.partial):
            if not is_transposed(read.call._replace(name=known.path)):
                return
            found = read_layer(read.call._replace(name=known.path), known.dialect, given)
            # What one layer refuses may be meant for the other one.
            if found is not None and not (known.is_choice and found.error is not None):
                found = found._replace(variables=read.variables)
                kinds.setdefault(found.kind, []).append(found)
        is_open = any(not (one.understood or one.error) for one, *_ in kinds.values())
        if not kinds or is_open:
            self._unread.append(call.node.lineno)
        plain = _name_call(call, known)
        if not kinds:
            self._add_unread(call, plain, known)
        variables = [find_variables(call.node, found) for found, *_ in kinds.values()]
        for (found, *others), own in zip(kinds.values(), variables, strict=True):
            name = self._number(plain + _write_differences(own, variables))
            node = call.node if known.partial else find_place(call.node, found)
            where = self._locate(node.lineno, node.col_offset)._replace(path=name)
            if found.error is not None:
                self._findings.append(_report(name, found.error, where))
            layer = _make_layer(name, found, has_others=bool(others))
            if known.is_choice:  # the order of its arguments may be the other layer's
                layer = layer._replace(arguments=Arguments())
            self._layers.append(layer._replace(where=where, dialect=known.dialect))

    def _add_unread(self, call: Call, plain: str, known: FrameworkLayer) -> None:
        """Add a layer of which only the name is known."""
        name = self._number(plain)
        where = self._locate(call.node.lineno, call.node.col_offset)._replace(path=name)
        kind = known.path.rpartition(".")[2]
        self._layers.append(ModelLayer(name, kind, None, where=where, dialect=known.dialect))

    def _find_input(self, node: ast.Call) -> Shape | Sequence[Size] | None:
        """Return the input of a layer: the user's, its network's or its comment's, if any."""
        place = node.lineno, node.col_offset
        self._placed.add(place)
        if place in self._given:
            return self._given[place]
        if place in self._followed.inputs:
            return self._followed.inputs[place]
        return None if node.lineno in self._sized else find_size(node, self._lines)

    def finish(self) -> Found:
        """Return everything that was found."""
        for name, type, place, error in self._followed.failures:
            # Transposed convolutions have been reported.
            if place not in self._placed:
                where = self._locate(*place)._replace(path=name)
                self._findings.append(_report(f"{name} ({type})", error, where))
        notes: tuple[str, ...] = ()
        if self.is_full:
            notes = (f"layers after the first {MAX_LAYERS:,} are not listed",)
        return Found(tuple(self._layers), tuple(self._findings), notes, tuple(self._unread))

    def _number(self, name: str) -> str:
        """Return a name that no other layer of the file has."""
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} {self._names[name]}"

    def _locate(self, line: int, offset: int) -> Where:
        # Offsets of the tree count bytes, our columns characters.
        before = self._lines[line - 1].encode()[:offset]
        return Where("", line, len(before.decode(errors="replace")) + 1)


def _name_input(call: Call) -> Call:
    """Return the call of a method with its object as the first argument."""
    node = call.node
    assert isinstance(node.func, ast.Attribute)
    named = ast.Call(node.func, [node.func.value, *node.args], node.keywords)
    return call._replace(node=ast.copy_location(named, node))


def _report(name: str, error: DeconvError, where: Where) -> Diagnostic:
    message = f"{name}: {error.message}"
    return Diagnostic(error.code, Severity.ERROR, message, error.help, error.source, where)


def _make_layer(name: str, found: SourceLayer, *, has_others: bool) -> ModelLayer:
    """Return a layer. has_others: whether the program makes others that differ in channels."""
    kind = found.call.name.rpartition(".")[2]
    order = found.pasted.order if found.pasted else ()
    arguments = Arguments(order, len(found.call.positional), tuple(found.call.keywords))
    if found.understood is None:
        return ModelLayer(name, kind, None, arguments=arguments)
    reading = found.understood.reading
    is_counted = not (has_others or found.understood.unknown)
    return ModelLayer(
        name,
        kind,
        _write_sizes(found.understood, has_channels=not has_others),
        reading.layer.parameter_count if is_counted else None,
        reading,
        arguments=arguments,
    )


def _write_sizes(understood: Understood, *, has_channels: bool) -> Sizes:
    """Return the sizes of the output as numbers, formulas, or None where only the program knows."""
    reading, shape = understood.reading, understood.output_shape
    if not has_channels:
        parts = {"N": reading.sizes.batch, "C": (Unknown("channels"),)}
        shape = reading.output_layout.shape(parts, reading.output_sizes)  # type: ignore[arg-type]
    return tuple(
        [
            size if isinstance(size, int) else str(size) if isinstance(size, Linear) else None
            for size in shape
        ]
    )


def _write_differences(own: Mapping[str, Any], all_given: Sequence[Mapping[str, Any]]) -> str:
    """Return the variables that tell one kind of a call's layers from the others."""
    differing = {
        name: value
        for name, value in own.items()
        if any(given.get(name) != value for given in all_given)
    }
    listed = [f"{name}={write_value(value)}" for name, value in differing.items()]
    return f" ({shorten_list(listed)})" if listed else ""
