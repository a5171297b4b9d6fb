"""A rule, and the subject that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deconvcli.checks.configs import Config, NetworkSource
from deconvcli.common.findings import Diagnostic, Fixes, Severity, Where
from deconvcli.layers.layer import Reading
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take
from deconvcli.networks.operations.conv_transpose import TransposedConvolution


class WalkedNetwork(NamedTuple):
    """One network of a config, and the outcome of each layer."""

    source: NetworkSource
    outcomes: tuple[NodeOutcome, ...]


class TransposedLayer(NamedTuple):
    """A transposed convolution that its framework accepts."""

    outcome: NodeOutcome
    reading: Reading
    walked: WalkedNetwork
    where: Where


FindFixes = Callable[[TransposedLayer], Fixes]


def _find_nothing(layer: TransposedLayer) -> Fixes:
    return ()


class Subject(NamedTuple):
    """A config whose networks have been walked.

    transposed: its transposed convolutions that have a size, read once for all rules.
    useless_share: the share of useless MACs above which a layer is reported. max_diagnosed: how
    many failures of a network get a diagnosis. find_even_kernels: finds other kernels for a layer
    that works and is uneven; it finds none unless edits are requested.
    """

    config: Config
    networks: tuple[WalkedNetwork, ...]
    transposed: tuple[TransposedLayer, ...]
    useless_share: float = 0.5
    max_diagnosed: int = 8
    find_even_kernels: FindFixes = _find_nothing


Check = Callable[[Subject], Iterator[Diagnostic]]


def _check_nothing(subject: Subject) -> Iterator[Diagnostic]:
    yield from ()


class Rule(NamedTuple):
    """A stable code with its severity; the module's docstring is its page.

    claims: the codes of errors in reading and walking that this rule reports. check: what the rule
    looks for itself.
    """

    code: str
    severity: Severity
    claims: tuple[str, ...] = ()
    check: Check = _check_nothing


def prepare_subject(
    config: Config, networks: tuple[WalkedNetwork, ...], useless_share: float
) -> Subject:
    """Return the subject of all rules."""
    # Each layer is read once, since six rules look at the same readings.
    layers = tuple(layer for walked in networks for layer in _find_transposed(config, walked))
    return Subject(config, networks, layers, useless_share)


def _find_transposed(config: Config, walked: WalkedNetwork) -> Iterator[TransposedLayer]:
    for outcome in walked.outcomes:
        node = outcome.node
        if outcome.shape is not None and node.operation:
            operation = take(node.operation)
            if isinstance(operation, TransposedConvolution):
                dialect = walked.source.graph.dialect_of(node)
                reading = operation.read(node.parameters, outcome.inputs, dialect)
                where = config.document.where(walked.source.paths[node.name])
                yield TransposedLayer(outcome, reading, walked, where)
