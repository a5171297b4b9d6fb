"""One network as it is written, made into a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.configs._blocks import LONGEST, Written, written_out
from deconvcli.checks.configs._calls import Arguments
from deconvcli.checks.configs._forms import Misfit, meant, misread, shown
from deconvcli.checks.configs._layers import kind
from deconvcli.checks.configs._names import Names
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._sizes import sizes
from deconvcli.checks.configs._tables import NETWORK, SHAPE
from deconvcli.checks.documents import Path
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.axis import Size
from deconvcli.networks.graph import Network, Node
from deconvcli.networks.operation import Key, KeyForm, Shape

PREVIOUS = "previous"
# Names that people use for one implementation of a dialect.
TARGETS = {"onnxruntime": "onnx@onnxruntime", "tf": "tensorflow", "litert": "tflite"}


class Habits(NamedTuple):
    """What a file says for all its networks, or a network for all its layers."""

    dialect: str = "torch"
    targets: tuple[str, ...] = ()


def habits(value: Mapping[str, Any], path: Path, above: Habits, problems: Problems) -> Habits:
    """What is said here, else what was said above."""
    dialect = _dialect(value, path, problems) or above.dialect
    if "targets" not in value:
        return Habits(dialect, above.targets)
    return Habits(dialect, _targets(value["targets"], (*path, "targets"), problems))


def _dialect(value: Mapping[str, Any], path: Path, problems: Problems) -> str:
    if "dialect" not in value:
        return ""
    return _known_dialect(value["dialect"], (*path, "dialect"), in_order(), problems)


def _known_dialect(name: Any, path: Path, known: Sequence[str], problems: Problems) -> str:
    if not isinstance(name, str):
        problems.tell("illegal-value", path, f"this is {shown(name)}", "name one, as torch.")
        return ""
    try:
        take(name)
    except UsageError as error:
        problems.misspelled(error, path, name, _implementations(name) or known)
        return ""
    return name


def _implementations(name: str) -> list[str]:
    """All of the dialect in `keras@...`; none without one."""
    dialect, at, _ = name.partition("@")
    if not at or dialect not in in_order():
        return []
    return [f"{dialect}@{known}" for known in take(dialect)[0].implementations]


def _targets(value: Any, path: Path, problems: Problems) -> tuple[str, ...]:
    if not isinstance(value, list):
        problems.tell("illegal-value", path, f"targets is {shown(value)}", "write a list of names.")
        return ()
    named = [TARGETS.get(name, name) if isinstance(name, str) else name for name in value]
    known = [*TARGETS, *in_order()]
    found = [_known_dialect(name, (*path, i), known, problems) for i, name in enumerate(named)]
    return tuple(filter(None, found))


def network(name: str, value: Any, path: Path, above: Habits, problems: Problems) -> NetworkSource:
    """The network, with all that could be read of it."""
    given = problems.mapping(value, path, f"network {name!r}"[:80], NETWORK)
    own = habits(given, path, above, problems)
    before = problems.count
    inputs = _inputs(given, path, problems)
    is_walkable = problems.count == before
    reader = _Reader(own, problems, inputs)
    if "layers" in given:
        reader.take(written_out(given["layers"], (*path, "layers"), problems))
    elif isinstance(value, dict):
        problems.missing(path, "this network", "layers", "list its layers.")
    reader.output(given, path)
    # Of layers whose input is not known there is nothing more to say.
    nodes = tuple(reader.nodes) if is_walkable else ()
    graph = Network(name, reader.inputs, nodes, reader.outputs, *own)
    return NetworkSource(graph, reader.paths, reader.calls)


class NetworkSource(NamedTuple):
    """A network, and of its layers by name: where each was written, and how the arguments of a
    pasted call were."""

    graph: Network
    paths: Mapping[str, Path]
    calls: Mapping[str, Arguments]


def _inputs(given: Mapping[str, Any], path: Path, problems: Problems) -> dict[str, Shape]:
    """The inputs by name; a single one is called `input`."""
    if "inputs" in given and "input" not in given:
        inside = (*path, "inputs")
        named = given["inputs"]
        if isinstance(named, dict) and named:
            shapes = {n: _shape(v, (*inside, n), problems) for n, v in named.items()}
            return {n: shape for n, shape in shapes.items() if shape is not None}
        help = "write names with shapes: {image: {channels: 3, size: 64x64}}."
        problems.tell("illegal-value", inside, f"inputs is {shown(named)}", help)
    elif "input" not in given:
        help = "add input: {channels: 3, size: 572x572}, or with letters HxW."
        problems.missing(path, "this network", "input", help)
    elif "inputs" in given:
        help = "keep `inputs`, and name them all."
        problems.tell("illegal-value", (*path, "inputs"), "both input and inputs are given", help)
    else:
        shape = _shape(given["input"], (*path, "input"), problems)
        return {"input": shape} if shape else {}
    return {}


def _shape(value: Any, path: Path, problems: Problems) -> Shape | None:
    """A tensor's shape; None, and a finding, where it is none."""
    before = problems.count
    given = problems.mapping(value, path, "this shape", SHAPE)
    if problems.count > before:
        return None
    if "channels" not in given:
        problems.missing(path, "this shape", "channels", "add channels: 3.")
        return None
    channels = _channels(given["channels"], (*path, "channels"), problems)
    spatial = _sizes(given.get("size", []), (*path, "size"), problems)
    return Shape(channels, spatial) if channels and spatial is not None else None


