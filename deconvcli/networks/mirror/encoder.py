"""What is to be mirrored: one pasted layer, or a network that is walked at a size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.wording import Names
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, Node, NodeOutcome, walk
from deconvcli.networks.mirror.convolution import Convolution
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take
from deconvcli.networks.pasted.answer import walk_network
from deconvcli.networks.pasted.entries import Entry
from deconvcli.networks.pasted.network import PastedNetwork


class Encoder(NamedTuple):
    """A network that has been walked.

    kinds: the function of an activation, such as relu, where its parameters do not have it.
    """

    network: Network
    outcomes: Sequence[NodeOutcome]
    kinds: Mapping[str, str] = {}


def find_convolution(pasted: PastedNetwork, size: Sequence[Size] | None) -> Convolution | None:
    """Return the only layer of a text if it has a window; None for a network.

    size: of the input, which shows its axes where nothing else does.
    """
    if len(pasted.nodes) != 1 or pasted.failures or pasted.kept:
        return None
    [node] = pasted.nodes
    kernel = node.parameters.get("kernel")
    rank = len(kernel) if isinstance(kernel, list) else pasted.rank or len(size or (1, 1))
    dialect = node.dialect or pasted.dialect
    call = pasted.entries[node.name].call
    mode = call.keywords.get("padding_mode") if call else None
    edge = mode if isinstance(mode, str) and mode != "zeros" else ""
    return Convolution(node, dialect, rank, node.parameters.get("in_channels"), edge)


def walk_pasted(pasted: PastedNetwork, size: Sequence[Size] | None, names: Names) -> Encoder:
    """Return a pasted encoder at an input size.

    Raises:
        UsageError: the size is missing, has letters or other axes, or a layer cannot be read.
    """
    for name, error in pasted.failures.items():
        raise type(error)(f"layer {name}: {error.message}", help=error.help, code=error.code)
    # A layer of Keras has its activation as a parameter.
    kinds = {entry.name: find_kind(entry) for entry in pasted.entries.values()}
    nodes: list[Node] = []
    renamed: dict[str, str] = {}
    for node in pasted.nodes:
        inputs = tuple(renamed.get(name, name) for name in node.inputs)
        nodes.append(node._replace(inputs=inputs))
        if kinds.get(node.name) and node.operation not in ("activation", "norm"):
            name = renamed[node.name] = f"{node.name} activation"
            nodes.append(Node(name, kinds.pop(node.name), {}, (node.name,)))
    found = walk_network(pasted._replace(nodes=tuple(nodes)), size, names)
    _require_numbers(found.network, names)
    return Encoder(
        found.network, found.outcomes, {name: kind for name, kind in kinds.items() if kind}
    )


def walk_config(network: Network, size: Sequence[Size] | None, names: Names) -> Encoder:
    """Return the encoder of a config, at the size of the file or at another one.

    Raises:
        UsageError: it has several inputs, its size has letters, or another number of axes is given.
    """
    if len(network.inputs) != 1:
        raise UsageError(
            f"{network.name} has {len(network.inputs)} inputs",
            help="give an encoder with one input.",
            code="no-mirror",
        )
    [(name, shape)] = network.inputs.items()
    if size is not None:
        rank = len(shape.spatial)
        if len(size) not in (1, rank):
            raise UsageError(
                f"{names.input_size} has {len(size)} sizes, the network {rank} axes",
                help="give the spatial sizes; the channels are in the file.",
                code="rank",
            )
        spatial = tuple(size) * rank if len(size) == 1 else tuple(size)
        network = network._replace(inputs={name: Shape(shape.channels, spatial)})
    nodes = tuple(node._replace(expect=None) for node in network.nodes)
    network = network._replace(nodes=nodes)
    _require_numbers(network, names)
    return Encoder(network, walk(network))


def _require_numbers(network: Network, names: Names) -> None:
    for shape in network.inputs.values():
        if any(isinstance(size, Linear) for size in shape.sizes):
            raise UsageError(
                f"the input of the encoder is {shape}",
                help=f"give its size in numbers, for example {names.input_size} 64x64.",
                code="no-size",
            )


def find_kind(entry: Entry) -> str:
    """Return the activation of a layer as a kind of ours, by its class or its parameter."""
    given = []
    if entry.call is not None:
        given = [entry.call.keywords.get("activation")]
        if entry.type == "Activation":
            given += entry.call.positional[:1]
    words = [word for word in (*given, entry.type) if isinstance(word, str)]
    return next(iter(_find_activations(words)), "")


def _find_activations(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        plain = word.lower().replace("_", "")
        for alias in take("activation").aliases:
            if alias.replace("_", "") == plain:
                yield alias
