"""The words of a picture: its title, its description, and the lines around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.drawing.scene import Kind, Scene


class Caption(NamedTuple):
    """The words of one picture.

    title: the layer under its dialect's names. sizes: from input to output. notes: sentences below
    the picture.
    """

    title: str
    sizes: str
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """Return what the picture shows, for people who cannot see it."""
        return " ".join(
            [
                f"Animation of a transposed convolution, {self.sizes}.",
                "Each input in turn stamps the kernel onto the full scatter, whose numbers count"
                " the (input, tap) pairs that have reached each element; then the crop closes in.",
                *self.notes,
            ]
        )


def write_caption(reading: Reading, scene: Scene) -> Caption:
    """Return the words for the picture of a layer."""
    full = size_text(reading.layer.full_sizes(reading.spatial))
    sizes = (
        f"input {size_text(reading.spatial)}, full scatter {full},"
        f" crop {crop_text(reading.crop)}, output {size_text(reading.output_sizes)}"
    )
    title = f"{reading.spelling.name}: {reading.spelling.text or 'defaults'}"
    return Caption(title, sizes, tuple(_notes(reading, scene)))


def _notes(reading: Reading, scene: Scene) -> Iterator[str]:
    if len(reading.spatial) > 2:
        undrawn = axis_name(0, len(reading.spatial))
        yield f"Only height and width are drawn; {undrawn} works in the same way."
    if not scene.is_whole:
        rows, columns = scene.windows
        sizes = (columns,) if scene.is_flat else (rows, columns)
        shown = size_text([window.end - max(window.begin, 0) for window in sizes])
        whole = size_text([window.full for window in sizes])
        yield f"Only the first {shown} of the full scatter {whole} is drawn; the pattern continues."
    if any(isinstance(size, int) and size < 1 for size in reading.output_sizes):
        yield "The crop leaves no output."
    elif any(crop < 0 for pair in reading.crop for crop in pair):
        seen = any(mark.kind is Kind.ADDED for mark in scene.marks)
        where = "dashed here" if seen else "outside the part that is drawn"
        yield f"A negative crop appends elements that hold only the bias; they are {where}."
    if reading.layer.circular:
        yield "Elements that the crop cuts off wrap around and are added at the other end."
    if len(scene.stamps) < scene.windows[0].inputs * scene.windows[1].inputs:
        yield "Each frame stamps several inputs; the last one is highlighted."
