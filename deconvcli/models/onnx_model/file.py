"""An ONNX file, opened without reading its weights."""

from __future__ import annotations

import mmap
import os
from typing import Any

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import StrPath, describe_os_error
from deconvcli.models.onnx_model.graph import (
    Constant,
    Dimension,
    Function,
    Graph,
    Node,
    OnnxFile,
    Reference,
    ValueInfo,
)
from deconvcli.models.onnx_model.tensors import read_sparse, read_tensor
from deconvcli.models.onnx_model.wire import (
    Data,
    Span,
    iter_fields,
    make_signed,
    read_floats,
    read_integers,
    read_text,
    refuse,
    require_span,
)

MAX_NODES = 100_000
MAX_DEPTH = 16
MAX_NUMBERS = 4096
"""The most numbers of a list in an attribute."""

LARGE_TENSOR = 2**18


def read_onnx(path: StrPath) -> OnnxFile:
    """Return the model in a file; its weights and external files are not opened.

    Raises:
        Unreadable: it cannot be read, is no ONNX model, damaged, or too large.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise refuse("is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(data).read(Span(0, size))
    except (OSError, ValueError) as error:
        reason = describe_os_error(error)
        raise Unreadable(
            f"the file cannot be read: {reason}", help="name a file that exists."
        ) from error


class _Reader:
    """The reader of one file."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._nodes = 0

    def read(self, whole: Span) -> OnnxFile:
        """Return the model."""
        graphs: list[Span] = []
        functions: list[Span] = []
        opsets: dict[str, int] = {}
        producer = {2: "", 3: ""}
        for number, value in iter_fields(self._data, whole):
            if number == 7:
                graphs.append(require_span(value))
            elif number == 8:
                opsets |= [self._opset(require_span(value))]
            elif number == 25:
                functions.append(require_span(value))
            elif number in producer:
                producer[number] = read_text(self._data, value, 100)
        if not graphs:
            raise refuse("is no ONNX model: it has no graph")
        if len(graphs) > 1:
            raise refuse("has two graphs")
        known = [self._function(span) for span in functions]
        return OnnxFile(
            self._graph(graphs[0], 0),
            opsets,
            " ".join(producer.values()).strip(),
            {(one.domain, one.name): one for one in known},
        )

    def _opset(self, span: Span) -> tuple[str, int]:
        domain, version = "", 0
        for number, value in iter_fields(self._data, span):
            if number == 1:
                domain = read_text(self._data, value, 100)
            elif number == 2:
                version = make_signed(value)
        return ("" if domain == "ai.onnx" else domain), version

    def _graph(self, span: Span, depth: int) -> Graph:
        if depth > MAX_DEPTH:
            raise refuse(f"has graphs nested more than {MAX_DEPTH} deep")
        nodes: list[Node] = []
        constants: dict[str, Constant] = {}
        infos: dict[int, list[ValueInfo]] = {11: [], 12: [], 13: []}
        for number, value in iter_fields(self._data, span):
            if number == 1:
                nodes.append(self._node(require_span(value), depth))
            elif number == 5:
                constant = read_tensor(self._data, require_span(value))
                constants[constant.name] = constant
                self._forget(require_span(value))
            elif number == 15:
                constant = read_sparse(self._data, require_span(value))
                constants[constant.name] = constant
            elif number in infos:
                infos[number].append(self._value_info(require_span(value)))
        return Graph(
            tuple(nodes),
            constants,
            tuple([one for one in infos[11] if one.name not in constants]),
            tuple(infos[12]),
            {one.name: one for one in (*infos[12], *infos[13])},
        )

    def _forget(self, span: Span) -> None:
        """Take the file's pages out of memory after a large tensor.

        The system maps far more of a file than is read: all of 60 MB for a few hundred headers.
        """
        advice = getattr(mmap, "MADV_DONTNEED", None)
        if advice is not None and span.size > LARGE_TENSOR and isinstance(self._data, mmap.mmap):
            self._data.madvise(advice)

    def _node(self, span: Span, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise refuse(f"has more than {MAX_NODES:,} nodes")
        inputs: list[str] = []
        outputs: list[str] = []
        texts = {3: "", 4: "", 7: ""}
        attributes: dict[str, Any] = {}
        metadata: dict[str, str] = {}
        for number, value in iter_fields(self._data, span):
            if number == 1:
                inputs.append(read_text(self._data, value))
            elif number == 2:
                outputs.append(read_text(self._data, value))
            elif number in texts:
                texts[number] = read_text(self._data, value)
            elif number == 5:
                attributes |= [self._attribute(require_span(value), depth)]
            elif number == 9:
                metadata |= [self._entry(require_span(value))]
        name, operation, domain = texts.values()
        if not operation:
            raise refuse("is no ONNX model, or damaged: a node has no operation")
        return Node(
            name,
            operation,
            "" if domain == "ai.onnx" else domain,
            tuple(inputs),
            tuple(outputs),
            attributes,
            metadata,
        )

    def _entry(self, span: Span) -> tuple[str, str]:
        texts = {1: "", 2: ""}
        for number, value in iter_fields(self._data, span):
            if number in texts:
                texts[number] = read_text(self._data, value)
        return texts[1], texts[2]

    def _attribute(self, span: Span, depth: int) -> tuple[str, Any]:
        """Return the name and the value; lists that are too long have none."""
        name = ""
        value: Any = None
        numbers: list[Any] = []
        kind = 0
        for number, field in iter_fields(self._data, span):
            match number:
                case 1:
                    name = read_text(self._data, field, 200)
                case 2:
                    value = next(iter(read_floats(self._data, field, 1)), None)
                case 3:
                    value = make_signed(field)
                case 4:
                    value = read_text(self._data, field, 2000)
                case 5:
                    value = read_tensor(self._data, require_span(field))
                case 6:
                    value = self._graph(require_span(field), depth + 1)
                case 7:
                    kind = 6
                    numbers += read_floats(self._data, field, MAX_NUMBERS)
                case 8:
                    kind = 7
                    numbers += read_integers(self._data, field, MAX_NUMBERS)
                case 9:
                    kind = 8
                    numbers.append(read_text(self._data, field, 200))
                case 20:
                    kind = make_signed(field)
                case 21:
                    value = Reference(read_text(self._data, field, 200))
                case 22:
                    value = read_sparse(self._data, require_span(field))
            if len(numbers) > MAX_NUMBERS:
                return name, None
        # 6 to 8: lists, of which empty ones have no field.
        return name, numbers if kind in (6, 7, 8) and value is None else value

    def _value_info(self, span: Span) -> ValueInfo:
        name, sizes = "", None
        metadata: dict[str, str] = {}
        for number, value in iter_fields(self._data, span):
            if number == 1:
                name = read_text(self._data, value)
            elif number == 2:
                sizes = self._type(require_span(value))
            elif number == 4:
                metadata |= [self._entry(require_span(value))]
        return ValueInfo(name, sizes, metadata)

    def _type(self, span: Span) -> tuple[Dimension, ...] | None:
        """Return the sizes of a tensor; None for a sequence, and where none are stated."""
        for number, value in iter_fields(self._data, span):
            if number != 1:
                continue
            for inner, shape in iter_fields(self._data, require_span(value)):
                if inner == 2:
                    fields = iter_fields(self._data, require_span(shape))
                    return tuple(
                        [self._dimension(require_span(one)) for n, one in fields if n == 1]
                    )
        return None

    def _dimension(self, span: Span) -> Dimension:
        found: Dimension = None
        for number, value in iter_fields(self._data, span):
            if number == 1:
                size = make_signed(value)
                # Paddle writes -1 for an open size.
                found = size if size >= 0 else None
            elif number == 2:
                found = read_text(self._data, value, 4096) or None
        return found

    def _function(self, span: Span) -> Function:
        texts = {1: "", 10: ""}
        names: dict[int, list[str]] = {4: [], 5: []}
        nodes: list[Node] = []
        defaults: dict[str, Any] = {}
        for number, value in iter_fields(self._data, span):
            if number in texts:
                texts[number] = read_text(self._data, value, 200)
            elif number in names:
                names[number].append(read_text(self._data, value))
            elif number == 7:
                nodes.append(self._node(require_span(value), 0))
            elif number == 11:
                defaults |= [self._attribute(require_span(value), 0)]
        return Function(
            texts[1], texts[10], tuple(names[4]), tuple(names[5]), tuple(nodes), defaults
        )
