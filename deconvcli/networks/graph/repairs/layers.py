"""Other parameters for the transposed convolutions above a failing node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import compact, per_axis
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.networks.graph.culprits import find_suspects
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operations import take
from deconvcli.networks.operations.conv_transpose import TransposedConvolution


def use_whole_strides(failure: Failure) -> Iterator[Edits]:
    """Propose that every layer above that misses stride times its input gives exactly that."""
    settings: list[SetParameter] = []
    for outcome, reading in reversed(find_transposed(failure)):
        settings += _make_whole(failure, outcome.node, reading)
    if settings:
        yield tuple(settings)


def limit_output_padding(failure: Failure) -> Iterator[Edits]:
    """Propose smaller values of output_padding, the nearest to the given one first."""
    node, [shape, *_] = failure.outcome.node, failure.outcome.inputs
    defaults = {"output_padding": 0, "stride": 1, "dilation": 1}
    rows = [
        per_axis(node.parameters.get(name, default), len(shape.spatial), name)
        for name, default in defaults.items()
    ]
    # Every framework takes less than the stride, or than the dilation if that is larger.
    pairs = [(given, max(stride, dilation)) for given, stride, dilation in zip(*rows, strict=True)]
    for less in range(1, max(limit for _, limit in pairs) + 1):
        smaller = [max(0, min(given, limit - less)) for given, limit in pairs]
        yield (SetParameter(node.name, "output_padding", collapse(smaller)),)


def use_nearest_size(failure: Failure) -> Iterator[Edits]:
    """Propose the output_size nearest to the given one that the layer can have."""
    node, network = failure.outcome.node, failure.network
    without = apply_edits(network, (SetParameter(node.name, "output_size", None),))
    reading = read_transposed(without, failure.outcome._replace(node=without.node(node.name)))
    given = node.parameters.get("output_size")
    # A layer whose framework requires a size is refused without one, above.
    assert reading is not None
    assert given is not None
    wanted = per_axis(given, len(reading.spatial), "output_size")
    rows = zip(wanted, reading.output_sizes, reading.layer.axes, strict=True)
    # A forward convolution maps `stride` consecutive sizes to one, the smallest of which the
    # layer has without output_size.
    sizes = [min(max(size, least), least + axis.stride - 1) for size, least, axis in rows]
    yield (SetParameter(node.name, "output_size", collapse(require_numbers(sizes))),)


def give_size(failure: Failure) -> Iterator[Edits]:
    """Propose an output_size where a framework needs one: stride times the input, or all of it."""
    node, [shape, *_] = failure.outcome.node, failure.outcome.inputs
    if node.parameters.get("output_size") is not None:
        return
    rank = len(shape.spatial)
    kernels, strides, dilations = (
        per_axis(node.parameters.get(name, 1), rank, name)
        for name in ("kernel", "stride", "dilation")
    )
    axes = map(Axis, kernels, strides, dilations)
    whole = [n * stride for n, stride in zip(shape.spatial, strides, strict=True)]
    full = [axis.full_size(n) for axis, n in zip(axes, shape.spatial, strict=True)]
    # One element less than stride times the input is what a mirrored odd size needs.
    for sizes in (node.expect, whole, full, [size - 1 for size in whole]):
        if sizes is not None and len(sizes) == rank:
            yield (SetParameter(node.name, "output_size", collapse(require_numbers(sizes))),)


def find_transposed(failure: Failure) -> list[tuple[NodeOutcome, Reading]]:
    """Return the transposed convolutions to suspect, the nearest first."""
    names = find_suspects(failure.network, failure.outcome.node)
    found = []
    for outcome in reversed(failure.outcomes):
        if outcome.node.name in names and outcome.shape is not None:
            reading = read_transposed(failure.network, outcome)
            found += [(outcome, reading)] if reading else []
    return found


def read_transposed(network: Network, outcome: NodeOutcome) -> Reading | None:
    """Return a transposed convolution as its framework reads it; None for other layers.

    Raises:
        DeconvError: the framework refuses it.
    """
    operation, node = take(outcome.node.operation), outcome.node
    if not isinstance(operation, TransposedConvolution):
        return None
    return operation.read(node.parameters, outcome.inputs, network.dialect_of(node))


def _make_whole(failure: Failure, node: Node, reading: Reading) -> list[SetParameter]:
    """Return the parameters for stride times the input; empty where the layer gives that."""
    axes = reading.layer.axes
    pairs = zip(reading.output_sizes, reading.spatial, axes, strict=True)
    if all(out == n * axis.stride for out, n, axis in pairs):
        return []
    return list_changes(node, find_whole(failure.network.dialect_of(node), axes))


def find_whole(dialect: str, axes: Sequence[Axis]) -> dict[str, Any]:
    """Return the padding and output_padding with which axes give stride times every input.

    Of the axes only kernel, stride and dilation count. Empty where the dialect has no such layer.
    """
    # The search is loaded for a layer that fails, and most networks have none.
    from deconvcli.solver import Bounds, solve
    from deconvcli.solver.question import ask_factor

    kernel, stride, dilation = (
        tuple([(number, number) for number in column])
        for column in zip(*[axis[:3] for axis in axes], strict=True)
    )
    bounds = Bounds(kernel, stride, dilation)
    factors = tuple([axis.stride for axis in axes])
    try:
        answer = solve(ask_factor(dialect, factors, (), bounds, {}), 1, distinct=True)
    except UsageError:  # kernels beyond all that are searched
        return {}
    if not answer:
        return {}
    choices = [axis.choice for axis in answer.solutions[0].axes]
    way = choices[0].way
    padding = way.word or collapse_paddings([choice.padding for choice in choices])
    added = collapse([choice.output_padding or 0 for choice in choices]) if way.adds else None
    return {"padding": padding, "output_padding": added}


def collapse_paddings(paddings: Sequence[Any]) -> Any:
    """Return paddings of one number or of (begin, end) for each axis as a config has them."""
    if not isinstance(paddings[0], tuple):
        return collapse(paddings)
    if all(begin == end for begin, end in paddings):
        return collapse([begin for begin, _ in paddings])
    return [list(pair) for pair in paddings]


def list_changes(node: Node, wanted: Mapping[str, Any]) -> list[SetParameter]:
    """Return the parameters that have to change for these values; None is what nobody writes."""
    defaults = {key: 0 for key in ("padding", "output_padding") if wanted.get(key) is not None}
    current = {**defaults, **node.parameters}
    return [
        SetParameter(node.name, key, value)
        for key, value in wanted.items()
        if compact(value) != compact(current.get(key))
    ]


def collapse(values: Sequence[int]) -> int | list[int]:
    """Return one number where all values are equal, else a list."""
    return values[0] if len(set(values)) == 1 else list(values)
