"""Shapes through a network: what each node makes of its inputs, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, Refused, UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import format_count
from deconvcli.networks.graph.network import Expected, Network, Node
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

# Layers above whose names a wrong one is held against, or a long file of them would take long.
MAX_COMPARED_NAMES = 50


class NodeOutcome(NamedTuple):
    """What became of one node.

    shape: its output; None where it fails or an input is not known. error: why it fails itself;
    a node below a failed one has neither, so that one cause is one error.
    inputs: the shapes it was given, as far as they are known.
    """

    node: Node
    shape: Shape | None = None
    error: DeconvError | None = None
    inputs: tuple[Shape, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether a failure above leaves nothing to say here."""
        return self.shape is None and self.error is None


Apply = Callable[[Node, tuple[Shape, ...], str], NodeOutcome]


def outcomes(network: Network, apply: Apply | None = None) -> Iterator[NodeOutcome]:
    """Outcomes as they are found, for who wants to stop at the first failure.

    apply: in place of `apply_node`, for who has met a node with these inputs before.
    """
    known: dict[str, Shape | None] = dict(network.inputs)
    for node in network.nodes:
        outcome = _outcome(network, node, known, apply or apply_node)
        # What the author claims holds below, or one cause would be found again and again.
        known[node.name] = _claimed(outcome)
        yield outcome


def _outcome(
    network: Network, node: Node, known: dict[str, Shape | None], apply: Apply
) -> NodeOutcome:
    try:
        inputs = [known[_existing(name, known)] for name in node.inputs]
        shapes = tuple(shape for shape in inputs if shape is not None)
        if len(shapes) < len(inputs) or not node.operation:
            return NodeOutcome(node, inputs=shapes)
        return apply(node, shapes, network.dialect_of(node))
    except DeconvError as error:
        return NodeOutcome(node, error=error)


def _existing(name: str, known: dict[str, Shape | None]) -> str:
    if name not in known:
        raise UsageError(
            f"there is no layer {name!r} above",
            help=suggestion(name, list(known)[-MAX_COMPARED_NAMES:]),
            code="unknown-input",
        )
    return name


def apply_node(node: Node, inputs: tuple[Shape, ...], dialect: str) -> NodeOutcome:
    """What one node makes of its inputs, which are all known."""
    try:
        operation = take(node.operation)
        _right_number(operation.inputs, inputs, node)
        shape = operation.shape(node.parameters, inputs, dialect)
        return NodeOutcome(node, shape, _difference(shape, node.expect), inputs)
    except DeconvError as error:
        return NodeOutcome(node, error=error, inputs=inputs)


def _right_number(bounds: tuple[int, int | None], inputs: Sequence[Shape], node: Node) -> None:
    least, most = bounds
    if len(inputs) < least or (most is not None and len(inputs) > most):
        wanted = f"{least}" if most == least else f"{least} or more"
        raise UsageError(
            f"{node.operation} has {format_count(len(inputs), 'input')}",
            help=f"name {wanted} of the layers above in its inputs.",
            code="inputs",
        )


def align_sizes(shape: Shape, expect: Expected) -> tuple[Expected, Expected]:
    """(what is there, what is expected), in the form of the expectation."""
    return (shape.spatial if len(expect) == len(shape.spatial) else shape.sizes), expect


def _difference(shape: Shape, expect: Expected | None) -> Refused | None:
    """The error for another shape than the author claims."""
    if expect is None:
        return None
    got, wanted = align_sizes(shape, expect)
    if got == wanted:
        return None
    return Refused(
        f"the output is {_listed(got)}, expected {_listed(wanted)}",
        help="change this layer or one above it, or what is expected.",
        code="expect",
    )


def _listed(sizes: Expected) -> str:
    return f"[{', '.join(map(str, sizes))}]"


def _claimed(outcome: NodeOutcome) -> Shape | None:
    shape, expect = outcome.shape, outcome.node.expect
    if shape is None or outcome.error is None or expect is None:
        return shape
    if len(expect) == len(shape.spatial):
        return shape._replace(spatial=expect)
    return Shape(expect[0], expect[1:]) if len(expect) == len(shape.sizes) else None
