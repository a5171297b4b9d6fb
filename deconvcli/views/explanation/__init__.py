"""The arithmetic of one layer as data: renderers show these numbers and compute none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.views.explanation.crop import mark_kept
from deconvcli.views.explanation.forward import Forward, find_forward
from deconvcli.views.explanation.insertion import Insertion, find_insertion
from deconvcli.views.explanation.myths import correct_myths
from deconvcli.views.explanation.other_views import View, list_views
from deconvcli.views.explanation.overlap import Overlap, count_overlap, has_overlap
from deconvcli.views.explanation.scaling import suggest_scaling
from deconvcli.views.explanation.steps import ExplainedStep, list_parameters, list_steps


class ExplainedAxis(NamedTuple):
    """One spatial axis from its input size to its output size.

    kept: the number of pairs that reach each element of the full scatter, with the kept elements
    in brackets; empty if a size is a symbol. forward, insertion: None for a circular layer.
    """

    name: str
    input_size: Size
    parameters: tuple[tuple[str, Size], ...]
    steps: tuple[ExplainedStep, ...]
    crop: tuple[Size, Size]
    kept: str
    forward: Forward | None
    insertion: Insertion | None
    output_size: Size


class Explanation(NamedTuple):
    """The explanation of a whole layer.

    views: other ways to see the layer. notes: corrections of common myths, and facts that the
    steps do not show. closing: the change that makes the output exactly stride times the input.
    """

    title: str
    axes: tuple[ExplainedAxis, ...]
    views: tuple[View, ...]
    overlap: Overlap | None
    notes: tuple[str, ...]
    closing: str

    # The blocks are made of this class, and renderers are needed by few.
    def __str__(self) -> str:
        from deconvcli.views.answers.renderers.text import render_blocks
        from deconvcli.views.explanation.blocks import list_blocks

        return f"{self.title}\n\n{render_blocks(list(list_blocks(self, ())))}"

    def __repr__(self) -> str:
        return f"<Explanation of {self.title}>"

    def _repr_html_(self) -> str:
        from deconvcli.views.answers.renderers.html import render_element
        from deconvcli.views.explanation.blocks import list_blocks

        return render_element(list(list_blocks(self, ())), (), "")

    @property
    def output_sizes(self) -> tuple[Size, ...]:
        """Return the output sizes in axis order."""
        return tuple(axis.output_size for axis in self.axes)


def explain(reading: Reading) -> Explanation:
    """Return the steps of every axis that has an output size, and what follows from them."""
    answered = range(len(reading.output_sizes))
    return Explanation(
        title=f"{reading.spelling.name}: {reading.spelling.text}",
        axes=tuple(_axis(reading, place) for place in answered),
        views=list_views(reading),
        overlap=count_overlap(reading),
        notes=(*correct_myths(reading), *_notes(reading)),
        closing=suggest_scaling(reading),
    )


def _axis(reading: Reading, place: int) -> ExplainedAxis:
    axis, n, circular = reading.layer.axes[place], reading.spatial[place], reading.layer.circular
    return ExplainedAxis(
        name=axis_name(place, len(reading.spatial)),
        input_size=n,
        parameters=list_parameters(reading, place),
        steps=list_steps(reading, place),
        crop=reading.crop[place],
        # A circular crop adds what it cuts off to the other end: one row with brackets would lie.
        kept=mark_kept(reading, place) if has_overlap(reading) and not circular else "",
        forward=None if circular else find_forward(reading, place),
        insertion=None if circular else find_insertion(axis, n),
        output_size=reading.output_sizes[place],
    )


def _notes(reading: Reading) -> Iterator[str]:
    if reading.inert:
        yield f"{', '.join(reading.inert)}: no effect on the shape."
    if reading.flipped:
        yield "The kernel is stored in reverse order, which does not change the size."
