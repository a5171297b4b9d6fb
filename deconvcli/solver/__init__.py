"""The way back: from the size that is needed to the layers of a dialect that have it."""

from __future__ import annotations

from deconvcli.solver.answer import Answer, AxisAnswer, AxisSolution, Solution, solve
from deconvcli.solver.question import Bounds, Question, ask_factor, read_bounds, spread_factor
from deconvcli.solver.rates import Chain, Rates, find_rates, widen_kernels

__all__ = [
    "Answer",
    "AxisAnswer",
    "AxisSolution",
    "Bounds",
    "Chain",
    "Question",
    "Rates",
    "Solution",
    "ask_factor",
    "find_rates",
    "read_bounds",
    "solve",
    "spread_factor",
    "widen_kernels",
]
