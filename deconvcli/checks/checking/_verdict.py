"""The result of a check, as data for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deconvcli.checks.checking._files import STDIN, SourceFile
from deconvcli.checks.edits import TextFix
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.networks.graph import NetworkTable

Sizes = Mapping[str, Sequence[str]]
"""The sizes of each network of a file, as the lines of the lock file."""
Lock = Mapping[str, Sizes]
"""The sizes of each file."""


class Rewrite(NamedTuple):
    """The content of a file, as it was read and with edits.

    fixed: the number of findings that the edits fix, by code. unsafe: the number of findings whose
    fix was not made, because it changes more than the finding. silenced: the number of findings
    that new comments silence.
    """

    source: SourceFile
    before: bytes
    after: bytes
    fixed: Mapping[str, int] = {}
    unsafe: int = 0
    silenced: int = 0

    @property
    def is_change(self) -> bool:
        """Whether the edits change anything."""
        return self.before != self.after


class CheckedFile(NamedTuple):
    """One file with its findings.

    lines: the text of each line that a finding points at. ignored: the number of findings that a
    comment or the settings silenced. fixes: the edits that fix a finding, where they were requested
    and are known. rewrite: the file's new content, if edits were to be made. sizes: those of its
    networks without errors, where they were requested. refused: the networks with errors, which
    have none. sized, unsized: the numbers of layers with and without a size. tensors: the sizes of
    a model file's tensors, by their names there, where they were requested.
    """

    name: str
    findings: tuple[Diagnostic, ...] = ()
    # A plain dict: results are pickled, which a read-only mapping refuses.
    lines: Mapping[int, str] = {}
    networks: tuple[NetworkTable, ...] = ()
    ignored: int = 0
    fixes: Mapping[Diagnostic, TextFix] = {}
    rewrite: Rewrite | None = None
    sizes: Mapping[str, Sequence[str]] = {}
    refused: tuple[str, ...] = ()
    sized: int = 0
    unsized: int = 0
    tensors: Mapping[str, tuple[int | str | None, ...] | None] = {}


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
    def edited_input(self) -> bytes | None:
        """Return the new content of standard input, if it is one of the files and edited."""
        rewrites = (file.rewrite for file in self.files)
        return next((each.after for each in rewrites if each and each.source.path == STDIN), None)

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
        notes = ", ".join([*([f"{ignored} ignored"] if ignored else []), *self.edits_summary])
        where = f"in {format_count(len(self.files), 'file')}{notes and f' ({notes})'}"
        return f"{', '.join(listed)} {where}" if listed else f"no findings {where}"

    @property
    def edits_summary(self) -> list[str]:
        """Return what edits did or could do: `2 fixed`, `1 more with --unsafe`."""
        fixes = [fix for file in self.files for fix in file.fixes.values()]
        rewrites = [file.rewrite for file in self.files if file.rewrite is not None]
        if rewrites:
            counts = {
                "fixed": sum(sum(rewrite.fixed.values()) for rewrite in rewrites),
                "more with --unsafe": sum(rewrite.unsafe for rewrite in rewrites),
                "silenced": sum(rewrite.silenced for rewrite in rewrites),
            }
        else:
            safe = sum(fix.is_safe for fix in fixes)
            counts = {"can be fixed with --fix": safe, "with --fix --unsafe": len(fixes) - safe}
        return [f"{count} {words}" for words, count in counts.items() if count]
