"""What to change where a layer does not have the size that is needed, in words and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import Refused
from deconvcli.frameworks.calls import write_call
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.layers.layout import Layout
from deconvcli.layers.text import size_text
from deconvcli.solver.changes import (
    LayerChange,
    find_intended_size,
    nearest_changes,
    write_crop,
)

Row = tuple[str, str]


def suggest_changes(
    reading: Reading, output: Sequence[Size]
) -> tuple[list[Row], list[dict[str, Any]]]:
    """Return how a layer gets an output of this shape: as rows for people, and as data.

    Both are empty where no change is known, as for sizes in letters.
    """
    wanted = _find_spatial(reading.output_layout, output, len(reading.spatial))
    if wanted is None or not all(isinstance(size, int) for size in reading.output_sizes):
        return [], []
    changes = nearest_changes(reading.spelling, reading.sizes, wanted)
    texts = [f"{change.text}, with {change.effect}" for change in changes]
    crop = write_crop(reading, wanted)
    keeps = any(change.moved is not None and not any(change.moved) for change in changes)
    if crop and not keeps:
        texts[:1] = [f"{text}; to keep the values, crop the end: {crop}" for text in texts[:1]] or [
            f"crop the end: {crop}"
        ]
    rows = [("or" if place else "try", text) for place, text in enumerate(texts)]
    return rows, [_describe(change) for change in changes]


def _find_spatial(layout: Layout, shape: Sequence[Size], rank: int) -> tuple[int, ...] | None:
    """Return the sizes of the spatial axes in a shape with or without channels and batch."""
    axes = [
        axis for axis in layout.axes if axis != "N" or len(shape) == len(layout.axes) - 1 + rank
    ]
    start = axes.index("*") if len(shape) > rank and "*" in axes else 0
    spatial = tuple(size for size in shape[start : start + rank] if isinstance(size, int))
    return spatial if len(spatial) == rank and min(spatial) > 0 else None


def _describe(change: LayerChange) -> dict[str, Any]:
    return {
        "parameters": dict(change.parameters),
        "call": write_call(change.reading),
        "moved": change.moved,
        "even": change.is_even,
    }


def explain_refusal(error: Refused, expect: Sequence[Size] | None = None) -> None:
    """Add to the help the smallest change that gives the size which the layer was to have."""
    if error.layer is None:
        return
    spelling, sizes = error.layer
    error.layer = None  # it is explained once
    rank = len(sizes.spatial)
    given = expect or ()
    wanted: Sequence[Size] | None = tuple(given) * (rank if len(given) == 1 else 1)
    if len(wanted or ()) != rank:
        wanted = find_intended_size(spelling, sizes)
    numbers = [size for size in wanted or () if isinstance(size, int)]
    changes = nearest_changes(spelling, sizes, numbers) if len(numbers) == rank else ()
    if changes:
        texts = ", or ".join(f"{change.text}, with {change.effect}" for change in changes)
        error.help = f"{error.help} For {size_text(numbers)}: {texts}.".strip()
