"""Check the networks in config files, for people and for CI.

Help section: A network, 1
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import click

from deconvcli.checks.checking import (
    Settings,
    Verdict,
    check,
    compare_with_lock,
    discover_settings,
    format_lock,
    read_codes,
    read_settings,
)
from deconvcli.checks.reporters import REPORTERS
from deconvcli.cli.help import Command
from deconvcli.cli.options import FORCE_OPTION, format_option, option, out_option, takes
from deconvcli.cli.output import Output, open_output, say
from deconvcli.cli.types import Count
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.values import format_count

LOCK = "deconv.lock"
LOCKED = "Lock file"


@click.command(cls=Command, short_help=__doc__)
@takes(
    # What may not be read is a finding, beside those of the other files.
    click.argument(
        "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(readable=False)
    ),
    option("--table", is_flag=True, help="Show each layer's shape, parameters and MACs too."),
    option(
        "--fix-hints",
        is_flag=True,
        help="Show the exact edits that would fix each finding; no file is changed.",
    ),
    option("--select", metavar="CODES", help="Check only these rules: DCV2,DCV110."),
    option("--ignore", metavar="CODES", help="Do not check these rules."),
    option("--strict", is_flag=True, help="Treat warnings as errors."),
    out_option("--output", help="Write the findings to FILE instead of printing them."),
    format_option(REPORTERS.names, help="Format of the findings."),
    option("-q", "--quiet", is_flag=True, help="Print nothing if there are no findings."),
    FORCE_OPTION,
    option("--jobs", type=Count(1), default=(1,), help="Number of processes.  [default: 1]"),
    option("--config", type=click.Path(), metavar="FILE", help="TOML file with settings."),
    option("--isolated", is_flag=True, help="Ignore the project's settings."),
    option("--lock", is_flag=True, help=f"Write each layer's size to {LOCK}.", section=LOCKED),
    option("--locked", is_flag=True, help=f"Compare the sizes with {LOCK}.", section=LOCKED),
)
def command(
    paths: tuple[str, ...], out: str | None, force: bool, format: str, **options: object
) -> int:
    """Check the networks in config files: sizes, channels, names, values.

    PATH is a file, a folder, a glob pattern, or - for standard input. Exits with 1 if there are
    errors.

    \b
    Examples:
      deconv check networks/
      deconv check unet.yaml --table
      deconv check . --format sarif -o deconv.sarif --force
    """
    chosen = CheckOptions(**options)  # type: ignore[arg-type]
    verdict = check(paths, chosen.settings(), chosen.jobs[0])
    verdict = chosen.use_lock(verdict)
    # The lock needs the tables, which are printed only for --table.
    shown = verdict if chosen.table else verdict.without_tables()
    if not chosen.quiet or any(verdict.findings):
        _write(REPORTERS.take(format)(shown), out, force=force)
    return 1 if verdict.has_errors else 0


@dataclass(frozen=True)
class CheckOptions:
    """The options that decide what is checked."""

    table: bool
    fix_hints: bool
    select: str | None
    ignore: str | None
    strict: bool
    config: str | None
    isolated: bool
    lock: bool
    locked: bool
    jobs: tuple[int]
    quiet: bool

    def settings(self) -> Settings:
        """Return the project's settings, overridden by the command line."""
        chosen = self._project_settings()
        chosen = chosen._replace(select=read_codes(self.select)) if self.select else chosen
        if self.ignore:
            chosen = chosen._replace(ignore=(*chosen.ignore, *read_codes(self.ignore)))
        listed = self.table or self.lock or self.locked
        strict = chosen.strict or self.strict
        return chosen._replace(strict=strict, tables=listed, fix_hints=self.fix_hints)

    def _project_settings(self) -> Settings:
        if self.config is not None:
            return read_settings(self.config) or Settings()
        return Settings() if self.isolated else discover_settings(os.getcwd())

    def use_lock(self, verdict: Verdict) -> Verdict:
        """Write the sizes to the lock file with --lock; compare them with it for --locked."""
        if self.lock and self.locked:
            raise UsageError(
                "--lock and --locked are both given",
                help="write the sizes with --lock, and compare them later with --locked.",
            )
        if self.lock:
            _write(format_lock(verdict), LOCK, force=True)
            say(f"wrote {LOCK}: sizes of {format_count(len(verdict.files), 'file')}")
        return compare_with_lock(verdict, _read_lock(), LOCK) if self.locked else verdict


def _read_lock() -> str:
    try:
        with open(LOCK, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{LOCK} cannot be read here", help="write it with deconv check --lock."
        ) from error


def _write(text: str, path: str | None, *, force: bool) -> None:
    """Write to the file, completely or not at all; without a file, to standard output."""
    with open_output(path, force=force) as file:
        Output("text", file=file).write(text)
