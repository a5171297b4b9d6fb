"""The mistakes that people make with transposed convolutions, the most frequent ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain, combinations, permutations, product
from math import prod

import numpy as np

from deconvcli.common.values import axis_name
from deconvcli.compute.differences._problem import Guess, Problem, Turn, join_names
from deconvcli.compute.runner.canonical import Array, weight_letters
from deconvcli.layers.layer import Reading
from deconvcli.layers.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout

REVERSED_TAPS = "reversed-taps"
PARTLY_REVERSED_TAPS = "partly-reversed-taps"
SWAPPED_CHANNELS = "swapped-channels"
SWAPPED_KERNEL = "swapped-kernel-axes"
WEIGHT_LAYOUT = "weight-layout"
INPUT_CHANNELS = "input-channels"
TURNED_OUTPUT = "turned-output"
TURNED_INPUT = "turned-input"
OUTPUT_LAYOUT = "output-layout"
INPUT_LAYOUT = "input-layout"
CHANNEL_ORDER = "channel-order"


def list_weights(problem: Problem, reading: Reading, weight: Array) -> Iterator[Guess]:
    """Yield the weights that the reference may have been made with, first those of the problem.

    weight: in the dialect's own layout and orientation.
    """
    seen = set()
    for guess in _list_all(problem, reading, weight):
        # Not the arrays themselves, which may be large.
        digest = sha256(np.ascontiguousarray(guess.weight).data).digest()
        if digest not in seen:
            seen.add(digest)
            yield guess


def _list_all(problem: Problem, reading: Reading, weight: Array) -> Iterator[Guess]:
    plain = Guess((), (), problem.weight)
    rank = len(problem.axes)
    every = tuple(range(rank))
    yield plain
    yield _reverse(plain, every)
    for axes in _subsets(rank):
        yield _reverse(plain, axes)
    yield from _list_layouts(reading, weight)
    if problem.groups == 1 and problem.x.shape[1] > 1:
        words = ("reversing the input channels",)
        yield Guess((INPUT_CHANNELS,), words, problem.weight[::-1])
    for guess in _list_layouts(reading, weight):
        yield _reverse(guess, every)


def _reverse(guess: Guess, axes: tuple[int, ...]) -> Guess:
    rank = guess.weight.ndim - 2
    cause, along = REVERSED_TAPS, ""
    if len(axes) < rank:
        names = join_names([axis_name(axis, rank) for axis in axes])
        cause, along = PARTLY_REVERSED_TAPS, f" along {names}"
    return guess._replace(
        causes=(*guess.causes, cause),
        words=(*guess.words, f"reversing the taps{along}"),
        weight=np.flip(guess.weight, tuple(axis + 2 for axis in axes)),
    )


def _list_layouts(reading: Reading, weight: Array) -> Iterator[Guess]:
    """Yield the numbers of the weights read in another order of the axes than the dialect's."""
    own = weight_letters(reading)
    sizes = dict(own)
    spatial = [letter for letter in sizes if letter.isdecimal()]
    # An axis of one element has no order. The kernel's axes stay together, in any order.
    fixed = [letter for letter in sizes if sizes[letter] == 1]
    channels = [letter for letter in "GIO" if sizes[letter] > 1]
    kernel = sorted(letter for letter in spatial if sizes[letter] > 1)
    blocks = ["*", *channels] if kernel else channels
    letters = [letter for letter, _ in own]
    for order, inner in product(permutations(blocks), permutations(kernel)):
        read = [*fixed, *chain.from_iterable(inner if part == "*" else part for part in order)]
        if read != [*fixed, *_without(letters, fixed)]:
            causes, words = _describe_layout(letters, read, sizes, len(spatial))
            yield Guess(causes, words, _read_as(weight, read, sizes, reading))
            if causes == (WEIGHT_LAYOUT,):
                yield from _reshape_from(reading, weight, read, _without(read, fixed))


def _reshape_from(
    reading: Reading, weight: Array, order: list[str], named: list[str]
) -> Iterator[Guess]:
    """Yield weights in this order, reshaped to the dialect's where they had to be permuted.

    named: the axes of more than one element.
    """
    sizes = dict(weight_letters(reading))
    letters, rank = list(sizes), len(reading.layer.kernel)
    parts = weight.reshape(list(sizes.values()))
    names = ", ".join(_name(letter, rank) for letter in named)
    words = f"reshaping the weights from [{names}], without a permutation"
    kernel = tuple(place for place, letter in enumerate(letters) if letter.isdecimal())
    # Weights of most frameworks have their taps in the other order than a flipped dialect's.
    for own in (np.flip(parts, kernel), parts) if reading.flipped else (parts,):
        written = own.transpose([letters.index(letter) for letter in order])
        yield Guess((WEIGHT_LAYOUT,), (words,), _read_as(written, letters, sizes, reading))
        words += ", with the taps reversed"


