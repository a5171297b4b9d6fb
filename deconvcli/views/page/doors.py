"""Which fields of the page become which numbers of a dialect's arithmetic: found out by asking.

A door is one way of putting the question to one dialect. Each field is changed in turn, and what
changes with it is that field. Then corner cases are asked, and a door that would not answer all of
them as its dialect does, since one axis depends on the others there, stays closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.arithmetic import Arithmetic, Broken, Limit
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading, Sizes

Fields = Mapping[str, tuple[int, ...]]
"""One number per axis for each field."""

_BASE = {"n": 4, "k": 3, "s": 2, "d": 1, "begin": 1, "end": 1, "op": 0}
# Field: what it is changed from and to, and what stands elsewhere meanwhile. Some dialects take
# stride and dilation above 1 one at a time.
_CHANGES = {
    "n": (4, 5, {}),
    "k": (3, 5, {}),
    "s": (2, 3, {}),
    "d": (1, 2, {"s": 1}),
    "begin": (1, 2, {}),
    "end": (1, 2, {}),
    "op": (0, 1, {}),
}
_CORNERS = {"n": (1, 2), "k": (1, 2), "s": (1, 2), "begin": (0, 1), "op": (0, 1, 2)}
# What the first axis is meanwhile: ordinary, or one whose output may be empty.
_BESIDE = (_BASE, {**_BASE, "n": 1, "k": 2})


class Way(NamedTuple):
    """How padding is said: by a word, by one number (sides 1), or by begin:end (sides 2)."""

    label: str
    sides: int = 0

    def value(self, fields: Fields) -> Any:
        """As the command line's option has it."""
        if self.sides == 2:
            return tuple(zip(fields["begin"], fields["end"], strict=True))
        return fields["begin"] if self.sides else self.label


WAYS = (
    Way("number", 1),
    Way("begin:end", 2),
    *map(Way, ("valid", "same", "same_upper", "same_lower", "circular")),
)


class Door(NamedTuple):
    """numbers: for each name of the arithmetic its field, or what it always is.

    together: what the dialect demands of all axes at once. is_circular: what is cropped comes back.
    is_open: whether it answers as the dialect does.
    """

    dialect: str
    way: Way
    has_output_padding: bool
    arithmetic: Arithmetic
    numbers: Mapping[str, Any]
    together: tuple[Limit, ...]
    is_circular: bool = False
    is_open: bool = False

    @property
    def fields(self) -> list[str]:
        """The fields that are asked for."""
        sides = ("begin", "end")[: self.way.sides]
        return ["n", "k", "s", "d", *sides, *(["op"] if self.has_output_padding else [])]

    def row(self, fields: Fields, place: int) -> dict[str, Any]:
        """What the arithmetic is given on one axis."""
        return {
            name: fields[held][place] if isinstance(held, str) else held
            for name, held in self.numbers.items()
        }


def doors(name: str, rank: int) -> Iterator[Door]:
    """All that lead to a dialect for layers with `rank` axes, open or not."""
    for way, has_output_padding in product(WAYS, (False, True)):
        try:
            door = _opened(name, rank, way, has_output_padding)
        except DeconvError:  # no such parameter, or no such word
            continue
        if door:
            corners = _corners(door, rank)
            yield door._replace(is_open=all(_agrees(door, fields) for fields in corners))


def read_fields(door: Door, fields: Fields) -> Reading:
    """Return the layer that these fields mean, as the dialect reads it.

    Raises:
        Refused: the framework would refuse.
    """
    roles = {"kernel": fields["k"], "stride": fields["s"], "dilation": fields["d"]}
    roles["padding"] = door.way.value(fields)
    if door.has_output_padding:
        roles["output_padding"] = fields["op"]
    return read_roles(door.dialect, roles, Sizes(fields["n"]))


def answer(door: Door, fields: Fields) -> tuple[tuple[Size, Size], ...] | str:
    """The crops that the door's arithmetic gives, or the sentence of a refusal."""
    dialect, implementation = take(door.dialect)
    crops = []
    try:
        dialect.hold_together({"s": list(fields["s"]), "d": list(fields["d"])})
        for place in range(len(fields["n"])):
            got = door.arithmetic.evaluate(door.row(fields, place), implementation)
            crops.append((got["crop_begin"], got["crop_end"]))
    except Broken as broken:
        return dialect.broken(broken, door.dialect, len(crops), len(fields["n"])).message
    except DeconvError as refused:
        return refused.message
    return tuple(crops)


def _opened(name: str, rank: int, way: Way, has_output_padding: bool) -> Door | None:
    """The door with the numbers that its fields become; None where they are no fields."""
    dialect = take(name)[0]
    door = Door(name, way, has_output_padding, Arithmetic(), {}, dialect.together)
    base = read_fields(door, _spread(_BASE, rank))
    steps = {"noted", *(step.name for step in base.arithmetic.steps)}
    numbers = {key: held for key, held in base.numbers[0].items() if key not in steps}
    for field in door.fields:
        old, new, meanwhile = _CHANGES[field]
        before, after = (
            read_fields(door, _spread({**_BASE, **meanwhile, field: number}, rank)).numbers[0]
            for number in (old, new)
        )
        moved = [key for key in numbers if before[key] != after[key]]
        if any((before[key], after[key]) != (old, new) for key in moved):
            return None
        numbers |= dict.fromkeys(moved, field)
    is_circular = base.layer.circular
    return door._replace(arithmetic=base.arithmetic, numbers=numbers, is_circular=is_circular)


def _corners(door: Door, rank: int) -> Iterator[Fields]:
    """Small numbers on all axes alike, then beside an axis of other numbers."""
    names = [name for name in door.fields if name in _CORNERS]
    for numbers in product(*(_CORNERS[name] for name in names)):
        corner = {**_BASE, **dict(zip(names, numbers, strict=True))}
        corner["end"] = corner["begin"]
        alike = _spread(corner, rank)
        yield alike
        for beside in _BESIDE if rank > 1 else ():
            yield {name: (beside[name], *given[1:]) for name, given in alike.items()}


def _agrees(door: Door, fields: Fields) -> bool:
    try:
        said: Any = read_fields(door, fields).crop
    except DeconvError as refused:
        said = refused.message
    return bool(answer(door, fields) == said)


def _spread(numbers: Mapping[str, int], rank: int) -> dict[str, tuple[int, ...]]:
    """The same number on every axis."""
    return {name: (number,) * rank for name, number in numbers.items()}
