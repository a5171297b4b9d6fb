"""Models of ONNX, from any exporter.

Suffixes: .onnx.

Recognised by the fields of the wire format: a model with a graph. Weights and external files are
not opened. The sizes of all tensors come from a walk over the graph; numbers that the file stores
are compared with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import shorten_list
from deconvcli.layers.layer import Reading
from deconvcli.models.exported.parsing import parse_expression
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import (
    GivenSizes,
    Model,
    ModelLayer,
    ModelStep,
    ModelSteps,
    Reader,
    Sizes,
    keep_connected,
    write_sizes,
)
from deconvcli.models.onnx_model.file import read_onnx
from deconvcli.models.onnx_model.graph import Constant, Dimension, Graph, Node, OnnxFile
from deconvcli.models.onnx_model.letters import name_open_sizes
from deconvcli.models.places import find_place
from deconvcli.models.steps.onnx import describe_step
from deconvcli.models.walk.box import (
    BoxSize,
    find_letters,
    find_steps,
)
from deconvcli.models.walk.explaining import (
    explain_letters,
    find_fixed_sizes,
    find_stretched,
    list_open_axes,
)
from deconvcli.models.walk.opening import Inputs, Opened, find_places, list_fresh, walk_open
from deconvcli.models.walk.restarting import walk_with_restarts
from deconvcli.models.walk.samples import SAMPLE, find_sample, walk_near, write_tensor
from deconvcli.models.walk.tensors import Call, OpenSize, Problem, Tensor
from deconvcli.models.walk.transposed import transpose_convolution
from deconvcli.models.walk.walking import Outcome, Walker

_TRACE = "pkg.torch.onnx.stack_trace"
_SCOPES = "pkg.torch.onnx.name_scopes"
_QUOTED = re.compile(r"'([^']*)'")
# A name in a stored formula, and no function.
_SYMBOL = re.compile(r"[A-Za-z_]\w*\b(?!\s*\()")
MAX_FORMULA = 1000
# Their constants are numbers that the sizes come from, and no trained parameters.
_UNTRAINED = {"Clip", "Pad", "Resize", "Upsample"}
# TensorProto.DataType: the types of trained numbers.
_FLOATS = {1, 10, 11, 16, 17, 18, 19, 20}


class Onnx(Reader):
    """ONNX models, IR version 3 and later."""

    finds_working = True

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model; sizes of inputs that are open in the file are letters."""
        file = read_onnx(path)
        stored = {one.name: one.sizes for one in file.graph.inputs}
        given = match_inputs(sizes, stored)
        inputs = name_open_sizes(file.graph, given)
        walker = Walker(file)
        opened = walk_with_restarts(walker, inputs)
        joined = (
            list(find_stretched(walk_near(walker, inputs)))
            if given and not find_places(inputs)
            else []
        )
        return _Model(file, opened, inputs, given).build(joined)

    def list_steps(self, path: str, sizes: GivenSizes) -> ModelSteps:
        """Return the operations at sizes in numbers; where they are open, none is a step."""
        file = read_onnx(path)
        inputs = name_open_sizes(
            file.graph, match_inputs(sizes, {one.name: one.sizes for one in file.graph.inputs})
        )
        walked = walk_open(Walker(file), inputs).walked
        version = file.opsets.get("", 1)
        steps = [
            ModelStep(
                _name(one.node),
                one.node.operation,
                tuple(_list_takes(one.node, walked.tensors)),
                tuple(filter(None, one.node.outputs)),
                write_tensor(one.outputs[0]),
                describe_step(
                    Call(one.node.operation, one.inputs, one.node.attributes, version),
                    one.outputs,
                ),
            )
            for one in walked.outcomes
            if _is_layer(one)
        ]
        given = {name: write_tensor(Tensor(shape)) for name, shape in inputs.items()}
        return ModelSteps("onnx", given, keep_connected(steps, inputs))


