"""Resize and Upsample of ONNX: the coordinates and roundings that are an interpolation of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.models.model import Step
from deconvcli.models.steps.shapes import add_note, describe_resize
from deconvcli.models.walk.tensors import Call

MAX_FACTOR = 4096
"""The largest factor of an interpolation whose rounding is looked at."""


def describe_resizing(call: Call, given: Sequence[Any], made: Sequence[Any]) -> Step | None:
    word = call.text("mode", "nearest")
    is_old = call.operation == "Upsample" or call.version < 11
    where = call.text("coordinate_transformation_mode", "half_pixel")
    rounding = call.text("nearest_mode", "round_prefer_floor")
    if is_old:
        where, rounding = "asymmetric", "floor"
    if (step := describe_resize(word, given, made)) is None:
        return None
    pairs = list(zip(given[2:], made[2:], strict=True))
    if word == "nearest":
        is_ours = (where, rounding) == ("asymmetric", "floor") or all(
            out % size == 0 and _repeats(out // size, where, rounding) for size, out in pairs
        )
        return step if is_ours else add_note(step, f"{where} with {rounding}")
    if where == "align_corners":
        return step._replace(parameters={**step.parameters, "align_corners": True})
    # The second is another one for a single element alone.
    is_ours = where == "half_pixel" or (where == "pytorch_half_pixel" and 1 not in made[2:])
    return step if is_ours else add_note(step, f"coordinates {where}")


def _repeats(factor: int, where: str, rounding: str) -> bool:
    """Return whether each of `factor` outputs in a row is the same input."""
    if where not in ("asymmetric", "half_pixel", "pytorch_half_pixel") or factor > MAX_FACTOR:
        return False
    # In halves of an output, so that all numbers are whole.
    places = [2 * at if where == "asymmetric" else 2 * at + 1 - factor for at in range(factor)]
    whole = 2 * factor
    rounded = {
        "floor": lambda place: place // whole,
        "ceil": lambda place: -(-place // whole),
        "round_prefer_floor": lambda place: -(-(place - factor) // whole),
        "round_prefer_ceil": lambda place: (place + factor) // whole,
    }
    return rounding in rounded and all(rounded[rounding](place) == 0 for place in places)
