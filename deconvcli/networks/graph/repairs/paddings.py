"""A padding as another framework writes it, rewritten as the layer's own framework does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.common.shelf import nearest
from deconvcli.common.values import per_axis
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.network import Network, Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.layers import collapse, read_transposed
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operations import take

WORDS = ("same", "valid")
# The dialects that an author most likely has in mind who writes a word, or numbers.
BY_WORD, BY_NUMBER = "keras", "torch"


def translate_padding(failure: Failure) -> Iterator[Edits]:
    """Propose the word or number that gives the layer which the other framework would give."""
    node, outcome = failure.outcome.node, failure.outcome
    given = node.parameters.get("padding")
    if isinstance(given, str) and given.lower() not in WORDS:
        close = nearest(given, WORDS)
        yield from [(SetParameter(node.name, "padding", close),)] if close else []
        return
    dialect = BY_WORD if isinstance(given, str) else BY_NUMBER
    intended = _evaluate(failure.network, outcome, node._replace(dialect=dialect))
    for padding in [*WORDS, *_propose_numbers(failure)]:
        edits = (SetParameter(node.name, "padding", padding),)
        changed = apply_edits(failure.network, edits)
        # None where the other framework refuses the layer too: then nothing is intended.
        if intended and intended == _evaluate(changed, outcome, changed.node(node.name)):
            yield edits


def _evaluate(network: Network, outcome: NodeOutcome, node: Node) -> Any:
    """Return what the node makes of the outcome's inputs; None where its dialect refuses it.

    For a transposed convolution its axes rather than its shape: equal sizes that are cropped at
    the other end would shift the values.
    """
    try:
        reading = read_transposed(network, outcome._replace(node=node))
        if reading:
            return reading.layer.axes
        dialect = network.dialect_of(node)
        return take(node.operation).shape(node.parameters, outcome.inputs, dialect)
    except DeconvError:
        return None


def _propose_numbers(failure: Failure) -> list[int | list[int]]:
    """Return 0, half of the window, and half of the part that reaches beyond the stride."""
    parameters, [given, *_] = failure.outcome.node.parameters, failure.outcome.inputs
    rank = len(given.spatial)
    kernel, stride, dilation = (
        per_axis(parameters.get(name, 1), rank, name) for name in ("kernel", "stride", "dilation")
    )
    # Half of `over` keeps the size at stride 1; half of `beyond` makes a transposed convolution
    # give stride times its input.
    over = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    beyond = [more + 1 - s for more, s in zip(over, stride, strict=True)]
    halves = [collapse([max(0, n // 2) for n in ends]) for ends in (over, beyond)]
    return [0, *(half for number, half in enumerate(halves) if half not in (0, *halves[:number]))]
