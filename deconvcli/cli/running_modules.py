"""How `deconv convert --against` runs modules in the installed frameworks, and shows the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deconvcli.cli.differences import difference_data, difference_rows
from deconvcli.common.errors import NotLinear, UsageError
from deconvcli.conversion import Conversion
from deconvcli.conversion.against import ModuleCheck, Ran, check_module
from deconvcli.conversion.execution import can_run_modules
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.frameworks.installed import find_installed

Checked = ModuleCheck | str
"""What a module computed, or the reason why it was not run."""


def check_modules(conversions: Mapping[str, Conversion | None], source: str) -> dict[str, Checked]:
    """Return what the modules of these targets compute, each in an installed framework.

    source: the dialect of the layer itself, whose framework computes it where it is installed.

    Raises:
        UsageError: none of the targets can be run here.
    """
    frameworks = _find_frameworks(conversions)
    with _open_source(source) as process:
        return {
            name: _check(conversions[name], framework, process)
            for name, framework in frameworks.items()
        }


def _find_frameworks(names: Mapping[str, Any]) -> dict[str, Framework | UsageError]:
    """Return a framework for each name, or why there is none.

    Raises:
        UsageError: there is none for any of the names.
    """
    found: dict[str, Framework | UsageError] = {}
    for name in names:
        try:
            found[name] = find_installed(name, can_run_modules)
        except UsageError as error:
            found[name] = error
    [first, *_] = found.values()
    if isinstance(first, UsageError) and not any(isinstance(x, Framework) for x in found.values()):
        raise first
    return found


@contextmanager
def _open_source(name: str) -> Iterator[DriverProcess[Framework] | None]:
    """Yield a process of the layer's own framework, or None where it is not installed."""
    try:
        framework = find_installed(name, lambda one: one.has_values)
    except UsageError:
        yield None
        return
    with DriverProcess(framework) as process:
        yield process


def _check(
    conversion: Conversion | None,
    framework: Framework | UsageError,
    source: DriverProcess[Framework] | None,
) -> Checked:
    if isinstance(framework, UsageError):
        return framework.message
    if conversion is None:
        return "there is no module"
    try:
        return check_module(conversion, framework, source)
    except NotLinear:
        return "the crop depends on a size that is a letter"


def list_check_rows(checked: Checked) -> list[tuple[str, str]]:
    """Return the rows of one target: the comparison, and what would make the values equal."""
    rows = [("against", check_text(checked))]
    if not isinstance(checked, str) and checked.difference is not None:
        rows += difference_rows(checked.layer, checked.difference)
    return rows


def check_text(checked: Checked) -> str:
    """Return the comparison, or the reason why there is none, in one line."""
    if isinstance(checked, str):
        return f"not run: {checked}"
    if checked.proof is None:
        return f"{checked.target}: {checked.why}"
    ours = f"deconv ({checked.why_ours})" if checked.why_ours else "deconv"
    return f"{checked.proof}: {checked.target} and {checked.source or ours}"


def describe_check(checked: Checked) -> dict[str, Any]:
    """Return the same for programs."""
    if isinstance(checked, str):
        return {"framework": None, "why": checked}
    proof, difference = checked.proof, checked.difference
    return {
        **_describe_ran(checked.target),
        "source": None if checked.source is None else _describe_ran(checked.source),
        "elements": None if proof is None else proof.elements,
        "equal": None if proof is None else proof.equal,
        "channels": None if proof is None else proof.channels,
        "spatial": None if proof is None else proof.spatial,
        "why": checked.why or checked.why_ours or None,
        "difference": None if difference is None else difference_data(checked.layer, difference),
    }


def _describe_ran(ran: Ran) -> dict[str, Any]:
    return {"framework": ran.name, "versions": ran.versions}
