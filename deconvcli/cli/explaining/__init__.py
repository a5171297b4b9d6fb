"""What `deconv explain` prints: a whole layer, or why one element of its output is what it is."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.cli.explaining.blocks import blocks, overlap_blocks
from deconvcli.cli.explaining.data import data, why_data
from deconvcli.cli.explaining.why import pair_words, why_blocks
from deconvcli.cli.request import Understood
from deconvcli.cli.rows import layer_rows
from deconvcli.differences import differences
from deconvcli.explanation import explain
from deconvcli.explanation.why import why
from deconvcli.report import Fields, Report, size_text

SCHEMA = "deconv.explain/1"
WIDTH = 80


def explained(understood: Understood, others: Sequence[str]) -> Report:
    """The whole layer, and what `others`, names of dialects, make of it."""
    explanation = explain(understood.reading)
    elsewhere = differences(understood.reading, others)
    return Report(
        SCHEMA,
        size_text(explanation.output_sizes),
        [_layer(understood), *blocks(explanation, elsewhere)],
        data(explanation, elsewhere),
        understood.reading.findings,
        WIDTH,
    )


def explained_why(understood: Understood, element: tuple[int, ...]) -> Report:
    """One element of the output, and the map in which it lies.

    Raises:
        UsageError: the output has no such element.
    """
    found, explanation = why(understood.reading, element), explain(understood.reading)
    pairs = [" ".join(pair_words(pair)) for pair in found.pairs]
    return Report(
        SCHEMA,
        "\n".join(pairs) or "no pair",
        [_layer(understood), *why_blocks(explanation, found), *overlap_blocks(explanation)],
        {**data(explanation, ()), "why": why_data(found)},
        understood.reading.findings,
        WIDTH,
    )


def _layer(understood: Understood) -> Fields:
    output = ("output", size_text(understood.shown_output))
    given = ("input", size_text(understood.shown_input))
    return Fields([output, given, *layer_rows(understood)])
