"""Steps that follow from the sizes before and after an operation, whatever the framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from deconvcli.models.model import Step

IDENTITY = Step("identity")
_INTERPOLATIONS = {
    ("linear", 1): "linear",
    ("linear", 2): "bilinear",
    ("linear", 3): "trilinear",
    ("cubic", 2): "bicubic",
}


def is_known(sizes: Sequence[Any] | None) -> TypeGuard[Sequence[int]]:
    """Return whether these are a batch, channels, and perhaps more sizes, all in numbers."""
    return sizes is not None and len(sizes) > 1 and all(type(size) is int for size in sizes)


def add_note(step: Step, note: str) -> Step:
    """Return a step with one more thing that a config cannot have of it; nothing for no text."""
    return step._replace(note="; ".join(filter(None, (step.note, note)))) if note else step


def describe_elements(kind: str) -> Step:
    """Return the step of an operation that changes values and no size."""
    return Step("identity", {}, f"{kind}, which changes no size")


def describe_resize(word: str, given: Sequence[int], made: Sequence[int]) -> Step | None:
    """Return an interpolation: linear in any number of axes, nearest or cubic."""
    if tuple(given[:2]) != tuple(made[:2]):
        return None
    mode = _INTERPOLATIONS.get((word, len(given) - 2), word)
    shown = {} if mode == "nearest" else {"mode": mode}
    pairs = list(zip(given[2:], made[2:], strict=True))
    if any(out % size for size, out in pairs):
        return Step("upsample", {"size": list(made[2:])} | shown)
    return Step("upsample", {"scale": [out // size for size, out in pairs]} | shown)


def describe_reshape(given: Sequence[int], made: Sequence[int]) -> Step | None:
    """Return a change of axes, which leaves the batch as it is."""
    if given[0] != made[0]:
        return None
    if tuple(given) == tuple(made):
        return IDENTITY
    return Step("flatten") if len(made) == 2 else Step("reshape", {"shape": list(made[1:])})


def describe_crop(given: Sequence[int], begins: Sequence[int], made: Sequence[int]) -> Step | None:
    """Return what is cut off at both ends of the axes after the channels."""
    if tuple(given[:2]) != tuple(made[:2]):
        return None
    sides = zip(given[2:], begins[2:], made[2:], strict=True)
    amount = [[begin, size - begin - out] for size, begin, out in sides]
    return Step("crop", {"amount": amount}) if any(map(any, amount)) else IDENTITY


def describe_pad(amount: Sequence[Sequence[int]], mode: str) -> Step | None:
    """Return what is added at both ends of the axes after the channels; a crop if it is negative.

    mode: zeros, reflect, replicate or circular.
    """
    flat = [end for pair in amount for end in pair]
    if not any(flat):
        return IDENTITY
    if max(flat) <= 0:
        return Step("crop", {"amount": [[-end for end in pair] for pair in amount]})
    if min(flat) < 0:
        return None
    shown = {} if mode == "zeros" else {"mode": mode}
    return Step("pad", {"amount": [list(pair) for pair in amount]} | shown)
