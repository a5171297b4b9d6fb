"""The network that a picture shows, as plain data that every reader can fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Sizes: TypeAlias = tuple[int | str | None, ...]
"""Sizes as numbers, formulas in text, and None where one is not known."""


class DrawnLayer(NamedTuple):
    """One layer, or an input of the network.

    sizes: of its output, without the batch; None if they are not known. spatial: those along its
    spatial axes, empty for a tensor without any. extent: these as numbers, at an example where they
    are open; None if they are not known.
    takes: the numbers of layers before it. call: what a transposed convolution does, in words;
    strides: how much larger it makes its input, which counts where sizes are not known.
    """

    name: str
    kind: str
    sizes: Sizes | None
    spatial: Sizes
    extent: tuple[int, ...] | None
    takes: tuple[int, ...] = ()
    is_input: bool = False
    call: str = ""
    strides: tuple[int, ...] = ()


class Problem(NamedTuple):
    """What is wrong with a layer. layer: its number; None where it concerns the whole network."""

    layer: int | None
    text: str


class DrawnNetwork(NamedTuple):
    """A network in an order in which each layer comes after those that it takes from."""

    title: str
    layers: Sequence[DrawnLayer]
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()


def write_sizes(sizes: Sizes | None) -> str:
    """Return sizes as `64x128x128`, with a question mark for each that is not known."""
    texts = list_sizes(sizes)
    return find_separator(texts).join(texts)


def list_sizes(sizes: Sizes | None) -> list[str]:
    """Return each size as text, a sum in parentheses."""
    if not sizes:
        return ["?" if sizes is None else "scalar"]
    texts = ["?" if size is None else str(size) for size in sizes]
    return [f"({text})" if _is_sum(text) else text for text in texts]


def find_separator(sizes: Sequence[str]) -> str:
    """Return what stands between sizes: an x beside a name would be read as a letter of it."""
    return " x " if any(letter.isalpha() for text in sizes for letter in text) else "x"


def _is_sum(text: str) -> bool:
    """Return whether a formula has a sign between two parts outside of parentheses."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in "+-%":
            return True
    return False
