"""One network of a file, read into a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from deconvcli.checks.configs._blocks import MAX_NAME_LENGTH, VARIABLE, LayerEntry, expand_layers
from deconvcli.checks.configs._layers import ParsedLayer, parse_layer, read_common_keys
from deconvcli.checks.configs._names import LayerNames
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import NETWORK, SHAPE
from deconvcli.checks.documents import Path
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest, suggestion
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.dialects import aliases, in_order, resolve_name, take
from deconvcli.frameworks.targets import resolve_target
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.forms import (
    Misfit,
    explain_misreading,
    format_value,
    guess_value,
    parse_sizes,
)
from deconvcli.networks.graph import Network, Node
from deconvcli.networks.operation import Key, KeyForm, Shape
from deconvcli.networks.pasted.layer import Arguments, set_order

PREVIOUS = "previous"
SHAPE_EXAMPLE = "{channels: 3, size: 572x572}"
# The kind of which `expect` is all that is known.
OPAQUE = "opaque"


class Defaults(NamedTuple):
    """The dialect and targets of a file or of a network, where nothing inside it sets others."""

    dialect: str = "torch"
    targets: tuple[str, ...] = ()


def read_defaults(
    value: Mapping[str, Any], path: Path, above: Defaults, problems: Problems
) -> Defaults:
    """Return the defaults that are set here, or else those from above."""
    dialect = _dialect(value, path, problems) or above.dialect
    if "targets" not in value:
        return Defaults(dialect, above.targets)
    return Defaults(dialect, _targets(value["targets"], (*path, "targets"), problems))


def _dialect(value: Mapping[str, Any], path: Path, problems: Problems) -> str:
    if "dialect" not in value:
        return ""
    return _known_dialect(value["dialect"], (*path, "dialect"), problems)


def _known_dialect(name: Any, path: Path, problems: Problems) -> str:
    if not isinstance(name, str):
        problems.report(
            "illegal-value",
            path,
            f"this name is {format_value(name)}",
            "name a dialect, such as torch.",
        )
        return ""
    try:
        return resolve_name(name)
    except UsageError as error:
        known = _implementations(name) or [*in_order(), *aliases()]
        problems.report_misspelling(error, path, name, known)
        # In another dialect each layer could be refused, for the one mistake in this name.
        close = nearest(name, known)
        return resolve_name(close) if close else ""


def _known_target(name: Any, path: Path, problems: Problems) -> str:
    """Return a target under its own name; others are dialects, with their mistakes."""
    if isinstance(name, str):
        with suppress(UsageError):
            return resolve_target(name)
    return _known_dialect(name, path, problems)


def _implementations(name: str) -> list[str]:
    """Return all implementations of the dialect in `keras@...`, or none without a dialect."""
    dialect, at, _ = name.partition("@")
    if not at or dialect not in in_order():
        return []
    return [f"{dialect}@{known}" for known in take(dialect)[0].implementations]


def _targets(value: Any, path: Path, problems: Problems) -> tuple[str, ...]:
    if not isinstance(value, list):
        problems.report(
            "illegal-value", path, f"targets is {format_value(value)}", "write a list of names."
        )
        return ()
    found = [_known_target(name, (*path, i), problems) for i, name in enumerate(value)]
    # A name that is wrong has been reported; the other targets are still checked.
    return tuple(filter(None, found))


def read_network(
    name: str, value: Any, path: Path, above: Defaults, problems: Problems
) -> NetworkSource:
    """Return the network, with every part that could be read."""
    given = problems.require_mapping(value, path, f"network {name!r}"[:80], NETWORK)
    own = read_defaults(given, path, above, problems)
    before = problems.count
    # What is not a mapping has been reported, and lacks no input on top of that.
    inputs = _inputs(given, path, problems) if isinstance(value, dict) else {}
    is_walkable = problems.count == before and bool(inputs)
    reader = _Reader(own, problems, inputs)
    if "layers" in given:
        reader.take(expand_layers(given["layers"], (*path, "layers"), problems))
    elif isinstance(value, dict):
        problems.report_missing(path, "this network", "layers", "list its layers.")
    reader.output(given, path)
    # Without an input no size is known, and every layer would repeat that one mistake.
    nodes = tuple(reader.nodes) if is_walkable else ()
    graph = Network(name, reader.inputs, nodes, reader.outputs, *own)
    return NetworkSource(graph, reader.paths, reader.calls)


class NetworkSource(NamedTuple):
    """A network, and its layers in the file.

    paths: the place of each layer, by name. calls: the arguments of each pasted call, by name.
    """

    graph: Network
    paths: Mapping[str, Path]
    calls: Mapping[str, Arguments]


def _inputs(given: Mapping[str, Any], path: Path, problems: Problems) -> dict[str, Shape]:
    """Return the inputs by name; a single one is called `input`."""
    if "inputs" in given and "input" not in given:
        inside = (*path, "inputs")
        named = given["inputs"]
        if isinstance(named, dict) and named:
            shapes = {n: _shape(v, (*inside, n), problems) for n, v in named.items()}
            return {n: shape for n, shape in shapes.items() if shape is not None}
        help = "write names with shapes: {image: {channels: 3, size: 64x64}}."
        problems.report("illegal-value", inside, f"inputs is {format_value(named)}", help)
    elif "input" not in given and any(
        nearest(name, ("input", "inputs")) for name in given if name not in NETWORK
    ):
        pass  # a required key under a wrong name is one mistake, and has been reported
    elif "input" not in given:
        help = f"add input: {SHAPE_EXAMPLE}, or a size in letters, such as HxW."
        problems.report_missing(path, "this network", "input", help)
    elif "inputs" in given:
        help = "keep inputs, with a name for each of them."
        problems.report("illegal-value", (*path, "inputs"), "both input and inputs are given", help)
    else:
        shape = _shape(given["input"], (*path, "input"), problems)
        return {"input": shape} if shape else {}
    return {}


def _shape(value: Any, path: Path, problems: Problems) -> Shape | None:
    """Return a tensor's shape, or None after reporting what is wrong with it."""
    before = problems.count
    help = f"write channels and size, such as {SHAPE_EXAMPLE}."
    given = problems.require_mapping(value, path, "this shape", SHAPE, help)
    if problems.count > before:
        return None
    if "channels" not in given:
        problems.report_missing(path, "this shape", "channels", "add it, such as channels: 3.")
        return None
    channels = _channels(given["channels"], (*path, "channels"), problems)
    spatial = _sizes(given.get("size", []), (*path, "size"), problems)
    return Shape(channels, spatial) if channels and spatial is not None else None


