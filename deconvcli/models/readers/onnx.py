"""Models of ONNX, from any exporter.

Suffixes: .onnx.

Recognised by the fields of the wire format: a model with a graph. Weights and external files are
not opened. The sizes of all tensors come from a walk over the graph; numbers that the file stores
are compared with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import shorten_list
from deconvcli.layers.text import size_text
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import GivenSizes, Model, ModelLayer, Reader, Sizes
from deconvcli.models.onnx_model.file import read_onnx
from deconvcli.models.onnx_model.graph import Constant, Node, OnnxFile
from deconvcli.models.places import find_place
from deconvcli.models.walk.tensors import Tensor
from deconvcli.models.walk.walking import Outcome, Walked, walk

_TRACE = "pkg.torch.onnx.stack_trace"
_SCOPES = "pkg.torch.onnx.name_scopes"
_QUOTED = re.compile(r"'([^']*)'")
# Their constants are numbers that the sizes come from, and no trained parameters.
_UNTRAINED = {"Clip", "Pad", "Resize", "Upsample"}
# TensorProto.DataType: the types of trained numbers.
_FLOATS = {1, 10, 11, 16, 17, 18, 19, 20}


class Onnx(Reader):
    """ONNX models, IR version 3 and later."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model; sizes of inputs that are open in the file are unknown."""
        file = read_onnx(path)
        stored = {one.name: one.sizes for one in file.graph.inputs}
        given = match_inputs(sizes, stored)
        inputs = {
            name: Tensor(_list_numbers(given.get(name, shape))) for name, shape in stored.items()
        }
        walked = walk(file, inputs)
        return _Model(file, walked, given).build()


def _list_numbers(sizes: Any) -> tuple[int | None, ...] | None:
    if sizes is None:
        return None
    return tuple([size if isinstance(size, int) else None for size in sizes])


class _Model:
    """The answer for one file that has been walked."""

    def __init__(self, file: OnnxFile, walked: Walked, given: Mapping[str, Any]) -> None:
        self._file = file
        self._walked = walked
        self._given = given

    def build(self) -> Model:
        """Return the model."""
        constants = self._file.graph.constants
        return Model(
            f"ONNX, {self._file.producer}" if self._file.producer else "ONNX",
            {
                name: _write(tensor)
                for name, tensor in self._walked.tensors.items()
                if name and name not in constants
            },
            tuple([self._layer(one) for one in self._walked.outcomes if _is_layer(one)]),
            (*self._find_failures(), *self._compare()),
            tuple(self._notes()),
        )

    def _layer(self, outcome: Outcome) -> ModelLayer:
        node = outcome.node
        sizes = outcome.outputs[0].sizes
        is_known = sizes is not None and None not in sizes
        weights = [self._file.graph.constants.get(name) for name in node.inputs]
        return ModelLayer(
            _name(node),
            node.operation,
            _write(outcome.outputs[0]) if is_known else None,
            sum(prod(one.sizes) for one in weights if one is not None and _is_trained(node, one)),
            outcome.reading,
            str(find_place(node.metadata.get(_TRACE, "")) or ""),
        )

    def _find_failures(self) -> Iterator[Diagnostic]:
        """Yield a finding for each operation that nothing can compute at these sizes."""
        for outcome in self._walked.outcomes:
            if outcome.finding is not None:
                place = find_place(outcome.node.metadata.get(_TRACE, ""))
                name = f"{_name(outcome.node)} ({place})" if place else _name(outcome.node)
                message = f"{name}: {outcome.finding.message}"
                yield outcome.finding._replace(message=message)

    def _compare(self) -> Iterator[Diagnostic]:
        """Yield a finding where a number that the file stores is not ours."""
        if self._has_other_sizes():
            return
        for name, stored in self._file.graph.stored.items():
            tensor = self._walked.tensors.get(name)
            if tensor is None or tensor.sizes is None or stored.sizes is None:
                continue
            pairs = list(zip(tensor.sizes, stored.sizes, strict=False))
            differs = any(
                isinstance(one, int) and isinstance(other, int) and one != other
                for one, other in pairs
            )
            if differs or len(tensor.sizes) != len(stored.sizes):
                yield Diagnostic(
                    "expect",
                    Severity.ERROR,
                    f"{name}: the file stores {_write_dimensions(stored.sizes)}, its operations"
                    f" give {_write_dimensions(tensor.sizes)}",
                    "export the model again; its sizes and its operations do not agree.",
                )

    def _has_other_sizes(self) -> bool:
        """Return whether sizes were given that are not those of the file."""
        return any(
            isinstance(own, int) and own != size
            for one in self._file.graph.inputs
            for own, size in zip(one.sizes or (), self._given.get(one.name, ()), strict=False)
        )

    def _notes(self) -> Iterator[str]:
        for one in self._file.graph.inputs:
            sizes = self._walked.tensors[one.name].sizes
            if sizes is None or None in sizes:
                stored = "no size" if one.sizes is None else _write_dimensions(one.sizes)
                yield f"{one.name} has open sizes ({stored}); give them with --size"
        if self._walked.unknown:
            named = [f"{name} ({count})" for name, count in self._walked.unknown.items()]
            yield f"sizes after these operations are not known: {shorten_list(named)}"


def _write_dimensions(sizes: Any) -> str:
    return size_text(["?" if size is None else size for size in sizes])


def _write(tensor: Tensor) -> Sizes | None:
    """Return the sizes of a tensor; None where not even their number is known."""
    if tensor.sizes is None:
        return None
    return tuple([size if isinstance(size, int | None) else str(size) for size in tensor.sizes])


def _is_layer(outcome: Outcome) -> bool:
    """Return whether a node is more than a step in the computation of sizes."""
    return any(tensor.values is None for tensor in outcome.outputs)


def _is_trained(node: Node, constant: Constant) -> bool:
    is_number = constant.element in _FLOATS and bool(constant.sizes)
    return is_number and node.operation not in _UNTRAINED


def _name(node: Node) -> str:
    """Return the module that PyTorch names, else the name of the node or of its output."""
    scopes = _QUOTED.findall(node.metadata.get(_SCOPES, ""))
    module = scopes[-2] if len(scopes) > 1 else ""
    return module or node.name or next(filter(None, node.outputs), node.operation)


READER: Reader = Onnx()
