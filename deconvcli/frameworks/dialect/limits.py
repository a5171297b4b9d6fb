"""Limits that several frameworks share, each with a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deconvcli.layers.arithmetic import Limit, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text


def positive(letter: str, name: str) -> Limit:
    """Return the limit that a parameter is at least 1."""
    return Limit(
        f"{letter} >= 1",
        name.replace("_", "-"),
        f"{name} {{{letter}}} is not positive",
        "use 1 or more.",
    )


def not_negative(letter: str, name: str) -> Limit:
    """Return the limit that a parameter is at least 0."""
    return Limit(
        f"{letter} >= 0",
        name.replace("_", "-"),
        f"{name} {{{letter}}} is negative",
        "use 0 or more.",
    )


INPUT_EXISTS = Limit(
    "n >= 1", "input-size", "an input of size {n} has no elements", "give an input of 1 or more."
)
OUTPUT_EXISTS = Limit(
    "out >= 1",
    "empty-output",
    "the output would have size {out}: {full} scattered, {crop_begin} cropped at the start and"
    " {crop_end} at the end",
    # (n - 1)*s + span - crop_begin - crop_end >= 1, solved for n.
    "the smallest input that works is {max(1, ceil((crop_begin + crop_end + 1 - span) / s) + 1)};"
    " or crop less.",
)


EMPTY_OUTPUT = Limit(
    "out >= 1",
    "empty-output",
    "the output has size {out}, and the framework returns an empty tensor without an error",
    "the smallest input that works is {max(1, ceil((crop_begin + crop_end + 1 - span) / s) + 1)};"
    " or crop less.",
    finding=True,
)
STACKED_TAPS = Limit(
    "d >= 1",
    "dilation-zero",
    "dilation 0 puts all {k} taps on one element, without an error",
    "use dilation 1 for a plain kernel.",
    finding=True,
)


def when_requested(entries: Iterable[Step | Limit]) -> tuple[Step | Limit, ...]:
    """Return the entries for a requested output size, which no other input or crop changes."""
    return tuple(
        entry._replace(help="request a size of 1 or more.")
        if isinstance(entry, Limit) and entry.code == "empty-output"
        else entry
        for entry in entries
    )


def suggest_sizes(
    word: str, spatial: Sequence[Size], spans: Sequence[int], strides: Sequence[int] | None
) -> str:
    """Return the output sizes that a forward layer with this padding maps back to the input.

    strides: None where they are not known.
    """
    word = "VALID" if word == "VALID" else "SAME"
    span = "span" if word == "VALID" else "1"
    if strides is None:
        return f"{word} takes ({spatial[0]} - 1)*stride + {span} to that plus stride - 1"
    fixed = spans if word == "VALID" else [1] * len(spans)
    axes = list(zip(spatial, fixed, strides, strict=True))
    smallest = size_text(tuple((n - 1) * s + k for n, k, s in axes))
    largest = size_text(tuple((n - 1) * s + k + s - 1 for n, k, s in axes))
    return f"{word} takes {smallest}" + (f" to {largest}" if largest != smallest else "")
