"""The way back: from the size that is needed to the layers of a dialect that have it."""

from __future__ import annotations

from deconvcli.solver.answer import Answer, AxisAnswer, AxisSolution, Solution, solve
from deconvcli.solver.question import Bounds, Question, read_bounds

__all__ = [
    "Answer",
    "AxisAnswer",
    "AxisSolution",
    "Bounds",
    "Question",
    "Solution",
    "read_bounds",
    "solve",
]
