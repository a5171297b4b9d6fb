"""What a picture says in words: its title, its description, and the lines around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deconvcli.common.values import axis_name
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.drawing.scene import Kind, Scene


class Caption(NamedTuple):
    """title: the layer in its own words. sizes: from input to output. notes: sentences below."""

    title: str
    sizes: str
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """All that the picture shows, for those who do not see it."""
        return " ".join(
            [
                f"Animation of a transposed convolution, {self.sizes}.",
                "Each input in turn stamps the kernel onto the full scatter, where digits count"
                " the (input, tap) pairs that have reached an element; then the crop closes in.",
                *self.notes,
            ]
        )


def caption(reading: Reading, scene: Scene) -> Caption:
    """The words for the picture of a reading."""
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
        yield f"Height and width are drawn; {undrawn} works in the same way and is not drawn."
    if not scene.is_whole:
        rows, columns = scene.windows
        sizes = (columns,) if scene.is_flat else (rows, columns)
        shown = size_text([window.end - max(window.begin, 0) for window in sizes])
        whole = size_text([window.full for window in sizes])
        yield f"Shown is the corner {shown} of the full {whole}; the rest goes on alike."
    if any(isinstance(size, int) and size < 1 for size in reading.output_sizes):
        yield "The crop leaves nothing."
    elif any(crop < 0 for pair in reading.crop for crop in pair):
        seen = any(mark.kind is Kind.ADDED for mark in scene.marks)
        where = ": the dashed elements" if seen else " beyond this corner"
        yield f"A negative crop appends zeros{where}, which only the bias fills."
    if reading.layer.circular:
        yield "What the crop cuts off comes back at the other end and is added there."
    if len(scene.stamps) < scene.windows[0].inputs * scene.windows[1].inputs:
        yield "Several inputs are stamped in each frame; the last of them is marked."
