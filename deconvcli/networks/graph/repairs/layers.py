"""Other parameters of the transposed convolutions above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from deconvcli.common.values import compact, per_axis
from deconvcli.frameworks.dialect.parameters import Form
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.networks.graph.culprits import find_suspects
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operations import take
from deconvcli.networks.operations.conv_transpose import ConvTranspose

# The layers next to the failure; what is farther away changes more than is wanted.
MAX_LAYERS_TRIED = 3
# Of one axis: no published layer has a stride beyond 32.
MAX_OUTPUT_PADDINGS = 32


def change_output_padding(failure: Failure) -> Iterator[Edits]:
    """Another output_padding of one layer above, every value that any framework takes."""
    for outcome, reading in _transposed(failure)[:MAX_LAYERS_TRIED]:
        node = outcome.node
        if not _has(failure, node, "output_padding"):
            continue
        axes = reading.layer.axes
        choices = [
            range(min(MAX_OUTPUT_PADDINGS, max(axis.stride, axis.dilation))) for axis in axes
        ]
        for values in sorted(product(*choices), key=sum):
            if compact(values) != compact(node.parameters.get("output_padding", 0)):
                yield (SetParameter(node.name, "output_padding", collapse(values)),)


def use_whole_strides(failure: Failure) -> Iterator[Edits]:
    """Every layer above that misses a whole multiple of its input made to give just that."""
    settings: list[SetParameter] = []
    for outcome, reading in _transposed(failure):
        settings += _whole(failure, outcome.node, reading)
    if settings:
        yield tuple(settings)


def limit_output_padding(failure: Failure) -> Iterator[Edits]:
    """A smaller output_padding, as near to what was given as can be."""
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
    """The output_size that the layer can have, as near to what was given as can be."""
    node, network = failure.outcome.node, failure.network
    without = apply_edits(network, (SetParameter(node.name, "output_size", None),))
    reading = read_transposed(without, failure.outcome._replace(node=without.node(node.name)))
    given = node.parameters.get("output_size")
    if reading is None or given is None:
        return
    wanted = per_axis(given, len(reading.spatial), "output_size")
    rows = zip(wanted, reading.output_sizes, reading.layer.axes, strict=True)
    sizes = [min(max(size, least), least + axis.stride - 1) for size, least, axis in rows]
    yield (SetParameter(node.name, "output_size", collapse(require_numbers(sizes))),)


def _transposed(failure: Failure) -> list[tuple[NodeOutcome, Reading]]:
    """The transposed convolutions to suspect, the nearest first."""
    names = find_suspects(failure.network, failure.outcome.node)
    found = []
    for outcome in reversed(failure.outcomes):
        if outcome.node.name in names and outcome.shape is not None:
            reading = read_transposed(failure.network, outcome)
            found += [(outcome, reading)] if reading else []
    return found


def read_transposed(network: Network, outcome: NodeOutcome) -> Reading | None:
    """How its framework reads a transposed convolution; None for other layers.

    Raises:
        DeconvError: the framework refuses it.
    """
    operation, node = take(outcome.node.operation), outcome.node
    if not isinstance(operation, ConvTranspose):
        return None
    return operation.reading(node.parameters, outcome.inputs, network.dialect_of(node))


def _has(failure: Failure, node: Node, role: str) -> bool:
    dialect, _ = take_dialect(failure.network.dialect_of(node))
    return dialect.argument(role) is not None


def _whole(failure: Failure, node: Node, reading: Reading) -> list[SetParameter]:
    """The settings for stride times the input: none where that is given already."""
    axes = reading.layer.axes
    pairs = zip(reading.output_sizes, reading.spatial, axes, strict=True)
    if all(out == n * axis.stride for out, n, axis in pairs):
        return []
    dialect, _ = take_dialect(failure.network.dialect_of(node))
    if not any(argument.takes("padding", Form.INTS) for argument in dialect.arguments):
        return [SetParameter(node.name, "padding", "same")]
    over = [axis.span - axis.stride for axis in axes]
    cropped = [max(0, -(-more // 2)) for more in over]
    given_back = [2 * crop - more for crop, more in zip(cropped, over, strict=True)]
    return [
        SetParameter(node.name, "padding", collapse(cropped)),
        SetParameter(node.name, "output_padding", collapse(given_back)),
    ]


def collapse(values: Sequence[int]) -> int | list[int]:
    """One number where all are alike."""
    return values[0] if len(set(values)) == 1 else list(values)
