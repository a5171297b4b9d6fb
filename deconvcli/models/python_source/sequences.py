"""The inputs of layers in networks that a file writes out: Sequential, and functional Keras.

Such a network is followed where its input is known and nothing in it is the program's own, so that
what is reported of it is certain. The reader of pasted networks follows it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from copy import deepcopy
from itertools import islice
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.layers.axis import Size
from deconvcli.models.python_source.comments import find_line_size, find_size
from deconvcli.models.python_source.forward import Forward, list_forwards
from deconvcli.models.python_source.frameworks import Resolver, find_home
from deconvcli.models.python_source.naming import name_layer
from deconvcli.models.python_source.requested import Place, Taker
from deconvcli.models.python_source.scopes import Call, Context, Scope
from deconvcli.models.python_source.source import Source
from deconvcli.models.python_source.values import Values
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operation import Shape
from deconvcli.networks.pasted.answer import walk_network
from deconvcli.networks.pasted.code import read_statements
from deconvcli.networks.pasted.entries import Entry
from deconvcli.networks.pasted.network import make_network

MAX_CLASSES = 100
"""The classes of one file that are networks themselves."""
MAX_CALLS = 500
"""Those in the networks of one file that are followed; large models have two hundred."""
# What a network is given that is no layer.
_PLAIN = ("collections.OrderedDict",)
# Expressions that make another tensor of one, or choose one.
_CHANGES = (ast.Subscript, ast.BinOp, ast.IfExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Failure(NamedTuple):
    """A layer that cannot take what arrives: its name, its class, its place."""

    name: str
    type: str
    place: Place
    error: DeconvError


class Followed(NamedTuple):
    """What is known of the networks of a file.

    inputs: what arrives at each call that makes a layer. failures: other layers that fail.
    """

    inputs: Mapping[Place, Shape]
    failures: Sequence[Failure]


class Part(NamedTuple):
    """The statements that write out one network, where they stand, and the network's framework.

    name: of the function, empty where the layers have whole names. taker: the network under its own
    name. size: of the input, where a comment gives it.
    """

    name: str
    statements: Sequence[ast.stmt]
    context: Context
    dialect: str
    taker: Taker
    size: Sequence[Size] | None = None


class Networks(NamedTuple):
    """The networks that a file writes out.

    sized: the lines whose comment is for a network, and not for a layer in it. inside: the layers
    in containers.
    """

    parts: Sequence[Part]
    sized: frozenset[int]
    inside: frozenset[Place]


def find_networks(source: Source, resolver: Resolver, lines: Sequence[str]) -> Networks:
    """Return the networks of a file, which are not followed yet."""
    finder = _Finder(source, resolver, lines)
    # Those of classes first: what a container in one of them says of itself counts.
    classes = islice(list_forwards(source, resolver), MAX_CLASSES)
    parts = [_make_part(each, lines) for each in classes]
    parts += finder.list_parts()
    return Networks(parts, frozenset(finder.sized), frozenset(finder.inside))


def _make_part(found: Forward, lines: Sequence[str]) -> Part:
    size = find_line_size(lines, (found.node.lineno, found.line))
    place = found.node.lineno, found.node.col_offset
    taker = Taker(found.node.name, place, is_network=True, is_open=size is None)
    return Part("", [found.statement], found.context, found.dialect, taker, size)


def follow_networks(
    parts: Sequence[Part],
    given: Mapping[Place, Sequence[Size]],
    resolver: Resolver,
    values: Values,
) -> Followed:
    """Return what arrives at the layers of networks. given: inputs that the user gives.

    Raises:
        UsageError: the user gives a network an input that it does not take, or it is not followed.
    """
    inputs: dict[Place, Shape] = {}
    failures: list[Failure] = []
    calls = 0
    for part in parts:
        nodes = [node for line in part.statements for node in ast.walk(line)]
        calls += sum(isinstance(node, ast.Call) for node in nodes)
        if calls > MAX_CALLS:
            break
        size = given.get(part.taker.place)
        followed: list[tuple[Entry, NodeOutcome]] = []
        # A network that is no network, has a loop or gets another size is left to its layers.
        with nullcontext() if size else suppress(DeconvError):
            followed = list(_follow(part._replace(size=size or part.size), resolver, values))
        if size and not followed:
            raise _not_followed(part.taker.name)
        for entry, outcome in followed:
            place = entry.line, entry.column
            if outcome.inputs:
                inputs[place] = outcome.inputs[0]
            if outcome.error is not None:
                name = ".".join(filter(None, [part.name, entry.name]))
                failures.append(Failure(name, entry.type, place, outcome.error))
    return Followed(inputs, failures)


def _not_followed(name: str) -> UsageError:
    return UsageError(
        f"--size gives {name} an input, but what it does cannot be followed: it has a loop, a"
        " condition, or arguments that only the program has",
        help="give a layer its input.",
        code="unknown-input",
    )


def _follow(part: Part, resolver: Resolver, values: Values) -> Iterator[tuple[Entry, NodeOutcome]]:
    """Yield each layer of a network with what arrives there."""
    own = ast.Module(list(part.statements), [])
    ways = values.list_variables(own, part.context)
    if len(ways) != 1 or not _is_plain(own):
        return
    tree = _Renamer(resolver, part.context.scope).visit(deepcopy(own))
    listing = read_statements(tree.body, ways[0])
    # What a class registers is not in the order of execution.
    if not listing.entries or listing.is_registered or not (part.size or listing.declared):
        return
    pasted = make_network(listing, part.dialect)
    entries = pasted.entries
    for outcome in walk_network(pasted, part.size).outcomes:
        if outcome.node.name in entries and outcome.node.name not in pasted.failures:
            yield entries[outcome.node.name], outcome


def _is_plain(tree: ast.Module) -> bool:
    """Return whether layers alone make tensors of tensors, each layer once."""
    applied = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    unpacked = any(isinstance(part, ast.Starred) for node in applied for part in node.args)
    # `model.add(head)`: a layer that was made elsewhere.
    added = any(
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "add"
        and not all(isinstance(part, ast.Call) for part in node.args)
        for node in applied
    )
    if unpacked or added:
        return False
    made = [node.func.id for node in applied if isinstance(node.func, ast.Name)]
    tensors = {
        part.id
        for node in applied
        # `Conv2D(8, 3)(x)`, and `conv(x)` for a layer that has been made before.
        if isinstance(node.func, ast.Call) or (isinstance(node.func, ast.Name) and node.args)
        for argument in node.args
        for part in ast.walk(argument)
        if isinstance(part, ast.Name)
    }
    changed = {
        part.id
        for node in ast.walk(tree)
        if isinstance(node, _CHANGES)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    }
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return not (tensors & changed & stored) and all(made.count(name) < 2 for name in stored)


class _Finder:
    """Finds the networks of a file."""

    def __init__(self, source: Source, resolver: Resolver, lines: Sequence[str]) -> None:
        self._source = source
        self._resolver = resolver
        self._lines = lines
        self.sized: set[int] = set()
        self.inside: set[Place] = set()

    def list_parts(self) -> Iterator[Part]:
        """Yield each network: a container with its layers, or the body of a function."""
        bodies: defaultdict[Scope, list[tuple[str, Call]]] = defaultdict(list)
        containers: set[ast.AST] = set()
        for call in self._source.calls:
            name, dialect = self._identify(call)
            place = call.node.lineno, call.node.col_offset
            is_inside = any(node in containers for node in call.around[:-1])
            if is_inside:
                self.inside.add(place)
            if name == "Sequential" and (call.node.args or call.node.keywords):
                containers.add(call.node)
                if not is_inside:
                    size = find_size(call.node, self._lines)
                    if size is not None:
                        self.sized |= {call.node.lineno, call.node.end_lineno or 0}
                    own = name_layer(call, name)
                    statement = ast.Assign([ast.Name(own, ast.Store())], call.node)
                    taker = Taker(own, place, is_network=True, is_open=size is None)
                    yield Part("", [statement], call.context, dialect, taker, size)
            if name in ("Sequential", "Input", "InputLayer") and not is_inside:
                kind = "container" if call.node in containers else name
                bodies[call.context.scope].append((kind, call))
        for scope, starts in bodies.items():
            kinds = sorted(kind for kind, _ in starts)
            if kinds in (["Input"], ["Sequential"], ["Input", "Sequential"]):
                _, dialect = self._identify(starts[0][1])
                body: Sequence[ast.stmt] = getattr(scope.node, "body", [])
                statements = [line for line in body if not isinstance(line, _DEFINITIONS)]
                name, start = getattr(scope.node, "name", ""), starts[0][1].node
                place = start.lineno, start.col_offset
                taker = Taker(name, place, is_network=True, is_open=False)
                yield Part(name, statements, Context(scope), dialect, taker)

    def _identify(self, call: Call) -> tuple[str, str]:
        """Return the last name of a framework's call, and the dialect; nothing for all others."""
        paths = {*self._resolver.find_paths(call.node.func, call.context.scope)}
        homes = {find_home(path) for path in paths}
        names = {path.rpartition(".")[2] for path in paths}
        if len(homes) == len(names) == 1 and None not in homes:
            return names.pop(), homes.pop() or ""
        return "", ""


class _Renamer(ast.NodeTransformer):
    """Gives the calls of frameworks their whole names, and those of the program one of no layer."""

    def __init__(self, resolver: Resolver, scope: Scope) -> None:
        self._resolver = resolver
        self._scope = scope

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        holder = self._scope.find(root.id) if isinstance(root, ast.Name) else None
        if not isinstance(root, ast.Name) or holder is None:
            return node
        paths = {*self._resolver.find_paths(node.func, self._scope)}
        path = paths.pop() if len(paths) == 1 else ""
        if path and (find_home(path) or path in _PLAIN):
            node.func = ast.parse(path, mode="eval").body
        elif any(each.path is not None or each.node for each in holder.bindings[root.id]):
            node.func = ast.Name("Own", ast.Load())
        # The others are variables: `model.add(...)`, `up(x)`.
        return node
