"""The shapes through a network: what each node makes of its inputs, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, Refused, UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import format_count
from deconvcli.networks.graph.network import Expected, Network, Node
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

# An unknown name is compared with this many names above it; comparing it with all of them takes
# quadratic time in a long file of such mistakes.
MAX_COMPARED_NAMES = 50


class NodeOutcome(NamedTuple):
    """The result of one node.

    shape: its output; None where the node fails or one of its inputs is unknown. error: why the
    node itself fails. Below a failed node both are None, so that one cause is one error.
    inputs: the shapes that arrived, as far as they are known.
    """

    node: Node
    shape: Shape | None = None
    error: DeconvError | None = None
    inputs: tuple[Shape, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether a failure above leaves nothing to say about this node."""
        return self.shape is None and self.error is None


Apply = Callable[[Node, tuple[Shape, ...], str], NodeOutcome]


def iter_outcomes(network: Network, apply: Apply | None = None) -> Iterator[NodeOutcome]:
    """Yield the outcome of each node in order, so that a caller can stop at the first failure.

    apply: replaces `apply_node`, for callers that remember nodes with the same inputs.
    """
    known: dict[str, Shape | None] = dict(network.inputs)
    for node in network.nodes:
        outcome = _visit(network, node, known, apply or apply_node)
        # Nodes below see the author's `expect`, so that one mistake is reported once.
        known[node.name] = shape_for_nodes_below(outcome)
        yield outcome


def _visit(
    network: Network, node: Node, known: dict[str, Shape | None], apply: Apply
) -> NodeOutcome:
    try:
        inputs = [known[_check_known(name, known, network)] for name in node.inputs]
        shapes = tuple(shape for shape in inputs if shape is not None)
        if len(shapes) < len(inputs) or not node.operation:
            return NodeOutcome(node, inputs=shapes)
        return apply(node, shapes, network.dialect_of(node))
    except DeconvError as error:  # the walk goes on: one run finds every error of a network
        return NodeOutcome(node, error=error)


def _check_known(name: str, known: dict[str, Shape | None], network: Network) -> str:
    if name not in known:
        is_below = any(node.name == name for node in network.nodes)
        raise UsageError(
            f"there is no layer {name!r} above",
            help="it is below: move it up, since a layer takes the output of layers above it."
            if is_below
            else suggestion(name, list(known)[-MAX_COMPARED_NAMES:]),
            code="unknown-input",
        )
    return name


def apply_node(node: Node, inputs: tuple[Shape, ...], dialect: str) -> NodeOutcome:
    """Return what one node makes of its inputs, all of which are known."""
    try:
        operation = take(node.operation)
        _check_input_count(operation.inputs, inputs, node)
        shape = operation.shape(node.parameters, inputs, dialect)
        return NodeOutcome(node, shape, _compare(shape, node.expect), inputs)
    except DeconvError as error:  # with the inputs, from which repairs are computed
        return NodeOutcome(node, error=error, inputs=inputs)


def _check_input_count(bounds: tuple[int, int | None], inputs: Sequence[Shape], node: Node) -> None:
    least, most = bounds
    if len(inputs) < least or (most is not None and len(inputs) > most):
        if most == least:
            wanted = f"{least}"
        else:
            wanted = f"{least} or more" if most is None else f"{least} to {most}"
        raise UsageError(
            f"{node.operation} has {format_count(len(inputs), 'input')}",
            help=f"list {wanted} of the layers above under `inputs`.",
            code="inputs",
        )


def _compare(shape: Shape, expect: Expected | None) -> Refused | None:
    """Return the error for a shape other than the author's claim; None where they agree."""
    if expect is None:
        return None
    actual = shape.spatial if len(expect) == len(shape.spatial) else shape.sizes
    if actual == expect:
        return None
    return Refused(
        f"the output is {_format_sizes(actual)}, expected {_format_sizes(expect)}",
        help="change this layer or one above it, or the expected size.",
        code="expect",
    )


def _format_sizes(sizes: Expected) -> str:
    return f"[{', '.join(map(str, sizes))}]"


def shape_for_nodes_below(outcome: NodeOutcome) -> Shape | None:
    """Return the shape that the nodes below take; None where it is unknown."""
    shape, expect = outcome.shape, outcome.node.expect
    if shape is None or outcome.error is None or expect is None:
        return shape
    if len(expect) == len(shape.spatial):
        return shape._replace(spatial=expect)
    # An `expect` of another rank tells nothing about the nodes below: they stay unknown.
    return Shape(expect[0], expect[1:]) if len(expect) == len(shape.sizes) else None
