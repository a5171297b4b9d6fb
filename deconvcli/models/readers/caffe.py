"""Networks of Caffe, as text.

Suffixes: .prototxt.

Recognised by its layers; other texts of that name, such as those of solvers, are passed over. The
sizes of all blobs come from a walk over the layers of the phase TEST. Weights are not opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from deconvcli.models.caffe_model.network import PARAMETERS, find_kind, is_loss, read_network
from deconvcli.models.caffe_model.operators import OPERATORS, TRANSPOSED
from deconvcli.models.caffe_model.text import Message
from deconvcli.models.model import GivenSizes, Model, Reader
from deconvcli.models.onnx_model.graph import Node
from deconvcli.models.walk.described import Description, walk_description
from deconvcli.models.walk.tensors import Tensor, count_elements
from deconvcli.models.walk.walking import Format

_T = TypeVar("_T")
_PARAMETERS = {"innerproduct": "inner_product_param"}


class Caffe(Reader):
    """The text of a network, in the old form or the new one."""

    finds_working = True

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the network; sizes that the file does not have are letters."""
        network = read_network(path)
        kinds = {node.operation for node in network.nodes}
        format = Format(_by_kind(OPERATORS, kinds), _by_kind(TRANSPOSED, kinds))
        return walk_description(
            Description(
                "Caffe", network.nodes, network.inputs, format, _count_parameters, network.text
            ),
            sizes,
        )


def _by_kind(table: Mapping[str, _T], kinds: set[str]) -> dict[str, _T]:
    """Return the table by the types of layers as this file writes them."""
    found = {kind: table[find_kind(kind)] for kind in kinds if find_kind(kind) in table}
    losses = {kind: table["accuracy"] for kind in kinds if is_loss(kind) and "accuracy" in table}
    return {**losses, **found}


def _count_parameters(node: Node, inputs: tuple[Tensor | None, ...]) -> int:
    """Return the number of weights, which follows from the input; 0 where that is not known."""
    kind = find_kind(node.operation)
    layer = node.attributes[PARAMETERS]
    assert isinstance(layer, Message)
    given = inputs[0].sizes if inputs and inputs[0] else None
    fields = layer.message(_PARAMETERS.get(kind, "convolution_param"))
    outputs = fields.number("num_output", 0)
    if not outputs or given is None or len(given) < 2:
        return 0
    biases = outputs * (fields.get("bias_term") is not False)
    if kind == "innerproduct":
        count = count_elements(given[1:])
        return count * outputs + biases if isinstance(count, int) else 0
    channels = given[1]
    if "conv" not in kind or not isinstance(channels, int):
        return 0
    taps = count_elements(list(_list_taps(fields, len(given) - 2)))
    groups = max(1, fields.number("group", 1))
    return channels * outputs // groups * taps + biases if isinstance(taps, int) else 0


def _list_taps(fields: Message, rank: int) -> Iterator[int]:
    both = [fields.number("kernel_h", 0), fields.number("kernel_w", 0)]
    listed = both if all(both) else fields.numbers("kernel_size")
    yield from listed * rank if len(listed) == 1 else listed


READER: Reader = Caffe()
"""The reader of Caffe's text."""
