"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deconvcli.configs import Config, Read
from deconvcli.diagnostics import Diagnostic, Severity, Where
from deconvcli.layers import Reading
from deconvcli.network import Outcome
from deconvcli.operations import take
from deconvcli.operations.conv_transpose import ConvTranspose


class Walked(NamedTuple):
    """One network of a config, and what became of each layer."""

    read: Read
    outcomes: tuple[Outcome, ...]


class Subject(NamedTuple):
    """A config with its networks walked through. useless_share: of MACs that is too much."""

    config: Config
    networks: tuple[Walked, ...]
    useless_share: float = 0.5


class Transposed(NamedTuple):
    """A transposed convolution that its framework takes."""

    outcome: Outcome
    reading: Reading
    read: Read
    where: Where


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


def transposed(subject: Subject) -> Iterator[Transposed]:
    """Every transposed convolution of the config that has a size in numbers or symbols."""
    for walked in subject.networks:
        for outcome in walked.outcomes:
            if outcome.shape is not None and outcome.node.operation:
                operation = take(outcome.node.operation)
                if isinstance(operation, ConvTranspose):
                    yield _transposed(operation, outcome, walked, subject)


def _transposed(
    operation: ConvTranspose, outcome: Outcome, walked: Walked, subject: Subject
) -> Transposed:
    node = outcome.node
    dialect = walked.read.graph.dialect_of(node)
    reading = operation.reading(node.parameters, outcome.inputs, dialect)
    where = subject.config.document.where(walked.read.paths[node.name])
    return Transposed(outcome, reading, walked.read, where)
