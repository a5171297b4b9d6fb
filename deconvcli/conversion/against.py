"""A printed module run in its framework, and compared with the layer that it was made of."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.compute.differences import Difference, find_difference
from deconvcli.compute.runner import Array, canonical_input
from deconvcli.conversion import Conversion
from deconvcli.conversion.execution import DTYPE, collect_output, run_module
from deconvcli.conversion.proof import Proof, Trial, try_plan
from deconvcli.frameworks.driver.ask import NoAnswer, ask_for_output, make_question
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import DriverProcess, NotStarted
from deconvcli.layers.layer import Reading


class Ran(NamedTuple):
    """A framework that computed something; versions: those of its modules."""

    name: str
    versions: dict[str, str]

    def __str__(self) -> str:
        versions = ", ".join(f"{module} {number}" for module, number in self.versions.items())
        return f"{self.name} ({versions})"


class ModuleCheck(NamedTuple):
    """The comparison of a module's values, or the reason why there is none.

    source: the framework that computed the layer itself; None where deconv's own values stand for
    it, and why_ours says why. layer: the layer that was computed. difference: what would make the
    values equal, if anything simple does. why: empty where there are values.
    """

    target: Ran
    source: Ran | None
    layer: Reading
    proof: Proof | None = None
    difference: Difference | None = None
    why: str = ""
    why_ours: str = ""

    @property
    def agrees(self) -> bool:
        """Whether all values are equal."""
        return self.proof is not None and self.proof.holds


class _Expected(NamedTuple):
    """The values of the layer itself, (N, Cout, *out), and where they are from."""

    y: Array
    source: Ran | None
    why_ours: str = ""


def check_module(
    conversion: Conversion, framework: Framework, source: DriverProcess[Framework] | None = None
) -> ModuleCheck:
    """Return how the module's values in its framework compare with the layer's, on small integers.

    source: the framework of the layer itself; without it deconv computes the layer.

    Raises:
        NotExpressible: no module is written for the framework.
        NotLinear: the crop depends on a size that is a letter.
    """
    trial, plan = try_plan(conversion.plan)
    expected = _compute_source(trial, source)
    process = DriverProcess(framework)
    why = ""
    with process:
        try:
            found = _run(process, Conversion(plan), trial)
        except NotStarted as error:
            why = f"cannot be imported: {error}"
        except NoAnswer as error:
            why = str(error)
    check = ModuleCheck(
        Ran(framework.dialect, process.versions),
        expected.source,
        trial.source,
        why=why,
        why_ours=expected.why_ours,
    )
    if why:
        return check
    proof = trial.compare(found, expected.y)
    return check._replace(
        proof=proof, difference=None if proof.holds else _find_difference(trial, found)
    )


def _run(process: DriverProcess[Framework], conversion: Conversion, trial: Trial) -> Array:
    """Return what a module makes of the arrays, as (N, Cout, *out)."""
    y = run_module(process, conversion, trial.x, trial.weight, trial.bias)
    return collect_output(conversion, y)


def _compute_source(trial: Trial, process: DriverProcess[Framework] | None) -> _Expected:
    """Return the layer's values from its own framework; where that has none, our own."""
    if process is None:
        return _Expected(trial.compute(), None)
    name = process.driver.dialect
    x, weight = trial.x.astype(DTYPE), trial.weight.astype(DTYPE)
    try:
        question = make_question(trial.source, name, x, weight)
        y = question.to_canonical(ask_for_output(process, question))
    except (DeconvError, NoAnswer) as error:
        return _Expected(trial.compute(), None, f"{name}: {error}")
    bias = trial.bias.reshape(-1, *[1] * (y.ndim - 2))
    return _Expected(y + bias, Ran(name, process.versions))


def _find_difference(trial: Trial, found: Array) -> Difference | None:
    """Return what would make the output equal to the layer's: a shift, reversed taps and so on."""
    source = trial.source
    given = (trial.x, trial.weight, trial.bias, found)
    x, weight, bias, y = [array.astype("float64") for array in given]
    return find_difference(source, canonical_input(source, x), weight, bias, y, x.dtype)