class _Model:
    """The answer for one file that has been walked."""

    def __init__(
        self,
        file: OnnxFile,
        opened: Opened,
        inputs: Inputs,
        given: Mapping[str, Any],
    ) -> None:
        self._file = file
        self._walked = opened.walked
        self._opened = opened
        self._inputs = inputs
        self._given = given
        self._fresh = set(list_fresh(opened.fresh))

    def build(self, joined: Sequence[tuple[Outcome, Diagnostic]]) -> Model:
        """Return the model. joined: findings of tensors that are joined by accident."""
        constants = self._file.graph.constants
        return Model(
            f"ONNX, {self._file.producer}" if self._file.producer else "ONNX",
            {
                name: self._write_certain(tensor)
                for name, tensor in self._walked.tensors.items()
                if name and name not in constants
            },
            keep_connected(
                [self._layer(one) for one in self._walked.outcomes if _is_layer(one)],
                self._inputs,
            ),
            (
                *self._find_failures(),
                *self._compare(),
                *[_place(*one) for one in find_fixed_sizes(self._inputs, self._opened)],
                *[_place(*one) for one in joined],
            ),
            tuple(self._notes()),
            open_axes=tuple(list_open_axes(self._inputs, self._opened)),
        )

    def _write_certain(self, tensor: Tensor) -> Sizes | None:
        """Return the sizes of a tensor, without those in letters that depend on values."""
        if not self._fresh or tensor.sizes is None or not any(map(self._is_fresh, tensor.sizes)):
            return write_tensor(tensor)
        return write_tensor(
            Tensor(tuple([None if self._is_fresh(size) else size for size in tensor.sizes]))
        )

    def _is_fresh(self, size: OpenSize) -> bool:
        return not self._fresh.isdisjoint(find_letters([size]))

    def _layer(self, outcome: Outcome) -> ModelLayer:
        node = outcome.node
        sizes = outcome.outputs[0].sizes
        is_known = sizes is not None and any(size is not None for size in sizes)
        weights = [self._file.graph.constants.get(name) for name in node.inputs]
        return ModelLayer(
            _name(node),
            node.operation,
            write_tensor(outcome.outputs[0]) if is_known else None,
            sum(prod(one.sizes) for one in weights if one is not None and _is_trained(node, one)),
            self._read(outcome),
            str(find_place(node.metadata.get(_TRACE, "")) or ""),
            takes=tuple(_list_takes(node, self._walked.tensors)),
            gives=tuple(filter(None, node.outputs)),
        )

    def _read(self, outcome: Outcome) -> Reading | None:
        """Return a transposed convolution, at large sizes where its own are open or unknown."""
        node, given = outcome.node, outcome.inputs[0] if outcome.inputs else None
        if outcome.reading is not None or node.operation != "ConvTranspose" or given is None:
            return outcome.reading
        weights = outcome.inputs[1].rank if len(outcome.inputs) > 1 and outcome.inputs[1] else None
        sizes = given.sizes or (None,) * (weights or 0)
        if len(sizes) < 3:
            return None
        # The channels are those of the weights where they are not known.
        numbers = [1, sizes[1], *map(find_sample, sizes[2:])]
        inputs = (Tensor(tuple(numbers)), *outcome.inputs[1:])
        call = Call(node.operation, inputs, node.attributes, self._file.opsets.get("", 1))
        try:
            return transpose_convolution(call)[1]
        except Problem:
            return None

    def _find_failures(self) -> Iterator[Diagnostic]:
        """Yield a finding for each operation that nothing can compute at these sizes."""
        for outcome in self._walked.outcomes:
            finding = outcome.finding
            # At other lengths than ours it may not fail.
            if finding is not None and self._fresh.isdisjoint(outcome.letters):
                yield _place(outcome, finding)

    def _compare(self) -> Iterator[Diagnostic]:
        """Yield a finding where a number that the file stores is not ours."""
        if self._has_other_sizes():
            return
        for name, stored in self._file.graph.stored.items():
            tensor = self._walked.tensors.get(name)
            if tensor is None or tensor.sizes is None or stored.sizes is None:
                continue
            pairs = zip(tensor.sizes, stored.sizes, strict=False)
            differs = any(self._differs(own, other) for own, other in pairs)
            if differs or len(tensor.sizes) != len(stored.sizes):
                yield Diagnostic(
                    "expect",
                    Severity.ERROR,
                    f"{name}: the file stores {write_sizes(stored.sizes)}, its operations"
                    f" give {write_sizes(tensor.sizes)}",
                    "export the model again; its sizes and its operations do not agree.",
                )

    def _differs(self, own: OpenSize, stored: Dimension) -> bool:
        """Return whether a stored number or formula is not ours; names alone are not compared."""
        if isinstance(own, int) and isinstance(stored, int):
            return own != stored
        if own is None or not isinstance(stored, str) or self._opened.box is None:
            return False
        try:
            formula = parse_expression(_SYMBOL.sub(r"Symbol('\g<0>')", stored[:MAX_FORMULA]))
        except UsageError:
            return False
        box = self._opened.box
        if formula.operation == "name" or not formula.names() <= set(box):
            return False
        for least in (0, SAMPLE):
            steps = find_steps(box, least)
            values = {letter: run.first + run.period * steps[letter] for letter, run in box.items()}
            found = formula.evaluate(values)
            number = own.at(steps) if isinstance(own, BoxSize) else own
            if found is not None and found != number:
                return True
        return False

    def _has_other_sizes(self) -> bool:
        """Return whether sizes were given that are not those of the file."""
        return any(
            isinstance(own, int) and own != size
            for one in self._file.graph.inputs
            for own, size in zip(one.sizes or (), self._given.get(one.name, ()), strict=False)
        )

    def _notes(self) -> Iterator[str]:
        yield from explain_letters(self._inputs, self._opened)
        for name, axes in self._opened.fresh.items():
            for axis, letter in axes.items():
                yield f"{letter} is axis {axis} of {name}, a length that depends on values"
        for name, shape in self._inputs.items():
            if shape is None:
                yield f"{name} has no size in the file; give it with --size"
        if self._walked.unknown:
            named = [f"{name} ({count})" for name, count in self._walked.unknown.items()]
            yield f"sizes after these operations are not known: {shorten_list(named)}"


