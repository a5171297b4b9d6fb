"""Computes something else."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Packing, Step, Trace
from tests.fakes._fake import Fake


class Mistaken(Fake):
    """Wrong by the last digits that matter."""

    dialect = "onnx@onnxruntime"
    packing = Packing.BEFOREHAND

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Our own output and a little more."""
        step = super().prepare(case, x, w, trace, threads)
        return lambda: step() * 1.001


FRAMEWORK: Framework = Mistaken()
