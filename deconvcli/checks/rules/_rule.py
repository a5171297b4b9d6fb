"""A rule, and the subject that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, repeat
from typing import NamedTuple

from deconvcli.checks.configs import Config, NetworkSource
from deconvcli.common.findings import Cause, Diagnostic, Fixes, Severity, Where
from deconvcli.layers.layer import Reading
from deconvcli.layers.overlap import AxisOverlap, even_axes
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take
from deconvcli.networks.operations.conv_transpose import TransposedConvolution

KERNEL = "kernel"
"""The cause of an uneven overlap, and of all that ends with it."""

# Even kernels tried in a layer to know whether its kernel is the cause of a finding.
MAX_EVEN_KERNELS = 2


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

    @property
    def targets(self) -> tuple[str, ...]:
        """The dialects in which the author needs this layer as well."""
        return self.walked.source.graph.targets

    @property
    def overlaps(self) -> Iterator[AxisOverlap]:
        """Yield the overlap of each axis whose size is a number."""
        # In the interior the counts do not depend on the input's size, so an input of 1 is enough.
        for axis in self.reading.layer.axes:
            # Some frameworks accept a stride or a dilation of 0, and then nothing repeats.
            if isinstance(axis.crop_begin, int) and axis.stride > 0 and axis.dilation > 0:
                yield AxisOverlap(axis, 1)

    def cause(self, part: str) -> Cause:
        """Return a cause of findings in this layer: the part of it that has to change."""
        return cause_in(self.walked, self.outcome.node.name, part)

    def cause_in_kernel(self, is_fine: Callable[[Reading], bool], part: str) -> Cause:
        """Return the kernel as the cause of what no even one would have, else another part."""
        layer, axes = self.reading.layer, self.reading.layer.axes
        uneven = {overlap.axis for overlap in self.overlaps if not overlap.is_even}
        gaps = {overlap.axis for overlap in self.overlaps if not overlap.least}
        choices = [even_axes(axis) if axis in uneven | gaps else repeat(axis) for axis in axes]
        # Not strict: an axis may have fewer such kernels, or be as it has to be.
        others = islice(zip(*choices, strict=False), MAX_EVEN_KERNELS) if uneven | gaps else ()
        is_kernel = any(
            is_fine(self.reading._replace(layer=layer._replace(axes=other))) for other in others
        )
        return self.cause(KERNEL if is_kernel else part)


def cause_in(walked: WalkedNetwork, layer: str, part: str) -> Cause:
    """Return the cause of findings that one part of a layer has, such as its kernel."""
    return walked.source.graph.name, layer, part


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
    looks for itself. quiet: whether its findings in source code are shown only where the rule is
    selected by its code or name.
    """

    code: str
    severity: Severity
    claims: tuple[str, ...] = ()
    check: Check = _check_nothing
    quiet: bool = False


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