def _place(outcome: Outcome | None, finding: Diagnostic) -> Diagnostic:
    """Return a finding with the operation, and the line of source where the file has it."""
    if outcome is None:
        return finding
    place = find_place(outcome.node.metadata.get(_TRACE, ""))
    name = f"{_name(outcome.node)} ({place})" if place else _name(outcome.node)
    return finding._replace(message=f"{name}: {finding.message}")


def _is_layer(outcome: Outcome) -> bool:
    """Return whether a node is more than a step in the computation of sizes."""
    return any(tensor.values is None for tensor in outcome.outputs)


def _list_takes(node: Node, known: Mapping[str, Tensor]) -> Iterator[str]:
    """Yield the tensors that a node takes, with those inside the branches of an `If`."""
    yield from node.inputs
    graphs = [value for value in node.attributes.values() if isinstance(value, Graph)]
    made = [one.name for graph in graphs for one in graph.outputs if one.name in known]
    # Of a branch that is followed its outputs, else all that any of them might need.
    yield from made or [name for graph in graphs for one in graph.nodes for name in one.inputs]


def _is_trained(node: Node, constant: Constant) -> bool:
    is_number = constant.element in _FLOATS and bool(constant.sizes)
    return is_number and node.operation not in _UNTRAINED


def _name(node: Node) -> str:
    """Return the module that PyTorch names, else the name of the node or of its output."""
    scopes = _QUOTED.findall(node.metadata.get(_SCOPES, ""))
    module = scopes[-2] if len(scopes) > 1 else ""
    return module or node.name or next(filter(None, node.outputs), node.operation)


READER: Reader = Onnx()