def _channels(value: Any, path: Path, problems: Problems) -> int | None:
    if type(value) is int and 1 <= value <= MAX_INT64:
        return value
    help = f"write one integer, 1 or more. {explain_misreading(value)}".strip()
    close = guess_value(Key("channels", KeyForm.INTEGER), value)
    problems.report("illegal-value", path, f"channels is {format_value(value)}", help, close)
    return None


def _sizes(value: Any, path: Path, problems: Problems) -> tuple[Size, ...] | None:
    try:
        return parse_sizes(value)
    except Misfit as misfit:
        help = f"write {misfit}. {explain_misreading(value)}".strip()
        problems.report("illegal-value", path, f"this size is {format_value(value)}", help)
        return None


class _Reader:
    """The graph, as far as it has been read."""

    def __init__(self, defaults: Defaults, problems: Problems, inputs: dict[str, Shape]) -> None:
        self.inputs = inputs
        self.nodes: list[Node] = []
        self.outputs: tuple[str, ...] = ()
        self.paths: dict[str, Path] = {}
        self.calls: dict[str, Arguments] = {}
        self._defaults = defaults
        self._problems = problems
        self._names = LayerNames()
        # Layers refer to inputs as they do to layers, so no layer may have the name of an input.
        for name in inputs:
            self._names.add(name, ())

    def take(self, layers: Sequence[LayerEntry]) -> None:
        """Read all layers, in order."""
        parsed = [parse_layer(entry, self._defaults.dialect, self._problems) for entry in layers]
        # Read first: a name that an author gives further down must not be invented before.
        for entry, found in zip(layers, parsed, strict=True):
            given = entry.value.get("name") if isinstance(entry.value, dict) else found.name
            self._names.reserve(given)
        for entry, found in zip(layers, parsed, strict=True):
            self._add_node(entry, found)
        order = next(filter(None, (found.data_format for found in parsed)), "")
        if order:
            dialect = self._defaults.dialect
            self.nodes = [set_order(node, dialect, order) for node in self.nodes]

    def _add_node(self, entry: LayerEntry, found: ParsedLayer) -> None:
        given = read_common_keys(entry.value) if isinstance(entry.value, dict) else {}
        inputs = self._inputs(given, entry)
        name = self._name(given, entry, found)
        own = _dialect(given, entry.path, self._problems) or found.dialect
        expect = self._expect(given, entry.path)
        parameters = found.parameters
        if found.operation == OPAQUE and expect is not None:
            is_whole = isinstance(given["expect"], dict)
            stated = {"channels": expect[0], "size": expect[1:]} if is_whole else {"size": expect}
            parameters = {**stated, **parameters}
        # A layer that could not be read stays in the graph, or layers that name it would fail too.
        node = Node(name, found.operation, parameters, inputs, expect, own)
        self.nodes.append(self._check_letters(node, entry.path))
        self.paths[name] = entry.path
        if found.arguments:
            self.calls[name] = found.arguments

    def _check_letters(self, node: Node, path: Path) -> Node:
        """Report letters in the layer's own sizes that no input has, and return it as unreadable.

        Nothing gives such a letter a value.
        """
        # An `expect` in such a letter is a finding of its own: the output is another size.
        sizes = [size for shape in self.inputs.values() for size in shape.spatial]
        known = {size.letter for size in sizes if isinstance(size, Linear)}
        unknown = {size.letter for size in node._replace(expect=None).letters} - known
        if not unknown or not self.inputs:
            return node
        help = f"use {', '.join(sorted(known))} or a number." if known else "use numbers."
        message = f"no input of this network has the letter {min(unknown)}"
        self._problems.report("illegal-value", path, message, help)
        return node._replace(operation="", parameters={})

    def _name(self, given: Mapping[str, Any], entry: LayerEntry, found: ParsedLayer) -> str:
        """Return the layer's own name, or an invented one if it has none or a wrong one."""
        operation = found.operation or "layer"
        if "name" in given:
            own, place = given["name"], (*entry.path, "name")
        elif found.name:
            own, place = found.name, entry.path
        else:
            return self._names.invent(operation)
        if not isinstance(own, str) or not 0 < len(own) <= MAX_NAME_LENGTH or own == PREVIOUS:
            help = f"write 1 to {MAX_NAME_LENGTH} characters, other than {PREVIOUS}."
            self._problems.report("illegal-value", place, f"name is {format_value(own)}", help)
            return self._names.invent(operation)
        name = self._names.add(own, entry.rounds)
        if name is None:
            help = "give each layer of a network a name of its own."
            self._problems.report(
                "duplicate-name", place, f"the name {own!r} is already in use", help
            )
        return name or self._names.invent(operation)

    def _inputs(self, given: Mapping[str, Any], entry: LayerEntry) -> tuple[str, ...]:
        """Return the full names of the layer's inputs."""
        if "inputs" not in given:
            return (self._previous(entry.path),)
        listed, place = given["inputs"], (*entry.path, "inputs")
        named = [listed] if isinstance(listed, str) else listed
        if isinstance(named, list) and named and all(isinstance(n, str) and n for n in named):
            # A variable without a value has been reported; no layer has such a name.
            return tuple(self._resolve(name, entry) for name in named if not VARIABLE.search(name))
        help = "write names of layers above, such as inputs: [previous, skip]."
        self._problems.report("illegal-value", place, f"inputs is {format_value(listed)}", help)
        return ()

    def _resolve(self, name: str, entry: LayerEntry) -> str:
        if name == PREVIOUS:
            return self._previous(entry.path)
        return self._names.resolve(name, entry.rounds)

    def _previous(self, path: Path) -> str:
        """Return the name of the layer before, or of the network's input."""
        if self.nodes:
            return self.nodes[-1].name
        # With several inputs nothing says which of them is the one before.
        if len(self.inputs) > 1:
            layer = "the first layer of a network with several inputs"
            help = "write inputs: [NAME] in the first layer."
            self._problems.report_missing(path, layer, "inputs", help)
        return next(iter(self.inputs), "input")

    def _expect(self, given: Mapping[str, Any], path: Path) -> tuple[Size, ...] | None:
        if "expect" not in given:
            return None
        value, place = given["expect"], (*path, "expect")
        if not isinstance(value, dict):
            return _sizes(value, place, self._problems)
        shape = _shape(value, place, self._problems)
        return shape.sizes if shape else None

    def output(self, given: Mapping[str, Any], path: Path) -> None:
        """Read the network's output and its expected size."""
        if "output" in given:
            self.outputs = self._output(given["output"], (*path, "output"))
        expect = self._expect(given, path)
        if expect is None or not self.nodes:
            return
        last = self.outputs[0] if self.outputs else self.nodes[-1].name
        place = next(i for i, node in enumerate(self.nodes) if node.name == last)
        if self.nodes[place].expect is not None:
            help = "keep one of them."
            message = f"the layer {last!r} already has an expect"
            self._problems.report("illegal-value", (*path, "expect"), message, help)
            return
        # It is checked as the last layer's own; findings about it point at the network's key.
        self.nodes[place] = self.nodes[place]._replace(expect=expect)
        self.paths[f"{last}.expect"] = (*path, "expect")

    def _output(self, given: Any, path: Path) -> tuple[str, ...]:
        """Return the output, as the name of a layer."""
        name = self._names.resolve(given, ()) if isinstance(given, str) else ""
        if any(node.name == name for node in self.nodes):
            return (name,)
        known = [node.name for node in self.nodes]
        help = suggestion(name, known) or "name a layer of this network."
        message = f"output is {format_value(given)}, which is no layer of this network"
        self._problems.report("unknown-name", path, message, help, nearest(name, known))
        return ()
