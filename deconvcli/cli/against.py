"""The frameworks of `deconv run --against`: their outputs checked in the same way as ours."""

from __future__ import annotations

from typing import Any, NamedTuple

from deconvcli.cli.verdict import verdict_data, verdict_text
from deconvcli.common.errors import DeconvError
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array, check_values
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.ask import NoAnswer, ask_for_output, make_question
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.layers.layer import Reading


class FrameworkCheck(NamedTuple):
    """One framework's verdict on the layer, or the reason why there is none.

    agrees: None if the framework's dialect cannot express the layer.
    """

    name: str
    agrees: bool | None
    verdict: Agreement | None
    why: str

    @property
    def text(self) -> str:
        """Return the verdict or the reason in one line."""
        return self.why if self.verdict is None else verdict_text(self.verdict)

    @property
    def data(self) -> dict[str, Any]:
        """Return the verdict as data."""
        verdict = None if self.verdict is None else verdict_data(self.verdict)
        return {"agrees": self.agrees, "check": verdict, "why": self.why or None}


def check_framework(
    framework: Framework, reading: Reading, x: Array, weight: Array
) -> FrameworkCheck:
    """Return whether the framework's output is right; it runs in a process of its own, unbiased."""
    try:
        question = make_question(reading, framework.dialect, x, weight)
    except DeconvError as error:
        # The row's label already names the dialect.
        reason = error.message.removeprefix(f"{take(framework.dialect)[0].name} ")
        return FrameworkCheck(framework.dialect, None, None, reason)
    if not framework.has_values:
        return FrameworkCheck(framework.dialect, None, None, "infers shapes and computes nothing")
    try:
        with DriverProcess(framework) as process:
            theirs = ask_for_output(process, question)
    except NoAnswer as error:
        return FrameworkCheck(framework.dialect, False, None, str(error))
    verdict = check_values(question.reading, question.x, question.weight, None, theirs)
    return FrameworkCheck(framework.dialect, verdict.agrees, verdict, "")
