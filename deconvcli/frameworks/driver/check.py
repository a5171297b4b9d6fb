"""One layer, on any arrays, computed by a framework and checked against the proven error bound."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.compute.differences import Difference, explain_output
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array, check_values
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.ask import NoAnswer, ask_for_output, make_question
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.layers.layer import Reading


class FrameworkCheck(NamedTuple):
    """The comparison of one framework's output with ours, or the reason why there is none.

    agrees: None if the framework's dialect cannot express the layer, or it has no values.
    reversed: whether the framework was given the weights with the taps reversed, as it stores them.
    difference: what explains that its output is not ours, if anything simple does.
    """

    name: str
    agrees: bool | None
    agreement: Agreement | None
    why: str
    reversed: bool = False
    difference: Difference | None = None


def check_framework(
    framework: Framework, reading: Reading, x: Array, weight: Array
) -> FrameworkCheck:
    """Return whether the framework computes the layer right, without a bias.

    x, weight: in the reading's own layouts. The framework runs in a process of its own.
    """
    name = framework.dialect
    try:
        question = make_question(reading, name, x, weight)
    except DeconvError as error:
        # The name stands before the reason in a report already.
        reason = error.message.removeprefix(f"{take(name)[0].name} ")
        return FrameworkCheck(name, None, None, reason)
    if not framework.has_values:
        return FrameworkCheck(name, None, None, "infers shapes and computes no values")
    try:
        with DriverProcess(framework) as process:
            theirs = ask_for_output(process, question)
    except NoAnswer as error:
        return FrameworkCheck(name, False, None, str(error))
    arrays = (question.x, question.weight, None, theirs)
    agreement = check_values(question.reading, *arrays)
    difference = explain_output(question.reading, *arrays, agreement)
    is_reversed = question.reading.reverses_taps(reading)
    return FrameworkCheck(name, agreement.agrees, agreement, "", is_reversed, difference)
