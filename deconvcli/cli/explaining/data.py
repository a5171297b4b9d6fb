"""An explanation as plain data for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.differences import Difference
from deconvcli.explanation import ExplainedAxis, Explanation


def data(explanation: Explanation, elsewhere: Sequence[Difference]) -> dict[str, Any]:
    """Every number of it."""
    overlap = explanation.overlap
    return {
        "title": explanation.title,
        "axes": [_axis(axis) for axis in explanation.axes],
        "views": [view._asdict() for view in explanation.views],
        "overlap": overlap and overlap._asdict(),
        "elsewhere": [found._asdict() for found in elsewhere],
        "notes": explanation.notes,
        "closing": explanation.closing,
        "output": explanation.output_sizes,
    }


def _axis(axis: ExplainedAxis) -> dict[str, Any]:
    return {
        **axis._asdict(),
        "parameters": dict(axis.parameters),
        "steps": [step._asdict() for step in axis.steps],
        "forward": axis.forward and axis.forward._asdict(),
        "insertion": axis.insertion and axis.insertion._asdict(),
    }
