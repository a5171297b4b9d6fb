"""Networks that treat every spatial axis alike: what is found for one holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.network import Network
from deconvcli.networks.operations import take


def is_symmetric(network: Network) -> bool:
    """Whether its axes could change places, their letters with them, and it were the same network.

    False where that cannot be seen from what is written: a list of different values, sizes of
    several ranks, a layer that mixes axes.
    """
    inputs = [shape.spatial for shape in network.inputs.values()]
    if not inputs:
        return False
    letters = [size.letter if isinstance(size, Linear) else "" for size in inputs[0]]
    return all(_is_even(sizes, letters) for sizes in (*inputs, *_expected(network))) and all(
        not take(node.operation).mixes_axes and all(map(_says_one, node.parameters.values()))
        for node in network.nodes
        if node.operation
    )


def _expected(network: Network) -> Iterator[tuple[Size, ...]]:
    """What is expected of spatial sizes."""
    [rank, *_] = [len(shape.spatial) for shape in network.inputs.values()]
    for node in network.nodes:
        if node.expect:
            yield node.expect[1:] if len(node.expect) == rank + 1 else node.expect


def _is_even(sizes: Sequence[Size], letters: Sequence[str]) -> bool:
    """Whether each size is the same formula of its own axis' letter, or all are one number."""
    if len(sizes) != len(letters):
        return False
    formulas = {_formula(size, letter) for size, letter in zip(sizes, letters, strict=True)}
    return len(formulas) == 1 and None not in formulas


def _formula(size: Size, letter: str) -> tuple[int, int] | int | None:
    if not isinstance(size, Linear):
        return size
    return (size.factor, size.offset) if size.letter == letter else None


def _says_one(value: Any) -> bool:
    """Whether a parameter says the same for every axis."""
    return not isinstance(value, list | tuple) or all(item == value[0] for item in value)