def _without(letters: Iterable[str], fixed: Iterable[str]) -> list[str]:
    return [letter for letter in letters if letter not in fixed]


def _read_as(weight: Array, read: list[str], sizes: dict[str, int], reading: Reading) -> Array:
    """Return canonical weights from numbers that lie in the order `read`."""
    parts = weight.reshape([sizes[letter] for letter in read])
    canonical = ["G", "I", "O", *map(str, range(len(reading.layer.kernel)))]
    shape = (reading.layer.in_channels, sizes["O"], *reading.layer.kernel)
    array = parts.transpose([read.index(letter) for letter in canonical]).reshape(shape)
    return np.flip(array, tuple(range(2, array.ndim))) if reading.flipped else array


def _describe_layout(
    own: list[str], read: list[str], sizes: dict[str, int], rank: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cause and its words."""
    there = _without(own, [letter for letter in own if sizes[letter] == 1])
    read = read[len(read) - len(there) :]
    moved = {letter for letter, other in zip(there, read, strict=True) if letter != other}
    if [sizes[letter] for letter in there] == [sizes[letter] for letter in read]:
        if moved == {"I", "O"}:
            return (SWAPPED_CHANNELS,), ("swapping the input and output channels of the weights",)
        if all(letter.isdecimal() for letter in moved):
            names = join_names([axis_name(int(letter), rank) for letter in sorted(moved)])
            verb = "swapping" if len(moved) == 2 else "permuting"
            return (SWAPPED_KERNEL,), (f"{verb} the kernel's {names}",)
    names = ", ".join(_name(letter, rank) for letter in read)
    return (WEIGHT_LAYOUT,), (f"reading the weights' numbers as [{names}], without a permutation",)


def _name(letter: str, rank: int) -> str:
    channels = {"G": "groups", "I": "in", "O": "out"}
    return channels[letter] if letter in channels else axis_name(int(letter), rank)


def list_turns(problem: Problem, shape: tuple[int, ...]) -> Iterator[tuple[Guess, Turn]]:
    """Yield an output or an input whose spatial axes are turned; shape: the reference's."""
    rank = len(problem.axes)
    for order in permutations(range(rank)):
        for reverse in [(), *_subsets(rank), tuple(range(rank))]:
            turn = Turn(order, reverse)
            if (order, reverse) == (tuple(range(rank)), ()) or not _keeps(turn, shape[2:]):
                continue
            plain = Guess((TURNED_OUTPUT,), _describe_turn(turn, "output"), problem.weight)
            yield plain, turn
            # The turned output of a turned input is that of turned weights.
            if _keeps(turn, problem.weight.shape[2:]):
                words = _describe_turn(turn, "input")
                yield Guess((TURNED_INPUT,), words, turn.apply(problem.weight)), turn


def misread_layout(reading: Reading, layout: Layout, array: Array) -> Array | None:
    """Return (N, C, *spatial) with numbers that were reshaped to a layout, not transposed.

    array: canonical, as the dialect reads it in its layout. None if no other order was possible.
    """
    shape = array.shape
    if 1 in (shape[1], prod(shape[2:])) or reading.layer.circular:
        return None
    if layout == CHANNELS_FIRST:
        return np.moveaxis(array.reshape(shape[0], *shape[2:], shape[1]), -1, 1)
    return np.moveaxis(array, 1, -1).reshape(shape) if layout == CHANNELS_LAST else None


def name_layout(layout: Layout, name: str) -> tuple[str, ...]:
    """Return the words for numbers in the other layout than this one."""
    other = "channels first" if layout == CHANNELS_LAST else "channels last"
    return (f"reading the {name}'s numbers as {other}, without a transposition",)


def _keeps(turn: Turn, sizes: tuple[int, ...]) -> bool:
    return tuple(sizes[axis] for axis in turn.order) == sizes


def _describe_turn(turn: Turn, name: str) -> tuple[str, ...]:
    rank = len(turn.order)
    moved = [axis for place, axis in enumerate(turn.order) if place != axis]
    words = []
    if moved:
        names = join_names([axis_name(axis, rank) for axis in sorted(moved)])
        words.append(f"{'swapping' if len(moved) == 2 else 'permuting'} the {name}'s {names}")
    if turn.reverse:
        names = join_names([axis_name(axis, rank) for axis in turn.reverse])
        words.append(f"reversing the {name} along {names}")
    return tuple(words)


def _subsets(rank: int) -> Iterator[tuple[int, ...]]:
    """Yield the choices of some of the axes, but not all."""
    for count in range(1, rank):
        yield from combinations(range(rank), count)
