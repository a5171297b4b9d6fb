"""The walk: each operation in turn, with the sizes of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.common.findings import Diagnostic
from deconvcli.layers.layer import Reading
from deconvcli.models.onnx_model.graph import Constant, Function, Graph, Node, OnnxFile, Reference
from deconvcli.models.walk.box import find_letters
from deconvcli.models.walk.operators import OPERATORS
from deconvcli.models.walk.tensors import UNKNOWN, Call, OpenSize, Operator, Problem, Tensor
from deconvcli.models.walk.transposed import transpose_convolution

MAX_CALLED_NODES = 100_000
"""The most nodes that are walked inside functions of the model, which may call each other."""
MAX_FUNCTION_DEPTH = 16
MAX_REMEMBERED = 2_000_000
"""The most elements remembered in tensors that are not small; then only their sizes are kept."""
_SMALL = 64
# Domains whose operations have the meaning of ONNX' own, or that of ONNX Runtime.
_DOMAINS = ("", "com.microsoft")


class Outcome(NamedTuple):
    """What became of one node. reading: of a transposed convolution. problem: why it fails.

    letters: those on which the failure depends; it is one at all sizes if there are none.
    """

    node: Node
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    reading: Reading | None = None
    problem: Problem | None = None
    letters: frozenset[str] = frozenset()

    @property
    def finding(self) -> Diagnostic | None:
        """Why it fails, for people."""
        return None if self.problem is None else self.problem.finding


class Walked(NamedTuple):
    """The tensors of a graph by name, its nodes, and the operations that nobody knows."""

    tensors: Mapping[str, Tensor]
    outcomes: Sequence[Outcome]
    unknown: Mapping[str, int]


Ends = Callable[[Outcome], bool]
"""Whether a walk ends with an outcome; the tensors after it are missing then."""
Pins = Mapping[str, Mapping[int, OpenSize]]
"""Sizes that depend on values, by the name of the tensor and the axis."""
NO_PINS: Pins = MappingProxyType({})


class Format(NamedTuple):
    """The operations of a format of files, and its transposed convolutions, which dialects read."""

    operators: Mapping[str, Operator]
    transposed: Mapping[str, Callable[[Call], tuple[Sequence[Tensor], Reading | None]]]


ONNX = Format(OPERATORS, {"ConvTranspose": transpose_convolution})


class Walker:
    """A file to walk through, once or many times. What no input changes is computed once.

    steps: the nodes walked so far.
    """

    def __init__(self, file: OnnxFile, format: Format = ONNX) -> None:
        self._file = file
        self._format = format
        self._constants = {name: _make_constant(one) for name, one in file.graph.constants.items()}
        self._nodes: list[Node] = []
        self.steps = 0
        once = _Walk(file, format)
        for node in file.graph.nodes:
            if self._is_constant(node):
                [outcome] = once.walk_nodes([node], self._constants, {}, 0)
                if outcome.problem is None:
                    continue
            self._nodes.append(node)

    def _is_constant(self, node: Node) -> bool:
        """Return whether no input changes what a node makes, as of weights that are copied."""
        is_known = node.operation in self._format.operators and node.domain == ""
        return (
            is_known
            and bool(node.inputs or node.operation == "Constant")
            and all(not name or name in self._constants for name in node.inputs)
        )

    def walk(
        self, inputs: Mapping[str, Tensor], ends: Ends | None = None, pins: Pins = NO_PINS
    ) -> Walked:
        """Return the sizes of all tensors, at these sizes of the inputs.

        pins: sizes of tensors that no operation gives, by tensor and axis.
        """
        walk = _Walk(self._file, self._format, pins)
        try:
            return walk.run(self._nodes, {**self._constants, **inputs}, ends)
        finally:
            self.steps += walk.steps


class _Walk:
    """One walk through a file."""

    def __init__(self, file: OnnxFile, format: Format, pins: Pins = NO_PINS) -> None:
        self._file = file
        self._format = format
        self._pins = pins
        self._outcomes: list[Outcome] = []
        self._unknown: dict[str, int] = {}
        self._remembered = 0
        self._called = 0
        self.steps = 0

    def run(self, nodes: Sequence[Node], tensors: dict[str, Tensor], ends: Ends | None) -> Walked:
        """Walk through the nodes of the main graph."""
        for outcome in self.walk_nodes(nodes, tensors, {}, 0):
            self._outcomes.append(outcome)
            if ends is not None and ends(outcome):
                break
        return Walked(tensors, self._outcomes, self._unknown)

    def _walk_graph(self, graph: Graph, tensors: dict[str, Tensor]) -> Iterator[Outcome]:
        tensors.update({name: _make_constant(one) for name, one in graph.constants.items()})
        return self.walk_nodes(graph.nodes, tensors, {}, 0)

    def walk_nodes(
        self,
        nodes: Sequence[Node],
        tensors: dict[str, Tensor],
        attributes: Mapping[str, Any],
        depth: int,
    ) -> Iterator[Outcome]:
        """Yield what becomes of each node; its outputs are added to the tensors."""
        for node in nodes:
            self.steps += 1
            inputs = tuple([tensors.get(name, UNKNOWN) if name else None for name in node.inputs])
            outcome = self._step(_fill_in(node, attributes), inputs, tensors, depth)
            if self._pins and depth == 0:
                outcome = self._pin(outcome)
            tensors.update(zip(node.outputs, outcome.outputs, strict=False))
            yield outcome

    def _pin(self, outcome: Outcome) -> Outcome:
        """Return an outcome whose outputs have the sizes that are given for them."""
        named = zip(outcome.node.outputs, outcome.outputs, strict=False)
        return outcome._replace(
            outputs=tuple([_fill_sizes(one, self._pins.get(name)) for name, one in named])
        )

    def _step(
        self,
        node: Node,
        inputs: tuple[Tensor | None, ...],
        tensors: dict[str, Tensor],
        depth: int,
    ) -> Outcome:
        call = Call(
            node.operation,
            inputs,
            node.attributes,
            self._file.opsets.get(node.domain, 0) or 1,
            len(node.outputs),
        )
        reading, failed = None, None
        letters: frozenset[str] = frozenset()
        outputs: Sequence[Tensor] = ()
        try:
            transposed = self._format.transposed.get(node.operation)
            if transposed is not None and node.domain in _DOMAINS:
                outputs, reading = transposed(call)
            else:
                outputs = self._apply(node, call, tensors, depth)
        except Problem as problem:
            outputs, failed = problem.outputs, problem
            sizes = _list_sizes(inputs) if problem.sizes is None else problem.sizes
            letters = frozenset(find_letters(sizes))
        # What depends on the order of two letters is not known.
        except NotLinear:
            pass
        # A text in place of a number, or fewer of them than the operation has.
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
            self._note_unknown(f"{node.operation} of another form than is known")
        padded = [*outputs, *[UNKNOWN] * (len(node.outputs) - len(outputs))]
        return Outcome(
            node, inputs, tuple([self._remember(one) for one in padded]), reading, failed, letters
        )

    def _apply(
        self, node: Node, call: Call, tensors: dict[str, Tensor], depth: int
    ) -> Sequence[Tensor]:
        function = self._file.functions.get((node.domain, node.operation))
        if function is not None:
            return self._call_function(function, call, depth)
        if node.operation == "If" and node.domain == "":
            return self._choose(call, tensors)
        operators = self._format.operators
        operator = operators.get(node.operation) if node.domain in _DOMAINS else None
        if operator is None:
            self._note_unknown(".".join(filter(None, (node.domain, node.operation))))
            return ()
        return operator(call)

    def _note_unknown(self, name: str) -> None:
        self._unknown[name] = self._unknown.get(name, 0) + 1

    def _choose(self, call: Call, tensors: dict[str, Tensor]) -> Sequence[Tensor]:
        """Return the outputs of the branch that a known condition takes, else of both."""
        condition = call.values(0)
        names = ["then_branch", "else_branch"]
        if condition and condition[0] is not None:
            names = names[:1] if condition[0] else names[1:]
        found = []
        for name in names:
            branch = call.attributes.get(name)
            if not isinstance(branch, Graph):
                return ()
            # The nodes of a branch see the tensors around it.
            inner = dict(tensors)
            outcomes = list(self._walk_graph(branch, inner))
            if len(names) == 1:
                self._outcomes += outcomes
                tensors.update(inner)
            found.append([inner.get(one.name, UNKNOWN) for one in branch.outputs])
        return [_agree(both) for both in zip(*found, strict=False)]

    def _call_function(self, function: Function, call: Call, depth: int) -> Sequence[Tensor]:
        self._called += len(function.nodes)
        if depth >= MAX_FUNCTION_DEPTH or self._called > MAX_CALLED_NODES:
            return ()
        inner = {
            name: tensor
            for name, tensor in zip(function.inputs, call.inputs, strict=False)
            if tensor is not None
        }
        attributes = {**function.defaults, **call.attributes}
        for outcome in self.walk_nodes(function.nodes, inner, attributes, depth + 1):
            if outcome.problem is not None or outcome.reading is not None:
                self._outcomes.append(outcome)
        return [inner.get(name, UNKNOWN) for name in function.outputs]

    def _remember(self, tensor: Tensor) -> Tensor:
        """Return the tensor, without its elements where those of others fill the memory."""
        if tensor.values is None or len(tensor.values) <= _SMALL:
            return tensor
        self._remembered += len(tensor.values)
        return tensor if self._remembered <= MAX_REMEMBERED else Tensor(tensor.sizes)


def _fill_sizes(tensor: Tensor, given: Mapping[int, OpenSize] | None) -> Tensor:
    if given is None or tensor.sizes is None:
        return tensor
    sizes = [given.get(axis) if size is None else size for axis, size in enumerate(tensor.sizes)]
    return Tensor(tuple(sizes))


def _list_sizes(tensors: Sequence[Tensor | None]) -> list[Any]:
    """Return all sizes of tensors, and their elements, which may be sizes."""
    return [
        size
        for tensor in tensors
        if tensor is not None
        for size in (*(tensor.sizes or ()), *(tensor.values or ()))
    ]


def _make_constant(constant: Constant) -> Tensor:
    return Tensor(constant.sizes, constant.values)


def _fill_in(node: Node, attributes: Mapping[str, Any]) -> Node:
    """Return a node of a function with the attributes of its caller."""
    if not any(isinstance(value, Reference) for value in node.attributes.values()):
        return node
    filled = {
        name: attributes.get(value.name) if isinstance(value, Reference) else value
        for name, value in node.attributes.items()
    }
    return node._replace(attributes={n: value for n, value in filled.items() if value is not None})


def _agree(tensors: Sequence[Tensor]) -> Tensor:
    """Return what the outputs of the branches have in common."""
    first = tensors[0]
    if len(tensors) == 1:
        return first
    if any(tensor.rank != first.rank or tensor.rank is None for tensor in tensors):
        return UNKNOWN
    assert first.sizes is not None
    shapes = [tensor.sizes or () for tensor in tensors]
    return Tensor(
        tuple(
            [
                column[0] if len(set(map(str, column))) == 1 else None
                for column in zip(*shapes, strict=True)
            ]
        )
    )
