"""Check the networks in configs and models, for people and for CI.

Help section: A network, 1
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

import click

from deconvcli.checks.checking import (
    Lock,
    Settings,
    Verdict,
    check,
    discover_settings,
    read_codes,
    read_settings,
)
from deconvcli.checks.reporters import REPORTERS
from deconvcli.checks.rules import rules
from deconvcli.cli.help import Command
from deconvcli.cli.model_options import reader_option, size_option
from deconvcli.cli.options import (
    FORCE_OPTION,
    format_option,
    option,
    out_option,
    takes,
    targets_option,
)
from deconvcli.cli.output import Output, open_output, printable, say, write_raw
from deconvcli.cli.painting import COLORS, has_color, paint
from deconvcli.cli.types import Typed, Whole
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.values import format_count, shorten_list
from deconvcli.layers.axis import Size

LOCK = "deconv.lock"
LOCKED, FIXES = "Lock file", "Fixes"
MAX_JOBS = 1024


class RuleCodes(Typed):
    """Codes or names of rules, or the starts of codes, separated by commas."""

    name = "codes"
    metavar = "CODE[,CODE]"
    after_flag = ": "

    def list_words(self) -> Iterable[str]:
        """Return every code."""
        return rules()

    def parse(self, text: str) -> tuple[str, ...]:
        """Return the codes, each of which matches a rule."""
        return read_codes(text)


def codes_option(name: str, *, help: str) -> Callable[[Any], Any]:
    """Return an option for rules: a list by comma, to which a repeated option adds."""
    return option(name, multiple=True, type=RuleCodes(), callback=_join_codes, help=help)


def _join_codes(
    ctx: click.Context, param: click.Parameter, given: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    return tuple(code for part in given for code in part)


@click.command(cls=Command, short_help=__doc__)
@takes(
    # What may not be read is a finding, beside those of the other files.
    click.argument(
        "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(readable=False)
    ),
    option("--table", is_flag=True, help="Show each layer's shape, parameters and MACs too."),
    size_option(),
    reader_option(),
    codes_option("--select", help="Check only these rules: DCV2,DCV110."),
    codes_option("--ignore", help="Do not check these rules."),
    targets_option(
        help="Report layers that these frameworks, runtimes or exporters lack, or read otherwise,"
        " unless a file names others."
    ),
    option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave such names or paths out of folders: tests, 'data/*'.",
    ),
    option("--strict", is_flag=True, help="Treat warnings as errors."),
    option("--exit-zero", is_flag=True, help="Exit with 0 even if there are errors."),
    out_option("--output", help="Write the findings to FILE instead of printing them."),
    format_option(REPORTERS.names, help="Format of the findings."),
    option(
        "--statistics",
        is_flag=True,
        help="Count the findings of each rule in place of printing them.",
    ),
    option(
        "--color",
        type=click.Choice(COLORS),
        default="auto",
        show_default=True,
        help="When text has colour; auto obeys NO_COLOR and FORCE_COLOR.",
    ),
    option("-q", "--quiet", is_flag=True, help="Print nothing if there are no findings."),
    FORCE_OPTION,
    option(
        "--jobs", type=Whole(1, MAX_JOBS), default=1, show_default=True, help="Number of processes."
    ),
    option("--config", type=click.Path(), metavar="FILE", help="TOML file with settings."),
    option("--isolated", is_flag=True, help="Ignore the project's settings."),
    option(
        "--fix-hints",
        is_flag=True,
        help="Show the exact edits that would fix each finding; no file is changed.",
        section=FIXES,
    ),
    option("--fix", is_flag=True, help="Make the edits that are safe.", section=FIXES),
    option(
        "--unsafe",
        is_flag=True,
        help="With --fix or --diff: also the edits after which values move or weights do not fit.",
        section=FIXES,
    ),
    option(
        "--diff",
        is_flag=True,
        help="Print the edits of --fix as a diff for git apply; no file is changed.",
        section=FIXES,
    ),
    option(
        "--add-ignore",
        is_flag=True,
        help="Add comments that silence the findings, with --fix the remaining ones.",
        section=FIXES,
    ),
    option("--lock", is_flag=True, help=f"Write each layer's size to {LOCK}.", section=LOCKED),
    option("--locked", is_flag=True, help=f"Compare the sizes with {LOCK}.", section=LOCKED),
)
def command(
    paths: tuple[str, ...],
    out: str | None,
    force: bool,
    format: str,
    statistics: bool,
    exit_zero: bool,
    color: str,
    **options: object,
) -> int:
    """Check the networks in config and model files: sizes, channels, names, values.

    PATH is a file, a folder, a glob pattern, or - for standard input. Models are files of ONNX
    (.onnx), torch.export (.pt2), Keras (.keras, .h5, .json), TensorFlow Lite (.tflite), OpenVINO
    (.xml), ncnn (.param) and Caffe (.prototxt), and the layers in Python source (.py, .ipynb): no
    framework is needed, and nothing in them is executed. Exits with 1 if there are errors; with
    --fix if errors remain, with --diff if there are edits.

    \b
    Examples:
      deconv check networks/
      deconv check unet.yaml --table
      deconv check src/
      deconv check networks/ --fix
      deconv check . --format sarif -o deconv.sarif --force
    """
    if statistics and format not in ("text", "counts"):
        raise UsageError(
            f"--statistics and --format {format} are both given",
            help="leave one of them out; --format json has the code of each finding.",
        )
    format = "counts" if statistics else format
    chosen = CheckOptions(**options)  # type: ignore[arg-type]
    settings = chosen.settings()
    # Opened first, since no file may be edited if this one cannot be written.
    with open_output(out, force=force) as file:
        verdict = check(paths, settings, chosen.jobs)
        if chosen.diff:
            return _show_diff(verdict, file, say_summary=not chosen.quiet)
        if settings.edits:
            verdict = _write_edits(verdict, settings)
        if chosen.lock:
            _write_lock(verdict, say_all=not chosen.quiet)
        if file is not None or not chosen.quiet or any(verdict.findings):
            report = REPORTERS.take(format)(verdict)
            if verdict.edited_input is not None and file is None:
                click.echo(printable(report), err=True)
            elif format in ("concise", "text") and file is None and has_color(color):
                # Not stripped, as it would be in a pipe.
                click.echo(paint(printable(report)), color=True)
            else:
                Output(format, file=file).write(report)
            edits = ", ".join(verdict.edits_summary)
            if settings.edits and edits not in report:
                say(edits)
    return 1 if verdict.has_errors and not exit_zero else 0


def _write_edits(verdict: Verdict, settings: Settings) -> Verdict:
    """Write the edited files, and the text of standard input, which then has no other output."""
    from deconvcli.checks.checking.rewriting import write_files  # which most checks do not need

    verdict = write_files(verdict, settings)
    if verdict.edited_input is not None:
        write_raw(verdict.edited_input, None)
    return verdict


def _show_diff(verdict: Verdict, file: IO[bytes] | None, *, say_summary: bool) -> int:
    from deconvcli.checks.checking.rewriting import format_diffs  # as above

    diff = format_diffs(verdict)
    write_raw(diff.encode(), file)
    if say_summary:
        edits = ", ".join(verdict.edits_summary) or "no edits"
        say(f"no file is changed; without --diff: {edits}")
    return 1 if diff else 0


@dataclass(frozen=True)
class CheckOptions:
    """The options that decide what is checked."""

    table: bool
    fix_hints: bool
    fix: bool
    unsafe: bool
    diff: bool
    add_ignore: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    strict: bool
    config: str | None
    isolated: bool
    lock: bool
    locked: bool
    jobs: int
    quiet: bool
    sizes: dict[str, tuple[Size, ...]]
    reader: str | None
    targets: tuple[str, ...] | None
    exclude: tuple[str, ...]

    def settings(self) -> Settings:
        """Return the project's settings, overridden by the command line.

        Raises:
            UsageError: two options contradict each other.
        """
        self._refuse_contradictions()
        chosen = self._project_settings()
        chosen = chosen._replace(select=self.select) if self.select else chosen
        chosen = chosen._replace(ignore=(*chosen.ignore, *self.ignore))
        return chosen._replace(
            strict=chosen.strict or self.strict,
            tables=self.table,
            fix_hints=self.fix_hints,
            fix=self.fix or (self.diff and not self.add_ignore),
            unsafe=self.unsafe,
            add_ignore=self.add_ignore,
            lock=self.lock,
            locked=self._read_locked(),
            sizes=self.sizes,
            reader=self.reader,
            targets=self.targets or chosen.targets,
            exclude=(*chosen.exclude, *self.exclude),
        )

    def _refuse_contradictions(self) -> None:
        if self.unsafe and not (self.fix or self.diff):
            raise UsageError(
                "--unsafe is given without --fix",
                help="make the edits with --fix --unsafe, or show them with --diff --unsafe.",
            )
        given = {"--table": self.table, "--lock": self.lock, "--locked": self.locked}
        for name in [name for name, is_given in given.items() if is_given and self.diff]:
            raise UsageError(
                f"--diff and {name} are both given",
                help=f"--diff prints a diff and nothing else; run {name} in a second command.",
            )

    def _project_settings(self) -> Settings:
        if self.config is not None:
            return read_settings(self.config) or Settings()
        return Settings() if self.isolated else discover_settings(os.getcwd())

    def _read_locked(self) -> Lock | None:
        """Return the sizes to compare with, or None without --locked."""
        if self.lock and self.locked:
            raise UsageError(
                "--lock and --locked are both given",
                help="write the sizes with --lock, and compare them later with --locked.",
            )
        return _read_lock() if self.locked else None


def _read_lock() -> Lock:
    # Most checks have no lock file, and should not pay for this import.
    from deconvcli.checks.checking.lock import read_lock

    try:
        with open(LOCK, encoding="utf-8") as file:
            return read_lock(file.read(), LOCK)
    except FileNotFoundError as error:
        raise Unreadable(
            f"there is no {LOCK} in the current folder",
            help="write it with deconv check --lock, or go to the folder that has it.",
        ) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{LOCK} cannot be read here", help="write it again with deconv check --lock."
        ) from error


def _write_lock(verdict: Verdict, *, say_all: bool) -> None:
    """Write the sizes to the lock file, and report the networks that are left out."""
    from deconvcli.checks.checking.lock import format_lock, update_lock  # as above

    files = [file for file in verdict.files if file.sizes]
    if files:
        # A lock file that cannot be read is replaced, which is what the error of --locked advises.
        before: Lock = {}
        with suppress(Unreadable):
            before = _read_lock()
        _write(format_lock(update_lock(before, verdict)), LOCK, force=True)
        if say_all:
            say(f"wrote {LOCK}: sizes of {format_count(len(files), 'file')}")
    refused = [f"{name} ({file.name})" for file in verdict.files for name in file.refused]
    if refused:
        say(f"not locked, because of errors: {shorten_list(refused)}")
        say("  help: fix the errors, and run deconv check --lock again.")


def _write(text: str, path: str | None, *, force: bool) -> None:
    """Write to the file, completely or not at all; without a file, to standard output."""
    with open_output(path, force=force) as file:
        Output("text", file=file).write(text)
