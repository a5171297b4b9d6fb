"""An explanation as plain data for programs."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.cli.rows import unknown_data
from deconvcli.frameworks.request import Understood
from deconvcli.views.comparison.differences import Difference
from deconvcli.views.explanation import ExplainedAxis, Explanation


def collect_data(
    understood: Understood, explanation: Explanation, elsewhere: Sequence[Difference]
) -> dict[str, object]:
    """Return every number of the explanation and of the layer."""
    overlap = explanation.overlap
    return {
        "layer": _layer(understood),
        "input": understood.shown_input,
        "output": understood.shown_output,
        "title": explanation.title,
        "axes": [_axis(axis) for axis in explanation.axes],
        "views": [view._asdict() for view in explanation.views],
        "overlap": overlap and overlap._asdict(),
        "elsewhere": [found._asdict() for found in elsewhere],
        "notes": explanation.notes,
        "closing": explanation.closing,
    }


def _layer(understood: Understood) -> dict[str, object]:
    """Return the dialect, the reason for it, the parameters, and the shapes of the tensors."""
    reading = understood.reading
    return {
        "dialect": reading.spelling.name,
        "why": understood.why,
        "parameters": dict(understood.spelling.arguments),
        "input_shape": understood.input_shape,
        "output_shape": understood.output_shape,
        "weight_shape": understood.weight_shape,
        "flipped": reading.flipped,
        **unknown_data(understood),
    }


def _axis(axis: ExplainedAxis) -> dict[str, object]:
    return {
        **axis._asdict(),
        "parameters": dict(axis.parameters),
        "steps": [step._asdict() for step in axis.steps],
        "forward": axis.forward and axis.forward._asdict(),
        "insertion": axis.insertion and axis.insertion._asdict(),
    }
