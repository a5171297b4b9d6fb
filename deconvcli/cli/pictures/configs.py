"""A network of a config as the data of a picture."""

from __future__ import annotations

from collections.abc import Mapping

from deconvcli.checks.checking import read_one_network
from deconvcli.cli.pictures.extents import find_extent
from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten_list
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text
from deconvcli.networks.forms import format_value
from deconvcli.networks.graph import Network, Node, NodeOutcome, make_table, walk
from deconvcli.networks.operation import Shape
from deconvcli.views.drawing.network.graph import DrawnLayer, DrawnNetwork, Problem, Sizes

GivenSizes = Mapping[str, tuple[Size, ...]]
TRANSPOSED = "conv_transpose"
_WORDS = ("kernel", "stride", "padding", "output_padding", "dilation", "groups")


def picture_config(path: str, name: str, sizes: GivenSizes) -> DrawnNetwork:
    """Return what is drawn of a network in a file. name: empty for the only one.

    Raises:
        Unreadable: the file cannot be read, or something in it is wrong.
        UsageError: there is no such network, no such input, or it has another number of axes.
    """
    network = give_sizes(read_one_network(path, name).graph, sizes)
    outcomes = walk(network)
    layers = [
        DrawnLayer(name, "input", *_write_shape(shape), is_input=True)
        for name, shape in network.inputs.items()
    ]
    rank = max(len(shape.spatial) for shape in network.inputs.values())
    numbers = {name: number for number, name in enumerate(network.inputs)}
    problems = []
    for outcome in outcomes:
        node = outcome.node
        takes = [numbers[one] for one in node.inputs if one in numbers]
        numbers[node.name] = len(layers)
        if outcome.error is not None:
            text = f"{node.name}: {outcome.error.message}; {outcome.error.help}"
            problems.append(Problem(len(layers), text))
        layers.append(_draw_node(outcome, tuple(dict.fromkeys(takes)), rank))
    holds_for = make_table(network, outcomes).holds_for
    notes = [f"formulas hold for {values}" for values in holds_for]
    return DrawnNetwork(f"{path}: {network.name}", layers, problems, notes)


def give_sizes(network: Network, sizes: GivenSizes) -> Network:
    """Return the network with these sizes of its inputs: spatial ones, or with channels and batch.

    Raises:
        UsageError: an input, or a number of axes, that does not exist.
    """
    inputs = dict(network.inputs)
    for given, size in sizes.items():
        name = given or next(iter(inputs), "")
        if name not in inputs:
            raise UsageError(
                f"--size names the input {given!r}; the network has"
                f" {shorten_list(list(inputs)) or 'no inputs'}",
                help="name one of these.",
                code="unknown-input",
            )
        own = inputs[name]
        rank = len(own.spatial)
        if not rank <= len(size) <= rank + 2:
            raise UsageError(
                f"--size gives {name} {len(size)} sizes; it has {size_text(own.sizes)}",
                help=f"give {rank} sizes, or these with the channels.",
                code="rank",
            )
        channels = size[-rank - 1] if len(size) > rank else own.channels
        inputs[name] = Shape(channels, size[len(size) - rank :])
    return network._replace(inputs=inputs)


def _draw_node(outcome: NodeOutcome, takes: tuple[int, ...], rank: int) -> DrawnLayer:
    """Return one layer. rank: the number of spatial axes of the network's inputs."""
    node = outcome.node
    drawn = DrawnLayer(node.name, node.operation, *_write_shape(outcome.shape), takes)
    if node.operation != TRANSPOSED:
        return drawn
    stride = node.parameters.get("stride", 1)
    strides = tuple(stride) if isinstance(stride, list | tuple) else (stride,) * rank
    # What the author wrote may be no number, which is a problem of this layer.
    strides = strides if all(isinstance(one, int) for one in strides) else ()
    return drawn._replace(call=_describe_call(node), strides=strides)


def _write_shape(shape: Shape | None) -> tuple[Sizes | None, Sizes, tuple[int, ...] | None]:
    """Return all sizes, the spatial ones, and these as numbers."""
    if shape is None:
        return None, (), None
    sizes = tuple([size if isinstance(size, int) else str(size) for size in shape.sizes])
    return sizes, sizes[1:], find_extent(sizes[1:])


def _describe_call(node: Node) -> str:
    """Return the parameters of a transposed convolution, as the author wrote them."""
    return ", ".join(
        f"{word} {format_value(node.parameters[word])}"
        for word in _WORDS
        if word in node.parameters
    )
