"""What a check has found, as data for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deconvcli.checks.edits import TextEdit
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.common.values import format_count


class LayerRow(NamedTuple):
    """One layer in numbers; None where something is wrong with it.

    macs: None for sizes that are letters as well, with which macs_formula is written.
    """

    name: str
    operation: str
    shape: str | None
    size: str | None
    parameters: int | None
    macs: int | None
    where: Where | None = None
    macs_formula: str | None = None


class NetworkTable(NamedTuple):
    """The layers of one network in order. holds_for: the sizes for which its formulas hold."""

    name: str
    rows: tuple[LayerRow, ...]
    holds_for: tuple[str, ...] = ()

    @property
    def parameters(self) -> int | None:
        """Of all layers; None where one's are not known."""
        return _sum([row.parameters for row in self.rows])

    @property
    def macs(self) -> int | None:
        """Of all layers; None where one's are not a number."""
        return _sum([row.macs for row in self.rows])


def _sum(found: Sequence[int | None]) -> int | None:
    known = [number for number in found if number is not None]
    return sum(known) if len(known) == len(found) else None


class Checked(NamedTuple):
    """One file. lines: the text of each line that a finding points at.

    ignored: findings that a comment in the file, or the settings, silenced. edits: what mends a
    finding, where that was asked for and is known.
    """

    name: str
    findings: tuple[Diagnostic, ...] = ()
    lines: Mapping[int, str] = {}
    networks: tuple[NetworkTable, ...] = ()
    ignored: int = 0
    edits: Mapping[Diagnostic, tuple[TextEdit, ...]] = {}


class Verdict(NamedTuple):
    """All files in order."""

    files: tuple[Checked, ...]

    @property
    def findings(self) -> Iterator[Diagnostic]:
        """Those of every file."""
        for file in self.files:
            yield from file.findings

    @property
    def counts(self) -> Counter[Severity]:
        """How many of each severity."""
        return Counter(found.severity for found in self.findings)

    def without_tables(self) -> Verdict:
        """The findings alone."""
        return Verdict(tuple(file._replace(networks=()) for file in self.files))

    @property
    def has_errors(self) -> bool:
        """Whether anything found is to end with exit code 1."""
        return self.counts[Severity.ERROR] > 0

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning in 3 files`."""
        counts = self.counts
        told = [
            format_count(counts[severity], severity) for severity in Severity if counts[severity]
        ]
        ignored = sum(file.ignored for file in self.files)
        more = f" ({ignored} ignored)" if ignored else ""
        where = f"in {format_count(len(self.files), 'file')}{more}"
        return f"{', '.join(told)} {where}" if told else f"no findings {where}"