def _channels(value: Any, path: Path, problems: Problems) -> int | None:
    if type(value) is int and 1 <= value <= MAX_INT64:
        return value
    help = f"write one integer, 1 or more. {misread(value)}".strip()
    close = meant(Key("channels", KeyForm.INTEGER), value)
    problems.tell("illegal-value", path, f"channels is {shown(value)}", help, close)
    return None


def _sizes(value: Any, path: Path, problems: Problems) -> tuple[Size, ...] | None:
    try:
        return sizes(value)
    except Misfit as misfit:
        help = f"write {misfit}. {misread(value)}".strip()
        problems.tell("illegal-value", path, f"this size is {shown(value)}", help)
        return None


class _Reader:
    """The graph as far as it is read."""

    def __init__(self, habits: Habits, problems: Problems, inputs: dict[str, Shape]) -> None:
        self.inputs = inputs
        self.nodes: list[Node] = []
        self.outputs: tuple[str, ...] = ()
        self.paths: dict[str, Path] = {}
        self.calls: dict[str, Arguments] = {}
        self._habits = habits
        self._problems = problems
        self._names = Names()
        for name in inputs:
            self._names.add(name, ())

    def take(self, layers: Sequence[Written]) -> None:
        """Every layer in order."""
        for written in layers:
            self._node(written)

    def _node(self, written: Written) -> None:
        given = written.value if isinstance(written.value, dict) else {}
        found = kind(written, self._habits.dialect, self._problems)
        inputs = self._inputs(given, written)
        operation = found.operation if found else ""
        name = self._name(given, written, operation or "layer")
        own = _dialect(given, written.path, self._problems) or (found.dialect if found else "")
        node = Node(
            name,
            operation,
            found.parameters if found else {},
            inputs,
            self._expect(given, written.path),
            own,
        )
        self.nodes.append(node)
        self.paths[name] = written.path
        if found and found.arguments:
            self.calls[name] = found.arguments

    def _name(self, given: Mapping[str, Any], written: Written, operation: str) -> str:
        """The layer's own name if it has a good one."""
        if "name" not in given:
            return self._names.invent(operation)
        said, place = given["name"], (*written.path, "name")
        if not isinstance(said, str) or not 0 < len(said) <= LONGEST or said == PREVIOUS:
            help = f"write a word of at most {LONGEST} characters."
            self._problems.tell("illegal-value", place, f"name is {shown(said)}", help)
            return self._names.invent(operation)
        name = self._names.add(said, written.rounds)
        if name is None:
            help = "every layer of a network has a name of its own."
            self._problems.tell("duplicate-name", place, f"the name {said!r} is taken", help)
        return name or self._names.invent(operation)

    def _inputs(self, given: Mapping[str, Any], written: Written) -> tuple[str, ...]:
        """Full names of the layers it takes."""
        if "inputs" not in given:
            return (self._previous(written.path),)
        listed, place = given["inputs"], (*written.path, "inputs")
        named = [listed] if isinstance(listed, str) else listed
        if isinstance(named, list) and named and all(isinstance(n, str) and n for n in named):
            return tuple(self._meant(name, written) for name in named)
        help = "write names of layers above, as inputs: [previous, skip]."
        self._problems.tell("illegal-value", place, f"inputs is {shown(listed)}", help)
        return ()

    def _meant(self, name: str, written: Written) -> str:
        if name == PREVIOUS:
            return self._previous(written.path)
        return self._names.meant(name, written.rounds)

    def _previous(self, path: Path) -> str:
        """The layer before, or the network's input."""
        if self.nodes:
            return self.nodes[-1].name
        if len(self.inputs) > 1:
            help = "write inputs: [NAME] in the first layer."
            self._problems.missing(path, "the first of several inputs' layers", "inputs", help)
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
        """What comes out, and what it must be."""
        if "output" in given:
            self.outputs = self._output(given["output"], (*path, "output"))
        expect = self._expect(given, path)
        if expect is None or not self.nodes:
            return
        last = self.outputs[0] if self.outputs else self.nodes[-1].name
        place = next(i for i, node in enumerate(self.nodes) if node.name == last)
        if self.nodes[place].expect is not None:
            help = "keep one of them."
            message = f"the layer {last!r} has an expect of its own"
            self._problems.tell("illegal-value", (*path, "expect"), message, help)
            return
        self.nodes[place] = self.nodes[place]._replace(expect=expect)
        self.paths[f"{last}.expect"] = (*path, "expect")

    def _output(self, said: Any, path: Path) -> tuple[str, ...]:
        """The name of a layer."""
        meant = self._names.meant(said, ()) if isinstance(said, str) else ""
        if any(node.name == meant for node in self.nodes):
            return (meant,)
        close = nearest(meant, [node.name for node in self.nodes])
        help = "name one of its layers."
        self._problems.tell("unknown-name", path, f"output is {shown(said)}", help, close)
        return ()
