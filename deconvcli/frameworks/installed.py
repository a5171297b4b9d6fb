"""The frameworks that are installed here, selected by name; missing ones with their command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.base import Framework, TimedFramework, install_command
from deconvcli.frameworks.drivers import FRAMEWORKS

AnyFramework = TypeVar("AnyFramework", bound=Framework)


class Selection(NamedTuple, Generic[AnyFramework]):
    """The selected frameworks, divided into those that are installed and those that are not."""

    installed: list[AnyFramework]
    missing: list[AnyFramework]


def select_frameworks(
    names: Sequence[str] = (),
    *,
    needs_extra: bool = False,
    needs_any: bool = False,
    accepts: Callable[[Framework], bool] = lambda framework: True,
) -> Selection[Framework]:
    """Return the frameworks of these dialects or implementations; without names, all.

    needs_extra: every framework of the extra `frameworks` must be installed. needs_any: at least
    one framework must be installed. accepts: which frameworks there are for this purpose.

    Raises:
        UsageError: a name is no dialect or has no framework, or a framework is missing.
    """
    known = [framework for framework in _list_frameworks() if accepts(framework)]
    selection = _divide(_find(names, known, "there is no framework to run for {}"))
    missing = selection.missing
    _refuse(missing if names else [one for one in missing if needs_extra and one.in_extra])
    if needs_any and not selection.installed:
        help = install_command(*(framework for framework in missing if framework.in_extra))
        raise UsageError("no framework is installed", help=help, code="not-installed")
    return selection


def find_installed(
    name: str, accepts: Callable[[Framework], bool] = lambda framework: True
) -> Framework:
    """Return the first installed framework of a dialect, or that of `dialect@implementation`.

    Raises:
        UsageError: there is none for this name, or none of them is installed.
    """
    known = [framework for framework in _list_frameworks() if accepts(framework)]
    selection = _divide(_find([name], known, "there is no framework to run for {}"))
    if not selection.installed:
        _refuse(selection.missing)
    return selection.installed[0]


def select_timed(names: Sequence[str] = ()) -> Selection[TimedFramework]:
    """Return the frameworks of these names that can be timed; without names, all of them.

    Raises:
        UsageError: a name has no framework that can be timed, or the framework is missing.
    """
    timed = [one for one in _list_frameworks() if isinstance(one, TimedFramework)]
    selection = _divide(_find(names, timed, "{} cannot be timed"))
    _refuse(selection.missing if names else [])
    return selection


def note_missing(missing: Sequence[Framework]) -> list[Diagnostic]:
    """Return one note for the missing frameworks of the extra, and one for each of the others."""
    in_extra = [framework for framework in missing if framework.in_extra]
    others = [[framework] for framework in missing if not framework.in_extra]
    return [
        Diagnostic(
            "not-installed",
            Severity.NOTE,
            f"not installed: {_join_names(group)}",
            install_command(*group),
        )
        for group in (in_extra, *others)
        if group
    ]


def _list_frameworks() -> list[Framework]:
    return [FRAMEWORKS.take(name) for name in FRAMEWORKS.names]


def _find(names: Sequence[str], known: Sequence[AnyFramework], problem: str) -> list[AnyFramework]:
    if not names:
        return [*known]
    found = (framework for name in names for framework in _find_one(name, known, problem))
    return list(dict.fromkeys(found))


def _find_one(name: str, known: Sequence[AnyFramework], problem: str) -> list[AnyFramework]:
    """Return the frameworks of a dialect, or the one of `dialect@implementation`."""
    found = [one for one in known if name in (one.dialect, one.dialect.partition("@")[0])]
    if not found:
        # An unknown dialect has an error of its own, with the nearest name.
        dialect, _ = take(name)
        reason = "" if dialect.is_measured else "it is known from its documentation only; "
        raise UsageError(
            problem.format(name),
            help=f"{reason}choose from: {_join_names(known)}.",
            code="no-framework",
        )
    return found


def _divide(frameworks: Sequence[AnyFramework]) -> Selection[AnyFramework]:
    missing = [framework for framework in frameworks if framework.find_missing()]
    return Selection([one for one in frameworks if one not in missing], missing)


def _refuse(missing: Sequence[Framework]) -> None:
    if missing:
        raise UsageError(
            f"not installed: {_join_names(missing)}",
            help=install_command(*missing),
            code="not-installed",
        )


def _join_names(frameworks: Sequence[Framework]) -> str:
    return ", ".join(framework.dialect for framework in frameworks)
