"""Operations that make axes longer or shorter: pads, interpolation, crops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.layers.axis import Linear
from deconvcli.models.model import write_sizes
from deconvcli.models.walk.operators.elementwise import round_to_single
from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    find_place,
    make_tensor,
)


def _pad(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    rank = len(given)
    pads = call.list_or_input("pads", 1)
    if call.has(3) and call.values(3) is None:
        return [Tensor((None,) * rank)]
    axes = call.values(3) or tuple(range(rank))
    places = [find_place(axis, rank) for axis in axes]
    count = len(places)
    if pads is None or len(pads) != 2 * count:
        return [Tensor((None,) * rank)]
    if call.text("mode", "constant") == "reflect":
        _check_reflection(given, places, pads)
    sizes = list(given)
    for number, place in enumerate(places):
        sizes[place] = compute(
            lambda n, b, e: n + b + e, sizes[place], pads[number], pads[count + number]
        )
        if compute(lambda size: size < 0, sizes[place]):
            raise Problem(
                "empty-output",
                f"pads {list(pads)} leave nothing of {write_sizes(given)}",
                "use a larger input.",
                (given[place],),
            )
    return [make_tensor(sizes)]


def _check_reflection(
    given: Sequence[OpenSize], places: Sequence[int], pads: Sequence[Any]
) -> None:
    """Refuse to mirror more elements than there are beside the last one.

    Raises:
        Problem: an axis has too few.
    """
    wrong = [
        given[place]
        for place, begin, end in zip(places, pads[: len(places)], pads[len(places) :], strict=True)
        if compute(lambda n, b, e: max(b, e) > 0 and n <= max(b, e), given[place], begin, end)
    ]
    if wrong:
        raise Problem(
            "too-small",
            f"a reflection by {list(pads)} needs more than the size {write_sizes(wrong)}",
            "use a larger input.",
            wrong,
        )


def _resize(call: Call) -> Sequence[Tensor]:
    """Resize has scales or sizes, for all axes or some of them."""
    given = call.input(0).sizes
    if given is None:
        return [UNKNOWN]
    rank = len(given)
    axes = call.numbers("axes")
    places = list(range(rank)) if axes is None else [find_place(axis, rank) for axis in axes]
    has_regions = call.version >= 11
    scales, wanted = call.values(2 if has_regions else 1), call.values(3)
    if has_regions and call.has(3) and call.input(3).sizes != (0,):
        if wanted is None or call.text("keep_aspect_ratio_policy", "stretch") != "stretch":
            return [Tensor((None,) * rank)]
        return [make_tensor(_replace(given, places, wanted))]
    if scales is None or len(scales) != len(places):
        return [Tensor((None,) * rank)]
    own = [given[place] for place in places]
    return [make_tensor(_replace(given, places, _scale(own, scales)))]


def _replace(sizes: Sequence[OpenSize], places: Sequence[int], others: Sequence[Any]) -> list[Any]:
    found = list(sizes)
    for place, size in zip(places, others, strict=False):
        found[place] = size
    return found


def _scale(sizes: Sequence[OpenSize], scales: Sequence[Any]) -> list[Any]:
    return [compute(_scale_size, size, scale) for size, scale in zip(sizes, scales, strict=False)]


def _scale_size(size: Any, scale: Any) -> Any:
    """Return the size times a scale, rounded down; runtimes multiply in 32 bits."""
    if isinstance(size, Linear) or isinstance(scale, Linear):
        numerator, denominator = scale.as_integer_ratio()
        # Others are rounded differently for large sizes.
        return size * numerator // denominator if denominator < 2**10 else None
    found = round_to_single(float(size) * float(scale))
    return math.floor(found) if math.isfinite(found) else None


def _upsample(call: Call) -> Sequence[Tensor]:
    given = call.input(0).sizes
    scales: Any = call.attributes.get("scales")
    scales = scales if isinstance(scales, list) else call.values(1)
    if given is None or scales is None or len(scales) != len(given):
        return [Tensor(None if given is None else (None,) * len(given))]
    return [make_tensor(_scale(given, scales))]


def _sample_grid(call: Call) -> Sequence[Tensor]:
    """GridSample: channels of the input, and the spatial sizes of the grid."""
    given, grid = call.input(0).sizes, call.input(1).sizes
    if given is None or grid is None or len(given) != len(grid):
        return [UNKNOWN]
    return [make_tensor((*given[:2], *grid[1:-1]))]


def _make_grid(call: Call) -> Sequence[Tensor]:
    """AffineGrid: one point with 2 or 3 coordinates for each element of the size given."""
    size = call.values(1)
    if size is None or len(size) < 3:
        return [UNKNOWN]
    return [make_tensor((size[0], *size[2:], len(size) - 2))]


def _crop_or_pad(call: Call) -> Sequence[Tensor]:
    """CenterCropPad gives some axes the sizes that are given."""
    given, wanted = call.input(0).sizes, call.values(1)
    if given is None:
        return [UNKNOWN]
    axes = call.numbers("axes")
    places = [find_place(axis, len(given)) for axis in axes or range(len(given))]
    others = (None,) * len(places) if wanted is None else wanted
    return [make_tensor(_replace(given, places, others))]


OPERATORS: Mapping[str, Operator] = {
    "Pad": _pad,
    "Resize": _resize,
    "Upsample": _upsample,
    "GridSample": _sample_grid,
    "AffineGrid": _make_grid,
    "CenterCropPad": _crop_or_pad,
}
