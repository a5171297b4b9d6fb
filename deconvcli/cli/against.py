"""A layer as the frameworks installed here compute it: `deconv run --against torch,keras`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.cli.verdict import judged, verdict_data, verdict_text
from deconvcli.cli.verifying import chosen, refuse_missing, split
from deconvcli.common.errors import DeconvError
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import Asked
from deconvcli.frameworks.driver.question import NoAnswer, output, question
from deconvcli.layers.layer import Reading


class Held(NamedTuple):
    """What one framework made of the layer: a verdict, or why there is none.

    agrees is None where the framework has no words for the layer.
    """

    name: str
    agrees: bool | None
    verdict: Agreement | None
    why: str

    @property
    def text(self) -> str:
        """For people."""
        return self.why if self.verdict is None else verdict_text(self.verdict)

    @property
    def data(self) -> dict[str, Any]:
        """For programs."""
        verdict = None if self.verdict is None else verdict_data(self.verdict)
        return {"agrees": self.agrees, "check": verdict, "why": self.why or None}


def frameworks(names: Sequence[str]) -> list[Framework]:
    """Those that `--against` names.

    Raises:
        UsageError: a name that no framework has, or one that is not installed.
    """
    installed, missing = split(chosen(names))
    refuse_missing(missing, installed, named=True, require=False)
    return installed


def held(framework: Framework, reading: Reading, x: Array, weight: Array) -> Held:
    """The framework's output judged like ours, without a bias, in one process of its own."""
    try:
        asking = question(reading, framework.dialect, x, weight)
    except DeconvError as error:
        reason = error.message.removeprefix(f"{take(framework.dialect)[0].name} ")
        return Held(framework.dialect, None, None, reason)
    if not framework.has_values:
        return Held(framework.dialect, None, None, "infers shapes and computes nothing")
    try:
        with Asked(framework) as asked:
            theirs = output(asked, asking)
    except NoAnswer as error:
        return Held(framework.dialect, False, None, str(error))
    verdict = judged(asking.reading, asking.x, asking.weight, None, theirs)
    return Held(framework.dialect, verdict.agrees, verdict, "")
