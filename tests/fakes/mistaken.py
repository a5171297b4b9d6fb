"""A framework with slightly wrong values."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Packing, Step, Trace
from tests.fakes._fake import Fake


class Mistaken(Fake):
    """A framework that is off by a thousandth."""

    dialect = "onnx@onnxruntime"
    packing = Packing.BEFOREHAND

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return our own engine's step, with larger values."""
        step = super().prepare(case, x, w, trace, threads)
        return lambda: step() * 1.001


FRAMEWORK: Framework = Mistaken()
