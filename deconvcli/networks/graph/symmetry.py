"""Networks that treat every spatial axis alike, so that one axis answers for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.network import Network
from deconvcli.networks.operations import take


def is_symmetric(network: Network) -> bool:
    """Whether the axes, with their letters, could change places and leave the network the same.

    False where the written form does not show it: for a list of different values, for sizes of
    several ranks, or for a layer that mixes axes.
    """
    inputs = [shape.spatial for shape in network.inputs.values()]
    if not inputs:
        return False
    letters = [size.letter if isinstance(size, Linear) else "" for size in inputs[0]]
    sizes = (*inputs, *_iter_expected(network))
    return all(_is_even(each, letters) for each in sizes) and all(
        not take(node.operation).mixes_axes and all(map(_is_uniform, node.parameters.values()))
        for node in network.nodes
        if node.operation
    )


def _iter_expected(network: Network) -> Iterator[tuple[Size, ...]]:
    """Yield every expected spatial size."""
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


def _is_uniform(value: Any) -> bool:
    """Whether a parameter has the same value for every axis; a letter is that of one axis."""
    if isinstance(value, Linear):
        return False
    return not isinstance(value, list | tuple) or all(item == value[0] for item in value)
