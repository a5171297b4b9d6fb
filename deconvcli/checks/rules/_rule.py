"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deconvcli.checks.configs import Config, Read
from deconvcli.common.findings import Diagnostic, Fixes, Severity, Where
from deconvcli.layers.layer import Reading
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take
from deconvcli.networks.operations.conv_transpose import ConvTranspose


class Walked(NamedTuple):
    """One network of a config, and what became of each layer."""

    read: Read
    outcomes: tuple[NodeOutcome, ...]


class Transposed(NamedTuple):
    """A transposed convolution that its framework takes."""

    outcome: NodeOutcome
    reading: Reading
    walked: Walked
    where: Where


Remedies = Callable[[Transposed], Fixes]


def _none(layer: Transposed) -> Fixes:
    return ()


class Subject(NamedTuple):
    """A config with its networks walked through.

    transposed: its transposed convolutions that have a size, read once for all rules.
    useless_share: of MACs that is too much. most_blamed: failures of a network for which fixes are
    looked for. evened: other kernels for a layer that works and is uneven; none, unless edits are
    asked for.
    """

    config: Config
    networks: tuple[Walked, ...]
    transposed: tuple[Transposed, ...]
    useless_share: float = 0.5
    most_blamed: int = 3
    evened: Remedies = _none


Check = Callable[[Subject], Iterator[Diagnostic]]


def _nothing(subject: Subject) -> Iterator[Diagnostic]:
    yield from ()


class Rule(NamedTuple):
    """A stable code and how bad it is; the module's docstring is its page.

    claims: the codes of reading and walking that it stands for. check: what it looks for itself.
    """

    code: str
    severity: Severity
    claims: tuple[str, ...] = ()
    check: Check = _nothing


def subject(config: Config, networks: tuple[Walked, ...], useless_share: float) -> Subject:
    """What all rules look at."""
    found = tuple(layer for walked in networks for layer in _transposed(config, walked))
    return Subject(config, networks, found, useless_share)


def _transposed(config: Config, walked: Walked) -> Iterator[Transposed]:
    for outcome in walked.outcomes:
        node = outcome.node
        if outcome.shape is not None and node.operation:
            operation = take(node.operation)
            if isinstance(operation, ConvTranspose):
                dialect = walked.read.graph.dialect_of(node)
                reading = operation.reading(node.parameters, outcome.inputs, dialect)
                where = config.document.where(walked.read.paths[node.name])
                yield Transposed(outcome, reading, walked, where)
