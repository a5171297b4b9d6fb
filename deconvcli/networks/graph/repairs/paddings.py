"""A padding in the words of another framework, said in those of the layer's own."""

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
# Who is meant by a word, and by numbers.
BY_WORD, BY_NUMBER = "keras", "torch"


def translate_padding(failure: Failure) -> Iterator[Edits]:
    """The word or the number with which the layer does what the other framework means."""
    node = failure.outcome.node
    said = node.parameters.get("padding")
    if isinstance(said, str) and said.lower() not in WORDS:
        close = nearest(said, WORDS)
        yield from [(SetParameter(node.name, "padding", close),)] if close else []
        return
    meant = _meaning(failure.network, failure.outcome, dialect=_speaker(said))
    for padding in [*WORDS, *_numbers(failure)]:
        edits = (SetParameter(node.name, "padding", padding),)
        changed = apply_edits(failure.network, edits)
        if meant and meant == _meaning(changed, _again(changed, failure.outcome)):
            yield edits


def _speaker(said: Any) -> str:
    return BY_WORD if isinstance(said, str) else BY_NUMBER


def _again(network: Network, outcome: NodeOutcome) -> NodeOutcome:
    return outcome._replace(node=network.node(outcome.node.name))


def _meaning(network: Network, outcome: NodeOutcome, dialect: str = "") -> Any:
    """What the layer does in a dialect, its own without one; None where that refuses it.

    For a transposed convolution what it crops as well: at the other end the values would move.
    """
    node = outcome.node._replace(dialect=dialect) if dialect else outcome.node
    try:
        reading = read_transposed(network, outcome._replace(node=node))
        return reading.layer.axes if reading else _shape(network, node, outcome)
    except DeconvError:
        return None


def _shape(network: Network, node: Node, outcome: NodeOutcome) -> Any:
    return take(node.operation).shape(node.parameters, outcome.inputs, network.dialect_of(node))


def _numbers(failure: Failure) -> list[int | list[int]]:
    """Nothing, half of the window, and half of what it reaches beyond the stride."""
    parameters, [given, *_] = failure.outcome.node.parameters, failure.outcome.inputs
    rank = len(given.spatial)
    kernel, stride, dilation = (
        per_axis(parameters.get(name, 1), rank, name) for name in ("kernel", "stride", "dilation")
    )
    over = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    beyond = [more + 1 - s for more, s in zip(over, stride, strict=True)]
    halves = [collapse([max(0, n // 2) for n in ends]) for ends in (over, beyond)]
    return [0, *(half for number, half in enumerate(halves) if half not in (0, *halves[:number]))]
