"""An archive of torch.export (`.pt2`) as data; only its graph is opened, nothing is executed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.files import StrPath, describe_os_error
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.models.exported.parsing import parse_expression
from deconvcli.models.expressions import Expression, Size
from deconvcli.models.places import Place, find_place
from deconvcli.models.stored_text import open_archive, parse_json, read_member

_GRAPH = re.compile(r"[^/]+/models/([^/]+)\.json")
_OLD = ("serialized_exported_program.json", "version")


class Tensor(NamedTuple):
    """A tensor among the arguments of an operation, by its name."""

    name: str


class Operation(NamedTuple):
    """One call of the graph. target: `aten.conv_transpose2d.input`. module: `main.0`.

    arguments: by the names of the operation's schema; defaults are absent.
    """

    name: str
    target: str
    arguments: Mapping[str, Any]
    outputs: tuple[str, ...]
    module: str
    place: Place | None


class Range(NamedTuple):
    """The values that a symbol may have; None for an open end."""

    least: int | None
    most: int | None


class Program(NamedTuple):
    """A saved program. inputs: the names of the tensors that a caller gives, in order.

    parameters: the names of the trained tensors. sizes: of every tensor. symbols: the ranges of
    those in the sizes, hints: the values with which it was exported. guards: conditions on the
    sizes of the inputs, for which the program was made.
    """

    name: str
    inputs: tuple[str, ...]
    parameters: frozenset[str]
    sizes: Mapping[str, tuple[Size, ...]]
    operations: tuple[Operation, ...]
    symbols: Mapping[str, Range]
    hints: Mapping[str, int]
    guards: tuple[Expression, ...]
    version: str


def read_programs(path: StrPath) -> list[Program]:
    """Return the programs of an archive, which mostly has one.

    Raises:
        Unreadable: it is no archive of torch.export, or damaged, or a part is too large.
    """
    try:
        with open_archive(path) as archive:
            return [_read_program(graph, data) for graph, data in _open_graphs(archive)]
    except OSError as error:
        raise refuse(f"cannot be read: {describe_os_error(error)}") from error
    # NotImplementedError: an unknown compression; RuntimeError: an encrypted member.
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise refuse(f"is damaged: {error}") from error


def refuse(reason: str) -> Unreadable:
    """Return the error for a file that is no such program."""
    return Unreadable(f"the file {reason}", help="save the program again with torch.export.save.")


@contextmanager
def refuse_other_forms() -> Iterator[None]:
    """Turn what goes wrong with fields of another form than PyTorch's into an error for people."""
    try:
        yield
    except RecursionError:
        raise refuse("is nested too deep") from None
    # Whatever a field has in place of what it should have.
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        reason = shorten(f"{type(error).__name__}: {error}", 100)
        raise refuse(f"is no exported program as PyTorch writes them ({reason})") from error


def _open_graphs(archive: ZipFile) -> Iterator[tuple[str, Any]]:
    """Yield the name and the content of each graph in the archive."""
    members = archive.infolist()
    names = [member.filename for member in members]
    found = [member for member in members if _GRAPH.fullmatch(member.filename)]
    if not found and set(_OLD) & {PurePosixPath(member).name for member in names}:
        raise refuse("is in the format of PyTorch 2.7 or older, which is not read")
    if not found:
        raise refuse("has no exported program (NAME/models/NAME.json)")
    for member in found:
        text = read_member(archive, member.filename)
        match = _GRAPH.fullmatch(member.filename)
        assert match is not None
        try:
            yield match[1], parse_json(text)
        except RecursionError:
            raise refuse(f"{member.filename} is nested too deep") from None


def _read_program(graph: str, data: Any) -> Program:
    try:
        with refuse_other_forms():
            return _Reader(data).read(graph)
    except UsageError as error:
        raise refuse(f"cannot be read: {error.message}") from error


class _Reader:
    """The reader of one graph; equal expressions are parsed once."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._parsed: dict[str, Expression] = {}
        self._hints: dict[str, int] = {}
        self._integers: Mapping[str, Any] = data["graph_module"]["graph"].get("sym_int_values", {})

    def read(self, name: str) -> Program:
        """Return the program."""
        graph = self._data["graph_module"]["graph"]
        specifications = self._data["graph_module"]["signature"]["input_specs"]
        inputs = [
            argument["as_tensor"]["name"]
            for specification in specifications
            if (argument := specification.get("user_input", {}).get("arg", {})).get("as_tensor")
        ]
        sizes = {
            tensor: tuple([self._size(size) for size in meta["sizes"]])
            for tensor, meta in graph["tensor_values"].items()
        }
        return Program(
            name,
            tuple(inputs),
            frozenset(
                [one["parameter"]["arg"]["name"] for one in specifications if "parameter" in one]
            ),
            sizes,
            tuple([self._operation(node) for node in graph["nodes"]]),
            {
                symbol: Range(_number(limits["min_val"]), _number(limits["max_val"]))
                for symbol, limits in self._data.get("range_constraints", {}).items()
            },
            self._hints,
            tuple(self._guards(self._data.get("guards_code") or [])),
            str(self._data.get("torch_version", "")),
        )

    def _guards(self, texts: Iterable[str]) -> Iterator[Expression]:
        for text in texts:
            try:
                yield parse_expression(text)
            # A guard on something other than a size, such as a flag: no size can break it.
            except UsageError:
                continue

    def _size(self, value: Any) -> Size:
        """Return a size or a number of an argument: an integer, or an expression of symbols."""
        if "as_int" in value:
            return int(value["as_int"])
        if "as_name" in value:
            known = self._integers.get(value["as_name"])
            return Expression("name", (value["as_name"],)) if known is None else self._size(known)
        text = value["as_expr"]["expr_str"]
        if text not in self._parsed:
            found = self._parsed[text] = parse_expression(text)
            hint = (value["as_expr"].get("hint") or {}).get("as_int")
            if found.operation == "name" and type(hint) is int:
                self._hints[found.operands[0]] = hint
        return self._parsed[text]

    def _operation(self, node: Any) -> Operation:
        metadata = node.get("metadata") or {}
        outputs = [
            one["name"]
            for output in node["outputs"]
            for kind, value in output.items()
            for one in (value if isinstance(value, list) else [value])
            if kind in ("as_tensor", "as_tensors", "as_optional_tensors") and "name" in one
        ]
        return Operation(
            node.get("name") or (outputs or [""])[0],
            node["target"].removeprefix("torch.ops."),
            {one["name"]: self._argument(one["arg"]) for one in node["inputs"]},
            tuple(outputs),
            _last_module(metadata.get("nn_module_stack", "")),
            find_place(metadata.get("stack_trace", "")),
        )

    def _argument(self, argument: Any) -> Any:
        """Return a tensor, a number, a list of these, a text, or None."""
        [(kind, value)] = argument.items()
        match kind:
            case "as_tensor":
                return Tensor(value["name"])
            case "as_tensors":
                return [Tensor(one["name"]) for one in value]
            case "as_optional_tensors":
                return [
                    Tensor(one["as_tensor"]["name"]) if "as_tensor" in one else None
                    for one in value
                ]
            case "as_sym_int":
                return self._size(value)
            case "as_sym_ints":
                return [self._size(one) for one in value]
            case "as_none":
                return None
        return value


def _number(value: Any) -> int | None:
    """Return a limit of a symbol; PyTorch stores infinity as a text or as the largest number."""
    return value if type(value) is int and abs(value) < MAX_INT64 else None


def _last_module(stack: str) -> str:
    """Return `main.0`, the path of the innermost module."""
    return stack.rpartition(";")[2].split(",")[1] if "," in stack else ""
