"""Models of ncnn, as text.

Suffixes: .param.

Recognised by its first line, the number 7767517. The sizes of all blobs come from a walk over the
layers; weights, which stand in another file, are not opened. Other files of this name are passed
over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.models.model import GivenSizes, Model, Reader
from deconvcli.models.ncnn_model.file import read_ncnn
from deconvcli.models.ncnn_model.operators import OPERATORS, TRANSPOSED
from deconvcli.models.ncnn_model.operators.shaping import KEEPING, make_constant
from deconvcli.models.ncnn_model.operators.windows import RANKS, find_channels
from deconvcli.models.onnx_model.graph import Node
from deconvcli.models.walk.described import Description, walk_description
from deconvcli.models.walk.tensors import Call, Tensor, count_elements
from deconvcli.models.walk.walking import Format

NCNN = Format(OPERATORS, TRANSPOSED)
_INPUT = "Input"
_LETTERS = {1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}


class Ncnn(Reader):
    """The `.param` file of a model, as pnnx and other converters write it."""

    finds_working = True

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model; where the file has no size of an input, its axes are letters."""
        text, nodes = read_ncnn(path)
        layers = tuple([node for node in nodes if node.operation != _INPUT])
        inputs = {
            name: _find_size(node, name, layers)
            for node in nodes
            if node.operation == _INPUT
            for name in node.outputs
        }
        return walk_description(
            Description("ncnn", layers, inputs, NCNN, _count_parameters, text), sizes
        )


def _find_size(
    node: Node, name: str, layers: Sequence[Node]
) -> tuple[int | str | None, ...] | None:
    """Return the size of an input; letters where the first layer shows only its number of axes."""
    [stored] = make_constant(_call(node))
    if stored.sizes:
        return stored.sizes  # type: ignore[return-value]
    for layer in _follow(name, layers):
        rank = RANKS[layer.operation]
        return find_channels(_call(layer), rank), *_LETTERS[rank]
    return None


def _follow(name: str, layers: Sequence[Node]) -> Iterator[Node]:
    """Yield the convolutions that take a blob, as it is or through layers that keep its size."""
    same = {name}
    for layer in layers:
        if not same.isdisjoint(layer.inputs[:1]):
            if layer.operation in KEEPING:
                same.update(layer.outputs)
            elif layer.operation in RANKS:
                yield layer


def _call(node: Node) -> Call:
    return Call(node.operation, (), node.attributes, 1, len(node.outputs))


def _count_parameters(node: Node, inputs: tuple[Tensor | None, ...]) -> int:
    """Return the number of weights that the layer has, as far as its parameters state it."""
    call = _call(node)
    outputs = call.number("0", 0)
    if node.operation in RANKS:
        return call.number("6", 0) + outputs * bool(call.number("5", 0))
    if node.operation == "InnerProduct":
        return call.number("2", 0) + outputs * bool(call.number("1", 0))
    if node.operation == "MemoryData":
        count = count_elements(make_constant(call)[0].sizes or ())
        return count if isinstance(count, int) else 0
    return 0


READER: Reader = Ncnn()
"""The reader of ncnn's text."""
