"""The crop that a layer's parameters describe, and the full scatter with its kept elements."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.views.explanation.parameters import crop_parameters

# 80 columns less the name of the axis, the brackets and the dots.
MAX_ROW_WIDTH = 64


def describe_crop(reading: Reading, place: int) -> str:
    """Return one sentence with the parameters, the crop, and the size of the full scatter."""
    axis = reading.layer.axes[place]
    full = axis.full_size(reading.spatial[place])
    (does, begin), (then, end) = _does(axis.crop_begin), _does(axis.crop_end)
    at_end = end if does == then else f"{then} {end}"
    back = " Cropped elements wrap around to the other end." if reading.layer.circular else ""
    return (
        f"{crop_parameters(reading)}: {does} {begin} at the start and {at_end} at the end of the"
        f" full scatter, which has {full} elements.{back}"
    )


def _does(crop: Size) -> tuple[str, Size]:
    return ("appends", -crop) if crop < 0 else ("crops", crop)


def mark_kept(reading: Reading, place: int) -> str:
    """Return `[1 1 2 1 2 1 2 1 2 1] 1`: the pairs of each element, kept ones in brackets.

    Appended elements are inside the brackets too. Long rows show both ends of each part.
    """
    axis, [n] = reading.layer.axes[place], require_numbers(reading.spatial[place : place + 1])
    [begin, end] = require_numbers([axis.crop_begin, axis.crop_end])
    uncropped = AxisOverlap(axis._replace(crop_begin=0, crop_end=0), n)
    full = uncropped.output_size
    # With a negative crop the kept part extends beyond the full scatter.
    edges = (min(begin, 0), begin, full - end, max(full, full - end))
    room = MAX_ROW_WIDTH // (len(str(uncropped.most)) + 1)
    is_short = edges[3] - edges[0] <= room
    # The kept part is the answer and gets half of a long row.
    rooms = (room,) * 3 if is_short else (room // 4, room // 2, room // 4)
    before, kept, after = (
        " ".join(_ends(uncropped, start, stop, most))
        for (start, stop), most in zip(pairwise(edges), rooms, strict=True)
    )
    return f"{before} [{kept}] {after}".strip()


def _ends(overlap: AxisOverlap, start: int, stop: int, most: int) -> Iterator[str]:
    """Yield the counts from start to stop; of many, only the first and the last."""
    if stop - start <= most:
        yield from map(str, overlap.counts(start, stop))
        return
    yield from map(str, overlap.counts(start, start + most // 2))
    yield "..."
    yield from map(str, overlap.counts(stop - most // 2, stop))
