"""The result of a check, as data for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deconvcli.checks.edits import TextEdit
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.networks.graph import NetworkTable

Sizes = Mapping[str, Sequence[str]]
"""The sizes of each network of a file, as the lines of the lock file."""
Lock = Mapping[str, Sizes]
"""The sizes of each file."""


class CheckedFile(NamedTuple):
    """One file with its findings.

    lines: the text of each line that a finding points at. ignored: the number of findings that a
    comment or the settings silenced. edits: the edits that fix a finding, where they were requested
    and are known. sizes: those of its networks without errors, where they were requested. refused:
    the networks with errors, which have none.
    """

    name: str
    findings: tuple[Diagnostic, ...] = ()
    # A plain dict: results are pickled, which a read-only mapping refuses.
    lines: Mapping[int, str] = {}
    networks: tuple[NetworkTable, ...] = ()
    ignored: int = 0
    edits: Mapping[Diagnostic, tuple[TextEdit, ...]] = {}
    sizes: Mapping[str, Sequence[str]] = {}
    refused: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """All files, in order."""

    files: tuple[CheckedFile, ...]

    @property
    def findings(self) -> Iterator[Diagnostic]:
        """Yield the findings of every file."""
        for file in self.files:
            yield from file.findings

    @property
    def counts(self) -> Counter[Severity]:
        """Return the number of findings of each severity."""
        return Counter(found.severity for found in self.findings)

    @property
    def has_errors(self) -> bool:
        """Return whether the exit code must be 1."""
        return self.counts[Severity.ERROR] > 0

    @property
    def summary(self) -> str:
        """Return the summary: `2 errors, 1 warning in 3 files`."""
        counts = self.counts
        listed = [
            format_count(counts[severity], severity) for severity in Severity if counts[severity]
        ]
        ignored = sum(file.ignored for file in self.files)
        more = f" ({ignored} ignored)" if ignored else ""
        where = f"in {format_count(len(self.files), 'file')}{more}"
        return f"{', '.join(listed)} {where}" if listed else f"no findings {where}"
