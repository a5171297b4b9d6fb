"""The graph of an ONNX file: its nodes, the sizes of its weights, and what is stored beside them.

Fields are those of onnx.proto3 (IR version 3 to 13). Weights are skipped: only tensors of a few
numbers, which sizes may be computed from, have values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

Dimension: TypeAlias = int | str | None
"""A stored size: a number, a name or an expression, or nothing."""


class Constant(NamedTuple):
    """A tensor of the file. values: flat, if it has few elements and they are in the file."""

    name: str
    sizes: tuple[int, ...]
    element: int
    values: tuple[Any, ...] | None = None


class ValueInfo(NamedTuple):
    """What the file states of a tensor. sizes: None if it states none."""

    name: str
    sizes: tuple[Dimension, ...] | None
    metadata: Mapping[str, str] = {}


class Node(NamedTuple):
    """One operation. domain: empty for ONNX' own. inputs, outputs: empty names are left out."""

    name: str
    operation: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    metadata: Mapping[str, str] = {}


class Graph(NamedTuple):
    """The graph of a model, or of a branch or a loop in it.

    inputs: without the initializers, which old files repeat there.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[str, Constant]
    inputs: tuple[ValueInfo, ...]
    outputs: tuple[ValueInfo, ...]
    stored: Mapping[str, ValueInfo]


class Function(NamedTuple):
    """An operation that the model defines itself by other nodes."""

    name: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    defaults: Mapping[str, Any]


class OnnxFile(NamedTuple):
    """A model. opsets: the version of the operations by domain. producer: name and version."""

    graph: Graph
    opsets: Mapping[str, int]
    producer: str
    functions: Mapping[tuple[str, str], Function]


class Reference(NamedTuple):
    """An attribute in a function that takes the value of the caller's attribute."""

    name: str
