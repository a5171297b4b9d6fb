"""A network in the words of another framework: its layers, a config, and a module that runs.

Each layer becomes steps with all their numbers (`windows`, `padding`, `elements`, `shapes`), which
are then said as the target pads (`lowering`). Transposed convolutions are converted by
`conversion`, and nothing here is a second way to do that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from deconvcli.common.errors import NotExpressible, Refused, UsageError
from deconvcli.frameworks.dialects import resolve_name
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.frameworks.wording import Names
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, NodeOutcome, walk
from deconvcli.networks.graph.shapes import shape_for_nodes_below
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take
from deconvcli.networks.porting import elements, padding, shapes, windows
from deconvcli.networks.porting.lowering import lower
from deconvcli.networks.porting.modules import find_module
from deconvcli.networks.porting.source import Source, is_channels_last
from deconvcli.networks.porting.step import Port, Ported, Step

__all__ = ["Port", "Ported", "Step", "port_network", "resize"]

_NOTHING: Mapping[str, PythonCall] = MappingProxyType({})
_MAKERS: Mapping[str, Callable[[Source], list[Step]]] = MappingProxyType(
    {
        "activation": elements.make_activation,
        "adaptive_pool": shapes.make_adaptive_pool,
        "add": elements.make_sum,
        "avg_pool": windows.make_average_pool,
        "concat": shapes.make_concat,
        "conv": windows.make_conv,
        "conv_transpose": windows.make_transposed,
        "crop": padding.make_cut,
        "crop_like": padding.make_cut,
        "dense": shapes.make_dense,
        "depthwise_conv": windows.make_depthwise,
        "dropout": elements.make_dropout,
        "flatten": shapes.make_flatten,
        "global_pool": shapes.make_global_pool,
        "glu": shapes.make_gated,
        "max_pool": windows.make_max_pool,
        "max_unpool": shapes.refuse_unpool,
        "norm": elements.make_norm,
        "opaque": shapes.refuse_opaque,
        "pad": padding.make_cut,
        "pad_to": padding.make_cut,
        "pixel_shuffle": shapes.make_shuffle,
        "pixel_unshuffle": shapes.make_shuffle,
        "reshape": shapes.make_reshape,
        "separable_conv": windows.make_separable,
        "upsample": shapes.make_upsample,
    }
)
# Layers whose inputs after the first give a size and no values.
_SIZED = ("conv_transpose", "crop_like", "pad_to", "upsample")


def resize(network: Network, size: Sequence[Size] | None, names: Names) -> Network:
    """Return the network at another input size.

    Raises:
        UsageError: it has several inputs, or the size has another number of axes, or letters.
    """
    if size is not None:
        if len(network.inputs) != 1:
            raise UsageError(
                f"{network.name} has {len(network.inputs)} inputs",
                help=f"write their sizes into the file, and leave {names.input_size} out.",
                code="rank",
            )
        [(name, shape)] = network.inputs.items()
        rank = len(shape.spatial)
        if len(size) not in (1, rank):
            raise UsageError(
                f"{names.input_size} has {len(size)} sizes, the network {rank} axes",
                help="give the spatial sizes; the channels are in the file.",
                code="rank",
            )
        spatial = tuple(size) * rank if len(size) == 1 else tuple(size)
        nodes = tuple(node._replace(expect=None) for node in network.nodes)
        network = network._replace(inputs={name: shape._replace(spatial=spatial)}, nodes=nodes)
    for shape in network.inputs.values():
        if any(isinstance(one, Linear) for one in shape.sizes):
            raise UsageError(
                f"the input of {network.name} is {shape}",
                help=f"give its size in numbers, for example {names.input_size} 64x64.",
                code="no-size",
            )
    return network


def port_network(network: Network, target: str, calls: Mapping[str, PythonCall] = _NOTHING) -> Port:
    """Return a network in the words of a dialect, or of one implementation of it.

    calls: the pasted calls of layers, by name.

    Raises:
        DeconvError: a layer of the network has an error of its own.
    """
    target = resolve_name(target)
    layers = []
    for outcome in walk(network):
        if outcome.error is not None:
            error, name = outcome.error, outcome.node.name
            raise type(error)(f"{name}: {error.message}", help=error.help, code=error.code)
        dialect = network.dialect_of(outcome.node)
        layers.append(_port(outcome, dialect, target, calls.get(outcome.node.name)))
    return Port(
        network.name,
        network.dialect,
        target,
        network.inputs,
        tuple(layers),
        network.outputs or tuple(layer.name for layer in layers[-1:]),
        is_channels_last(network.dialect),
        is_channels_last(target),
    )


def _port(outcome: NodeOutcome, dialect: str, target: str, call: PythonCall | None) -> Ported:
    node, output = outcome.node, shape_for_nodes_below(outcome)
    assert output is not None
    source = Source(outcome, output, dialect, target, call)
    name = take(node.operation).name
    inputs = node.inputs[:1] if name in _SIZED else node.inputs
    # What it cannot write is no layer of the target.
    module = find_module(target)
    try:
        made = [*_MAKERS[name](source), *_list_activations(source, output)]
        steps = [lowered for step in made for lowered in lower(step, target)]
        if module is not None:
            for step in steps:
                module.write_step(step, was_last=source.is_last)
    except (NotExpressible, Refused) as error:
        return Ported(node.name, inputs, output, (), error.message, error.help)
    return Ported(node.name, inputs, output, tuple(steps))


def _list_activations(source: Source, output: Shape) -> list[Step]:
    """Return the function that a layer of Keras applies to its output."""
    given = source.argument("activation", -1)
    if given is None or source.operation.name == "activation":
        return []
    kind = elements.find_function(given)
    if kind is None:
        source.refuse(f"its activation is {given}", "write a known function, such as relu.")
    return elements.make_function(source, kind, output)
