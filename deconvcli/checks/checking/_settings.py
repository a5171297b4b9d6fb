"""What a project says of its checks: [tool.deconv] in pyproject.toml, or a deconv.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.rules import rules
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.findings import Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import shorten

LARGEST = 1 << 20


class Settings(NamedTuple):
    """select, ignore: codes or their beginnings. severity: by code. useless_share: of MACs.

    tables: whether the layers are listed beside the findings. fix_hints: whether the edits that
    mend them are.
    """

    select: tuple[str, ...] = ("DCV",)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    strict: bool = False
    useless_share: float = 0.5
    tables: bool = False
    fix_hints: bool = False
    source: str = ""

    def takes(self, code: str) -> bool:
        """Whether a rule is asked for: the longer of two matching beginnings decides."""
        chosen = max((len(s) for s in self.select if code.startswith(s)), default=-1)
        silenced = max((len(s) for s in self.ignore if code.startswith(s)), default=-1)
        return chosen > silenced

    def severity_of(self, code: str, own: Severity) -> Severity:
        """The rule's own severity, as far as nothing else is said."""
        given = self.severity.get(code, own)
        return Severity.ERROR if self.strict and given is Severity.WARNING else given


def discover(folder: str) -> Settings:
    """The settings that hold in a folder: of the nearest file, not above a repository's root.

    Raises:
        Unreadable: the file is no TOML.
        UsageError: it holds what is no setting.
    """
    for above in _upwards(os.path.abspath(folder)):
        for name in ("deconv.toml", "pyproject.toml"):
            path = os.path.join(above, name)
            if os.path.isfile(path) and (found := settings_from(path)) is not None:
                return found
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


def settings_from(path: str) -> Settings | None:
    """The settings of one file; None for a pyproject.toml without our table.

    Raises:
        Unreadable: it is no TOML, or cannot be opened.
        UsageError: it holds what is no setting.
    """
    table = _toml(path)
    if os.path.basename(path) == "pyproject.toml":
        tool = table.get("tool", {})
        if not isinstance(tool, dict) or "deconv" not in tool:
            return None
        table = tool["deconv"]
    try:
        return _settings(table)._replace(source=path)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", help=error.help, code="settings") from error


def _toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unreadable(f"{path}: more than {LARGEST:,} bytes", help="name a settings file.")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}", help="name a file that exists.") from error
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8, or too deep"
        raise Unreadable(f"{path}: this is not TOML: {why}", help="correct it.") from error


def _settings(table: Any) -> Settings:
    if not isinstance(table, dict):
        raise _wrong("the table", table, "a table of settings")
    for name in table:
        if name not in _READERS:
            help = suggestion(name, list(_READERS))
            raise UsageError(f"{shorten(name)} is no setting", help=help)
    given = {name.replace("-", "_"): _READERS[name](table[name]) for name in table}
    return Settings()._replace(**given)


def codes(given: Any) -> tuple[str, ...]:
    """Codes, or beginnings of codes.

    Raises:
        UsageError: one of them fits no rule.
    """
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not all(isinstance(code, str) for code in listed):
        raise _wrong("select or ignore", given, "a list of codes, as ['DCV201']")
    return tuple(_code(code.strip().upper()) for code in listed)


def _code(code: str) -> str:
    if code == "ALL":
        return "DCV"
    if not code or not any(known.startswith(code) for known in rules()):
        help = suggestion(code, list(rules()))
        raise UsageError(f"no rule has the code {shorten(code)}", help=help, code="unknown-rule")
    return code


def _severities(given: Any) -> Mapping[str, Severity]:
    allowed = "a table, as {DCV201 = 'error'}, of error, warning or note"
    if not isinstance(given, dict):
        raise _wrong("severity", given, allowed)
    for code, word in given.items():
        if code not in rules() or word not in list(Severity):
            raise _wrong(f"severity.{code}"[:60], word, allowed)
    return {code: Severity(word) for code, word in given.items()}


def _flag(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    raise _wrong("strict", given, "true or false")


def _share(given: Any) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= 1:
        return float(given)
    raise _wrong("useless-share", given, "a number from 0 to 1")


def _wrong(name: str, given: Any, allowed: str) -> UsageError:
    return UsageError(f"{name} is {shorten(given)}", help=f"write {allowed}.", code="settings")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "select": codes,
    "ignore": codes,
    "severity": _severities,
    "strict": _flag,
    "useless-share": _share,
}
