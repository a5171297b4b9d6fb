"""A layer as the frameworks installed here compute it: `deconv run --against torch,keras`."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from deconvcli.api import convert
from deconvcli.cli.verdict import judged, verdict_data, verdict_text
from deconvcli.cli.verifying import chosen, refuse_missing, split
from deconvcli.dialects import take
from deconvcli.errors import DeconvError
from deconvcli.foreign import Asked, NotStarted
from deconvcli.framework import Case, Framework
from deconvcli.kernels.bound import Agreement
from deconvcli.layers import Reading, numbers
from deconvcli.runner import (
    Array,
    canonical_output,
    canonical_weight,
    own_input,
    own_weight,
    plain_input,
)


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


def frameworks(names: str) -> list[Framework]:
    """Those that `--against` names.

    Raises:
        UsageError: a name that no framework has, or one that is not installed.
    """
    installed, missing = split(chosen(names.split(",")))
    refuse_missing(missing, installed, named=True, require=False)
    return installed


def held(framework: Framework, reading: Reading, x: Array, weight: Array, y: Array) -> Held:
    """The framework's output judged like ours, without a bias, in one process of its own."""
    try:
        other = convert(reading, framework.dialect)
    except DeconvError as error:
        reason = error.message.removeprefix(f"{take(framework.dialect)[0].name} ")
        return Held(framework.dialect, None, None, reason)
    if not framework.has_values:
        return Held(framework.dialect, None, None, "infers shapes and computes nothing")
    given = own_input(other, plain_input(reading, x))
    weights = own_weight(other, canonical_weight(reading, weight))
    with TemporaryDirectory() as folder, Asked(framework) as asked:
        answer, theirs = _asked(asked, _case(other), given, weights, folder)
    if theirs is None:
        return Held(framework.dialect, False, None, answer)
    if canonical_output(other, theirs).shape != canonical_output(reading, y).shape:
        return Held(framework.dialect, False, None, f"another shape: {list(theirs.shape)}")
    verdict = judged(other, given, weights, None, theirs)
    return Held(framework.dialect, verdict.agrees, verdict, "")


def _case(reading: Reading) -> Case:
    """The layer in the framework's own words, without the bias that nobody is to add."""
    bias = take(reading.spelling.dialect)[0].argument("bias")
    words = {
        name: value
        for name, value in reading.spelling.arguments.items()
        if bias is None or name != bias.name
    }
    shape = tuple(numbers(reading.input_shape))
    return Case(words, shape, reading.weight_shape, len(reading.spatial))


def _asked(
    asked: Asked, case: Case, x: Array, weight: Array, folder: str
) -> tuple[str, Array | None]:
    """(why there is no output, output)."""
    files = {name: os.path.join(folder, f"{name}.npy") for name in ("x", "weight", "out")}
    np.save(files["x"], x)
    np.save(files["weight"], weight)
    try:
        answer = asked.ask(case, **files)
    except NotStarted as error:
        return f"cannot be imported: {error}", None
    if "error" in answer:
        told = answer["error"]
        return f"{told['type']}: {' '.join(told['message'].split())}", None
    return "", np.load(files["out"])
