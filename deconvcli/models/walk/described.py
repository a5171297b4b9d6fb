"""The answer for a file that describes its layers: the walk through them, and what it shows.

Unlike ONNX, such formats store no sizes besides those of their inputs, nor that one is open, and
each layer is a line or a block of text, to which findings point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from deconvcli.common.findings import Diagnostic, Where
from deconvcli.common.values import shorten_list
from deconvcli.layers.layer import Reading
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import GivenSizes, Model, ModelLayer, keep_connected
from deconvcli.models.onnx_model.graph import Graph, Node, OnnxFile, ValueInfo
from deconvcli.models.onnx_model.letters import name_open_sizes
from deconvcli.models.walk.explaining import (
    explain_letters,
    find_stretched,
    list_open_axes,
)
from deconvcli.models.walk.opening import Inputs, Opened, find_places, walk_open
from deconvcli.models.walk.samples import find_sample, walk_near, write_tensor
from deconvcli.models.walk.tensors import Call, Problem, Tensor
from deconvcli.models.walk.walking import Format, Outcome, Walker

_Stored: TypeAlias = tuple[int | str | None, ...] | None


class Description(NamedTuple):
    """The layers of a file, each after those that it takes tensors from.

    nodes: with the number of their line as metadata. inputs: the sizes that the file has, by name.
    count_parameters: of a layer. text: the file, in which the lines are.
    """

    title: str
    nodes: tuple[Node, ...]
    inputs: Mapping[str, _Stored]
    format: Format
    count_parameters: Callable[[Node, tuple[Tensor | None, ...]], int]
    text: str


def walk_description(described: Description, sizes: GivenSizes) -> Model:
    """Return the model at these sizes of its inputs; those that the file leaves open are letters.

    Raises:
        UsageError: an input or a number of axes does not exist.
    """
    stored = _separate_letters(described.inputs)
    inputs = tuple([ValueInfo(name, shape) for name, shape in stored.items()])
    graph = Graph(described.nodes, {}, inputs, (), {})
    given = match_inputs(sizes, stored)
    named = name_open_sizes(graph, given)
    walker = Walker(OnnxFile(graph, {}, "", {}), described.format)
    opened = walk_open(walker, named)
    has_numbers = given and not find_places(named)
    joined = find_stretched(walk_near(walker, named)) if has_numbers else ()
    findings = [*_find_failures(opened), *joined]
    layers = [_make_layer(described, one) for one in opened.walked.outcomes]
    return Model(
        described.title,
        {name: write_tensor(tensor) for name, tensor in opened.walked.tensors.items()},
        keep_connected(layers, named),
        tuple([_place(*one) for one in findings]),
        tuple(_explain(named, opened)),
        described.text,
        tuple(list_open_axes(named, opened)),
    )


def _separate_letters(inputs: Mapping[str, _Stored]) -> dict[str, _Stored]:
    """Return the inputs without letters that several have, which would state that they are equal.

    Open sizes without one are named after their input.
    """
    counts = Counter(one for shape in inputs.values() for one in set(shape or ()))
    return {
        name: shape
        and tuple([None if isinstance(one, str) and counts[one] > 1 else one for one in shape])
        for name, shape in inputs.items()
    }


def _find_failures(opened: Opened) -> Iterator[tuple[Outcome, Diagnostic]]:
    """Yield a finding for each layer that nothing can compute at these sizes."""
    for outcome in opened.walked.outcomes:
        if outcome.finding is not None:
            yield outcome, outcome.finding


def _place(outcome: Outcome, finding: Diagnostic) -> Diagnostic:
    """Return a finding with its layer and the layer's place."""
    message = f"{outcome.node.name}: {finding.message}"
    return finding._replace(message=message, where=_find_place(outcome.node))


def _find_place(node: Node) -> Where:
    return Where("", int(node.metadata["line"]), path=node.name)


def _explain(inputs: Inputs, opened: Opened) -> Iterator[str]:
    yield from explain_letters(inputs, opened)
    for name, shape in inputs.items():
        if shape is None:
            yield f"{name} has no size in the file; give it with --size"
    if opened.walked.unknown:
        named = [f"{name} ({count})" for name, count in opened.walked.unknown.items()]
        yield f"sizes after these layers are not known: {shorten_list(named)}"


def _make_layer(described: Description, outcome: Outcome) -> ModelLayer:
    node = outcome.node
    sizes = outcome.outputs[0].sizes if outcome.outputs else None
    is_known = sizes is not None and any(size is not None for size in sizes)
    return ModelLayer(
        node.name,
        node.operation,
        write_tensor(outcome.outputs[0]) if is_known else None,
        described.count_parameters(node, outcome.inputs),
        _read(described.format, outcome),
        where=_find_place(node),
        takes=node.inputs,
        gives=node.outputs,
    )


def _read(format: Format, outcome: Outcome) -> Reading | None:
    """Return a transposed convolution, at large sizes where its own are open."""
    transposed = format.transposed.get(outcome.node.operation)
    sizes = outcome.inputs[0].sizes if outcome.inputs and outcome.inputs[0] else None
    if outcome.reading is not None or transposed is None or sizes is None:
        return outcome.reading
    sample = Tensor(tuple(map(find_sample, sizes)))
    node = outcome.node
    call = Call(node.operation, (sample, *outcome.inputs[1:]), node.attributes, 1)
    try:
        return transposed(call)[1]
    # ValueError: a form that is not known.
    except (Problem, ValueError):
        return None
