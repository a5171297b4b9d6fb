"""For each axis of a network's inputs: the sizes that work, those next to yours, what to add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.configs import Config
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.text import size_text
from deconvcli.networks.graph import Network, SizeSet, valid_sizes, walk, works_without_remainder
from deconvcli.views.answers.report import Report, Table

COLUMNS = ("input", "axis", "works for", "without a rest", "yours", "smaller", "larger", "pad")


class Asked(NamedTuple):
    """One network of one file, with the sizes that are yours: of its inputs, or of --at."""

    file: str
    network: Network
    at: tuple[Size, ...] | None = None


class AxisSizes(NamedTuple):
    """One axis of one input. whole: the sizes for which no floor leaves an element unread."""

    input: str
    axis: str
    rule: SizeSet
    whole: SizeSet
    yours: Size

    @property
    def number(self) -> int | None:
        """Your size, where it is a number."""
        return self.yours if isinstance(self.yours, int) else None

    @property
    def letter(self) -> str:
        """The letter in which the rule is written."""
        return self.yours.letter if isinstance(self.yours, Linear) else "n"

    @property
    def smaller(self) -> int | None:
        """The largest size that works and is not above yours."""
        return None if self.number is None else self.rule.at_most(self.number)

    @property
    def larger(self) -> int | None:
        """The smallest size that works and is not below yours."""
        return None if self.number is None else self.rule.at_least(self.number)

    @property
    def pad(self) -> int | None:
        """Elements to add to yours."""
        return None if self.larger is None or self.number is None else self.larger - self.number

    @property
    def text(self) -> str:
        """The rule."""
        return self.rule.text(self.letter)

    @property
    def cells(self) -> tuple[str, ...]:
        """A row under `COLUMNS`."""
        shown = (
            "-" if size is None else str(size) for size in (self.smaller, self.larger, self.pad)
        )
        whole = "the same" if self.whole == self.rule else self.whole.text(self.letter)
        return (self.input, self.axis, self.text, whole, str(self.yours), *shown)


def asked(config: Config, name: str | None, at: tuple[Size, ...] | None) -> Iterator[Asked]:
    """Its networks, or the one of this name."""
    for read in config.networks:
        if name is None or read.graph.name == name:
            yield Asked(config.document.name, read.graph, at)


def sized(asked: Asked) -> list[AxisSizes]:
    """Every axis of every input.

    Raises:
        NotLinear: a layer mixes axes whose sizes are letters.
        UsageError: --at has another number of sizes than an input has axes.
    """
    network = asked.network.without_numbers_expected()
    return [
        AxisSizes(
            name,
            axis_name(axis, len(shape.spatial)),
            valid_sizes(network, axis, name),
            valid_sizes(network, axis, name, works_without_remainder),
            size,
        )
        for name, shape in network.inputs.items()
        for axis, size in enumerate(_yours(asked.at, shape.spatial))
    ]


def _yours(at: tuple[Size, ...] | None, given: tuple[Size, ...]) -> tuple[Size, ...]:
    if at is None:
        return given
    spread = at * len(given) if len(at) == 1 else at
    if len(spread) != len(given):
        raise UsageError(
            f"--at {size_text(at)} has {len(at)} sizes, the input {len(given)} axes",
            help="give one size, or one per axis.",
            code="rank",
        )
    return spread


def report(networks: Sequence[Asked]) -> Report:
    """A table a network, and why nothing works where nothing does."""
    found = [(one, sized(one)) for one in networks]
    answer = "\n".join(dict.fromkeys(axis.text for _, axes in found for axis in axes))
    tables = [
        Table(f"{one.file}: {one.network.name}", COLUMNS, [axis.cells for axis in axes])
        for one, axes in found
    ]
    data = {"networks": [_data(one, axes) for one, axes in found]}
    findings = [
        _nothing(one.network.without_numbers_expected())
        for one, axes in found
        if any(map(_is_empty, axes))
    ]
    return Report("deconv.sizes/1", answer, tables, data, findings)


def _is_empty(axis: AxisSizes) -> bool:
    return not axis.rule.progressions


def _nothing(network: Network) -> Diagnostic:
    """That no size works, and what fails at the size that is given."""
    failed = next((found for found in walk(network) if found.error is not None), None)
    because = f": {failed.node.name}: {failed.error.message}" if failed and failed.error else ""
    return Diagnostic(
        "no-size",
        Severity.ERROR,
        f"{network.name} works for no input size{because}",
        "see what deconv check says of it.",
    )


def _data(asked: Asked, axes: Sequence[AxisSizes]) -> dict[str, Any]:
    return {
        "file": asked.file,
        "network": asked.network.name,
        "axes": [
            {
                "input": axis.input,
                "axis": axis.axis,
                "rule": axis.text,
                "progressions": _progressions(axis.rule),
                "without_rest": _progressions(axis.whole),
                "yours": axis.yours,
                "works": None if axis.number is None else axis.rule.holds(axis.number),
                "smaller": axis.smaller,
                "larger": axis.larger,
                "pad": axis.pad,
            }
            for axis in axes
        ],
    }


def _progressions(rule: SizeSet) -> list[dict[str, Any]]:
    return [each._asdict() for each in sorted(rule.progressions)]
