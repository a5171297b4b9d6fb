"""The layers and networks of a file that get the sizes which a user gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten_list
from deconvcli.layers.axis import Size
from deconvcli.models.model import GivenSizes

Place: TypeAlias = tuple[int, int]
"""The line and the offset of a call."""


class Taker(NamedTuple):
    """A layer or a network of the file that takes an input.

    is_network: whether it is one. is_open: whether the file does not say what its input is.
    """

    name: str
    place: Place
    is_network: bool
    is_open: bool


def choose_takers(sizes: GivenSizes, takers: Iterable[Taker]) -> Mapping[Place, Sequence[Size]]:
    """Return the given sizes by the place of what they are for.

    A name is that of a layer or a network, or of the class or function with one open input; without
    a name, the file has one open input. An open network goes before the layers.

    Raises:
        UsageError: a name is of nothing, or of several.
    """
    listed = list(takers)
    found: dict[Place, Sequence[Size]] = {}
    for name, size in sizes.items() if listed else ():
        found |= {taker.place: size for taker in _choose(name, listed)}
    return found


def _choose(name: str, takers: Sequence[Taker]) -> Sequence[Taker]:
    # Several of one name are the same layer, made in one branch or the other.
    if exact := [each for each in takers if each.name == name]:
        return exact
    prefix = name and f"{name}."
    inside = [each for each in takers if each.is_open and each.name.startswith(prefix)]
    networks = [each for each in inside if each.is_network]
    found = networks or inside
    if len({each.name for each in found}) == 1:
        return found
    names = shorten_list(list(dict.fromkeys(each.name for each in found or takers)))
    if name and not found:
        message = f"--size names {name!r}; the file has {names}"
    elif name:
        message = f"--size names {name!r}, which has several inputs: {names}"
    else:
        message = f"--size names no layer, and the file has {names}"
    example = (found or takers)[0].name
    raise UsageError(message, help=f"name one, as in {example}=1x64x8x8.", code="unknown-input")
