"""The values of expressions in a source file, one for each way in which the file reaches them.

A parameter has the values that the calls in the file give it, or its default where there is no such
call; the variable of a loop over known items has each of them. What the file binds in two ways has
no value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias, TypeVar

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.models.python_source.call_sites import (
    CallSites,
    Site,
    find_argument,
    find_default,
    find_others,
    is_open,
    list_fields,
)
from deconvcli.models.python_source.expressions import SourceReader, is_known
from deconvcli.models.python_source.frameworks import Resolver
from deconvcli.models.python_source.loops import UNKNOWN, list_loops, take_part
from deconvcli.models.python_source.scopes import (
    Binding,
    Call,
    Condition,
    Context,
    Loop,
    Scope,
    find_owner,
)
from deconvcli.models.python_source.source import Source
from deconvcli.models.python_source.ways import Exhausted, Fork, Unreached, Ways

MAX_WAYS = 64
"""The ways to reach one call that are followed."""
MAX_LINKS = 24
# Parts of expressions that are read for one call, where names depend on others, and for all calls.
MAX_STEPS = 10_000
MAX_STEPS_OF_FILE = 30_000
MAX_ITEMS = 64

Found = TypeVar("Found")
Partial: TypeAlias = tuple[ast.Call, Context]


class ReadCall(NamedTuple):
    """A call with values. variables: those that its arguments needed, as they are written."""

    call: PythonCall
    variables: Mapping[str, Any]


class Values:
    """The values in one file."""

    def __init__(self, source: Source, resolver: Resolver) -> None:
        self._resolver = resolver
        self._source = source
        self._sites = CallSites(source)
        self._steps = 0
        self._steps_left = MAX_STEPS_OF_FILE
        # The parameters and loops on which the last condition depends.
        self._deciding: set[Hashable] = set()

    def read_calls(self, call: Call, partial: Partial | None = None) -> Iterator[ReadCall]:
        """Yield a call for each way to reach it, once for each list of values.

        A value that only the program has is a Name. Nothing where the arguments are unpacked.
        partial: the call of `functools.partial` that gives the first arguments.
        """
        try:
            yield from self._follow(lambda ways: self._read_call(call, partial, ways))
        except Exhausted:
            # The kernel may be written in the call itself.
            reader = SourceReader(lambda _: UNKNOWN, lambda _: "", lambda _: None, lambda _: None)
            if partial is None:
                with suppress(UsageError):
                    yield ReadCall(reader.read_call(call.node), {})

    def list_variables(self, node: ast.AST, context: Context) -> list[Mapping[str, Any]]:
        """Return the values of the variables in a part of the code, for each way to reach it."""
        with suppress(Exhausted):
            return list(self._follow(lambda ways: self._list_variables(node, context, ways)))
        return []

    def _list_variables(self, node: ast.AST, context: Context, ways: Ways) -> Mapping[str, Any]:
        reader = self._make_reader(context, ways, 0)
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Load):
                reader.read(part)
        return reader.variables

    def _follow(self, read: Callable[[Ways], Found]) -> Iterator[Found]:
        """Yield what is read in each way to reach it, once for each answer."""
        waiting: list[Ways] = [{}]
        seen = set()
        self._steps = 0
        for _ in range(MAX_WAYS):
            if not waiting:
                return
            ways = waiting.pop(0)
            try:
                found = read(ways)
            except Fork as fork:
                choices = fork.choices[:MAX_WAYS]
                waiting += [{**ways, fork.key: choice} for choice in choices]
                continue
            except (UsageError, Unreached):
                continue
            if (text := repr(found)) not in seen:
                seen.add(text)
                yield found

    def _read_call(self, call: Call, partial: Partial | None, ways: Ways) -> ReadCall:
        ways = self._forget_impossible(call, ways)
        reader = self._make_reader(call.context, ways, 0)
        read = reader.read_call(call.node)
        if partial is not None:
            node, context = partial
            # Without the layer itself.
            own = ast.Call(node.func, node.args[1:], node.keywords)
            given = self._make_reader(context, ways, 0).read_call(own)
            read = read._replace(
                positional=(*given.positional, *read.positional),
                keywords={**given.keywords, **read.keywords},
            )
        return ReadCall(read, {name: reader.variables[name] for name in sorted(reader.used)})

    def _forget_impossible(self, call: Call, ways: Ways) -> Ways:
        """Return the ways without the values for which a condition around the call does not hold.

        Raises:
            Unreached: it does not hold for an item of a loop.
        """
        sites = [each.call for each in ways.values() if isinstance(each, Site)]
        for condition in [each for reached in (call, *sites) for each in reached.conditions]:
            while found := self._find_contrary(condition, ways):
                parameters = {each for each in found if not isinstance(each, Loop)}
                if not parameters:
                    raise Unreached
                ways = {**ways, **dict.fromkeys(parameters, UNKNOWN)}
        return ways

    def _find_contrary(self, condition: Condition, ways: Ways) -> set[Hashable] | None:
        """Return the parameters and loops for which a condition does not hold; None if it may."""
        self._deciding = set()
        try:
            value = self._evaluate(condition.test, condition.context, ways, 0)
        except Fork:
            return None  # nothing of the call depends on this choice
        is_contrary = is_known(value) and bool(value) is not condition.expected
        return self._deciding if is_contrary else None

    def _make_reader(self, context: Context, ways: Ways, links: int) -> SourceReader:
        """Return a reader of expressions that stand in one place."""
        return SourceReader(
            lambda node: self._find(node, context, ways, links + 1),
            lambda node: self._find_path(node, context.scope),
            lambda node: self._list_items(node, context, ways, links + 1),
            self._spend,
        )

    def _spend(self, steps: int) -> None:
        self._steps += steps
        self._steps_left -= steps
        if self._steps > MAX_STEPS or self._steps_left < 0:
            raise Exhausted

    def _find_path(self, node: ast.expr, scope: Scope) -> str | None:
        """Return the dotted name of a function, None for one of Python, empty for all others."""
        if isinstance(node, ast.Name) and scope.find(node.id) is None:
            return None
        paths = {*self._resolver.find_paths(node, scope)}
        return paths.pop() if len(paths) == 1 else ""

    def _evaluate(self, node: ast.expr, context: Context, ways: Ways, links: int) -> Any:
        if links > MAX_LINKS:
            return UNKNOWN
        with suppress(UsageError):
            return self._make_reader(context, ways, links).read(node)
        return UNKNOWN

    def _find(
        self, node: ast.Name | ast.Attribute, context: Context, ways: Ways, links: int
    ) -> Any:
        if isinstance(node, ast.Name):
            return self._find_variable(node.id, context, ways, links)
        owner = find_owner(node.value, context.scope)
        if owner is not None:
            return self._find_attribute(owner, node.attr, ways, links)
        owner = self._sites.find_class(node.value, context.scope)
        return UNKNOWN if owner is None else self._find_constant(owner, node.attr, ways, links)

    def _find_variable(self, name: str, context: Context, ways: Ways, links: int) -> Any:
        scope = context.scope.find(name)
        if scope is None:
            return UNKNOWN
        bindings, loops = scope.bindings[name], list_loops(context, scope)
        if all(isinstance(binding.node, Loop) for binding in bindings):
            around = [each for each in bindings if each.node in loops]
            # The innermost of several loops with a variable of this name.
            around.sort(key=lambda each: loops.index(each.node))
            return self._find_item(around[-1], name, ways, links) if around else UNKNOWN
        if len(bindings) > 1:
            return UNKNOWN
        [binding] = bindings
        if binding.node is not None and binding.node is scope.node:
            return self._find_parameter(scope, name, ways, links)
        return self._find_assigned(binding, loops, ways, links)

    def _find_assigned(
        self, binding: Binding, loops: Sequence[Loop], ways: Ways, links: int
    ) -> Any:
        # A variable that a loop assigns has the value of its last round after it.
        is_visible = all(loop in loops for loop in binding.context.loops)
        if binding.value is None or not is_visible:
            return UNKNOWN
        return self._evaluate(binding.value, binding.context, ways, links)

    def _find_parameter(self, scope: Scope, name: str, ways: Ways, links: int) -> Any:
        """Return what a call gives a parameter of a function, or a field of a class."""
        function = scope.node
        if function not in ways and (sites := self._sites.find(function)):
            raise Fork(function, sites)
        if (function, name) in ways:
            return UNKNOWN
        self._deciding.add((function, name))
        site = ways.get(function)
        if (others := find_others(function, name, site)) is not None:
            if others.value is None or others.context is None:
                return UNKNOWN
            return self._evaluate(others.value, others.context, ways, links)
        found = find_argument(function, name, site)
        if found is not None:
            return self._evaluate(found.value, found.context, ways, links)
        default = find_default(function, name)
        if default is None or is_open(site) or scope.parent is None:
            return UNKNOWN
        inside = scope if isinstance(function, ast.ClassDef) else scope.parent
        return self._evaluate(default, Context(inside), ways, links)

    def _find_attribute(self, owner: Scope, name: str, ways: Ways, links: int) -> Any:
        """Return the value of `self.name`, which the class or one of its methods gives."""
        given = owner.attributes.get(name, [])
        if self._sites.has_other(owner, name) or len(given) > 1:
            return UNKNOWN
        if not given:
            return self._find_constant(owner, name, ways, links)
        if name in owner.bindings:
            return UNKNOWN
        return self._find_assigned(given[0], (), ways, links)

    def _find_constant(self, owner: Scope, name: str, ways: Ways, links: int) -> Any:
        """Return the value of a name in the body of a class."""
        bindings = owner.bindings.get(name, [])
        if len(bindings) != 1 or name in owner.attributes:
            return UNKNOWN
        # The fields of a class without a constructor are its parameters: Flax and dataclasses.
        if "__init__" not in owner.bindings and name in dict(list_fields(owner.node)):
            return self._find_parameter(owner, name, ways, links)
        return self._find_assigned(bindings[0], (), ways, links)

    def _find_item(self, binding: Binding, name: str, ways: Ways, links: int) -> Any:
        """Return the value of a loop's variable."""
        loop = binding.node
        assert isinstance(loop, Loop)
        if loop not in ways:
            items = self._list_items(loop.iter, binding.context, ways, links)
            if items is None:
                return UNKNOWN
            raise Fork(loop, items)
        self._deciding.add(loop)
        return take_part(loop.target, ways[loop], name)

    def _list_items(
        self, node: ast.expr, context: Context, ways: Ways, links: int
    ) -> list[Any] | None:
        """Return what a loop passes through; None where only the program knows."""
        if links > MAX_LINKS:
            return None
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
                context.scope.find(name) is None  # no function of the file
            ):
                return self._list_made(name, arguments, context, ways, links)
            case (
                ast.ListComp(elt=item, generators=[loop])
                | ast.GeneratorExp(elt=item, generators=[loop])
            ) if not loop.ifs:
                inner = Context(self._source.scopes[node], (loop,))
                items = self._list_items(loop.iter, context, ways, links + 1)
                return items and [
                    self._evaluate(item, inner, {**ways, loop: each}, links + 1) for each in items
                ]
            case ast.ListComp() | ast.GeneratorExp():
                return None
        found = self._evaluate(node, context, ways, links)
        return found if isinstance(found, list) and len(found) <= MAX_ITEMS else None

    def _list_made(
        self, name: str, nodes: Sequence[ast.expr], context: Context, ways: Ways, links: int
    ) -> list[Any] | None:
        """Return the items of range(3), zip(a, b), enumerate(a) and reversed(a)."""
        if name == "range":
            values = [self._evaluate(each, context, ways, links) for each in nodes]
            if 1 <= len(values) <= 3 and all(type(value) is int for value in values):
                with suppress(ValueError):  # a step of 0
                    found = range(*values)
                    return list(found) if len(found) <= MAX_ITEMS else None
            return None
        if name == "enumerate" and len(nodes) == 2:
            items = self._list_items(nodes[0], context, ways, links)
            start = self._evaluate(nodes[1], context, ways, links)
            is_plain = items is not None and type(start) is int
            return [list(each) for each in enumerate(items or (), start)] if is_plain else None
        lists = [self._list_items(each, context, ways, links) for each in nodes]
        known = [each for each in lists if each is not None]
        if not known or len(known) < len(lists):
            return None
        if name == "zip":
            # Not strict: zip ends with the shortest.
            return [list(each) for each in zip(*known, strict=False)]
        if len(known) == 1 and name in ("list", "tuple"):
            return known[0]
        if len(known) == 1 and name == "enumerate":
            return [[number, each] for number, each in enumerate(known[0])]
        return known[0][::-1] if len(known) == 1 and name == "reversed" else None
