"""The report of `deconv explain` about a whole layer."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.cli.explaining.data import collect_data
from deconvcli.cli.rows import layer_rows
from deconvcli.frameworks.request import Understood
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Fields, Report
from deconvcli.views.comparison.differences import find_differences
from deconvcli.views.explanation import explain
from deconvcli.views.explanation.blocks import list_blocks

EXPLAIN_SCHEMA = "deconv.explain/1"
MAX_LINE_WIDTH = 80


def report_layer(understood: Understood, others: Sequence[str]) -> Report:
    """Return the report of the whole layer. others: dialects to compare it with."""
    explanation = explain(understood.shown)
    elsewhere = find_differences(understood.reading, others, understood.named)
    described = [(found.dialect, found.text) for found in elsewhere]
    return Report(
        EXPLAIN_SCHEMA,
        size_text(understood.shown_output),
        [layer_fields(understood), *list_blocks(explanation, described)],
        collect_data(understood, explanation, elsewhere),
        understood.reading.findings,
        MAX_LINE_WIDTH,
    )


def layer_fields(understood: Understood) -> Fields:
    """Return the output size and the layer that it belongs to."""
    output = ("output", size_text(understood.shown_output))
    given = ("input", understood.input_text)
    return Fields([output, given, *layer_rows(understood)])
