"""A project's settings for checks: [tool.deconv] in pyproject.toml, or a deconv.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.checking._verdict import Lock
from deconvcli.checks.rules import find_code, rules
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.findings import Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import shorten
from deconvcli.frameworks.targets import resolve_target
from deconvcli.layers.axis import Linear

MAX_SETTINGS_BYTES = 1 << 20


class Settings(NamedTuple):
    """The settings of a check.

    select, ignore: codes or prefixes of codes. severity: by code. strict: whether warnings are
    errors. useless_share: the share of useless MACs above which a layer is reported. tables:
    whether the layers are listed. fix_hints: whether edits that fix findings are sought. fix:
    whether those that change nothing else are made; unsafe: and all others. add_ignore: whether
    comments are added that silence the findings. lock: whether sizes for a lock file are listed.
    locked: the lock file to compare them with, if any. source: the file of the settings. sizes:
    those of the inputs of model files, by name. reader: that of all named files. targets: those
    that must have the layers of a file that names none itself. exclude: patterns of names and
    paths that folders are searched without.
    """

    select: tuple[str, ...] = ("DCV",)
    ignore: tuple[str, ...] = ()
    # A plain dict: settings are pickled for other processes, which a read-only mapping refuses.
    severity: Mapping[str, Severity] = {}
    strict: bool = False
    useless_share: float = 0.5
    tables: bool = False
    fix_hints: bool = False
    fix: bool = False
    unsafe: bool = False
    add_ignore: bool = False
    lock: bool = False
    locked: Lock | None = None
    source: str = ""
    sizes: Mapping[str, Sequence[int | Linear]] = {}
    reader: str | None = None
    targets: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def edits(self) -> bool:
        """Whether the files are to be edited."""
        return self.fix or self.add_ignore

    def without_edits(self) -> Settings:
        """Return the settings of a check that edits no file."""
        return self._replace(fix=False, unsafe=False, add_ignore=False)

    def without_extras(self) -> Settings:
        """Return the settings of a check that gives the findings of the rules, and nothing else."""
        plain = self.without_edits()
        return plain._replace(tables=False, fix_hints=False, lock=False, locked=None)

    def selects(self, code: str) -> bool:
        """Return whether a rule is selected: the longer of two matching prefixes decides."""
        chosen = max((len(s) for s in self.select if code.startswith(s)), default=-1)
        silenced = max((len(s) for s in self.ignore if code.startswith(s)), default=-1)
        # For prefixes of one length, `ignore` decides.
        return chosen > silenced

    def names(self, code: str) -> bool:
        """Return whether a rule is selected by more than the start that all codes have."""
        everything = Settings().select
        return any(code.startswith(s) for s in self.select if s not in everything)

    def severity_of(self, code: str, own: Severity) -> Severity:
        """Return the severity of a rule: its own, unless the settings give another."""
        given = self.severity.get(code, own)
        return Severity.ERROR if self.strict and given is Severity.WARNING else given


def discover_settings(folder: str) -> Settings:
    """Return the settings for a folder, from the nearest settings file in it or above it.

    Raises:
        Unreadable: the file is not TOML.
        UsageError: the file contains an unknown setting or a wrong value.
    """
    for above in _upwards(os.path.abspath(folder)):
        # A deconv.toml exists for these settings alone, so it wins over a pyproject.toml beside it.
        for name in ("deconv.toml", "pyproject.toml"):
            path = os.path.join(above, name)
            if os.path.isfile(path) and (found := read_settings(path)) is not None:
                return found
        # A file above the repository belongs to somebody else, and CI would not find it.
        if os.path.exists(os.path.join(above, ".git")):
            break
    return Settings()


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def read_settings(path: str) -> Settings | None:
    """Return the settings of one file, or None for a pyproject.toml without our table.

    Raises:
        Unreadable: the file is not TOML, or cannot be opened.
        UsageError: the file contains an unknown setting or a wrong value.
    """
    table = _read_toml(path)
    if os.path.basename(path) == "pyproject.toml":
        tool = table.get("tool", {})
        if not isinstance(tool, dict) or "deconv" not in tool:
            return None
        table = tool["deconv"]
    try:
        return _parse_settings(table)._replace(source=path)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", help=error.help, code="settings") from error


def _read_toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SETTINGS_BYTES + 1)
        if len(data) > MAX_SETTINGS_BYTES:
            message = f"{path}: more than {MAX_SETTINGS_BYTES:,} bytes"
            raise Unreadable(message, help="name a settings file.")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}", help="name a file that exists.") from error
    except (ValueError, RecursionError) as error:
        is_syntax = isinstance(error, tomllib.TOMLDecodeError)
        reason = str(error) if is_syntax else "not UTF-8, or nested too deeply"
        raise Unreadable(f"{path}: this is not TOML: {reason}", help="correct the file.") from error


def _parse_settings(table: Any) -> Settings:
    if not isinstance(table, dict):
        raise _wrong_value("the table", table, "a table of settings")
    for name in table:
        if name not in _READERS:
            help = suggestion(name, list(_READERS))
            raise UsageError(f"{shorten(name)} is not a setting", help=help)
    given = {name.replace("-", "_"): _READERS[name](table[name]) for name in table}
    return Settings()._replace(**given)


def read_codes(given: Any) -> tuple[str, ...]:
    """Return codes or prefixes of codes, given as a list or as text with commas.

    Raises:
        UsageError: one of them matches no rule.
    """
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not all(isinstance(code, str) for code in listed):
        raise _wrong_value("select or ignore", given, "a list of codes, such as ['DCV201']")
    return tuple(_read_code(code) for code in listed)


def _read_code(text: str) -> str:
    """Return the code of a rule, or the start of codes: of DCV201, 201, uneven-overlap or DCV2."""
    code = find_code(text)
    # As in ruff.
    if code == "ALL":
        return "DCV"
    if not code or not any(known.startswith(code) for known in rules()):
        names = [*rules(), *(name.replace("_", "-") for name, _ in rules().values())]
        help = suggestion(text, names)
        raise UsageError(f"no rule has the code {shorten(text)}", help=help, code="unknown-rule")
    return code


def _read_severities(given: Any) -> Mapping[str, Severity]:
    allowed = "a table of error, warning or note, such as {DCV201 = 'error'}"
    if not isinstance(given, dict):
        raise _wrong_value("severity", given, allowed)
    for code, word in given.items():
        if find_code(code) not in rules() or word not in list(Severity):
            raise _wrong_value(f"severity.{code}"[:60], word, allowed)
    return {find_code(code): Severity(word) for code, word in given.items()}


def _read_targets(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise _wrong_value("targets", given, "a list of targets, such as ['onnxruntime']")
    return tuple(map(resolve_target, given))


def _read_patterns(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise _wrong_value("exclude", given, "a list of patterns, such as ['tests/*']")
    return tuple(given)


def _read_flag(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    raise _wrong_value("strict", given, "true or false")


def _read_share(given: Any) -> float:
    # True and False are integers in Python.
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 1:
        return float(given)
    raise _wrong_value("useless-share", given, "a number from 0 to 1")


def _wrong_value(name: str, given: Any, allowed: str) -> UsageError:
    return UsageError(f"{name} is {shorten(given)}", help=f"write {allowed}.", code="settings")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "select": read_codes,
    "ignore": read_codes,
    "severity": _read_severities,
    "strict": _read_flag,
    "useless-share": _read_share,
    "targets": _read_targets,
    "exclude": _read_patterns,
}
