"""The variants of the page's form, and how their fields become the numbers of the arithmetic.

A variant is one dialect, one style of padding, with or without output_padding. How its fields
become numbers is found by experiment: each field is changed in turn, and the numbers that change
with it are that field. Then corner cases are compared with the dialect itself. A variant that
answers one of them differently, because the dialect computes one axis from another, is not shown.
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

FieldValues = Mapping[str, tuple[int, ...]]
"""One number per axis for each field."""
Padding = str | tuple[int, ...] | tuple[tuple[int, int], ...]
"""A word, one number per axis, or (begin, end) per axis."""

_BASE_VALUES = {"n": 4, "k": 3, "s": 2, "d": 1, "begin": 1, "end": 1, "op": 0}
# Field: its old and its new value, and what other fields hold meanwhile. Some dialects refuse
# stride and dilation above 1 together.
_CHANGES: dict[str, tuple[int, int, dict[str, int]]] = {
    "n": (4, 5, {}),
    "k": (3, 5, {}),
    "s": (2, 3, {}),
    "d": (1, 2, {"s": 1}),
    "begin": (1, 2, {}),
    "end": (1, 2, {}),
    "op": (0, 1, {}),
}
_CORNER_VALUES = {"n": (1, 2), "k": (1, 2), "s": (1, 2), "begin": (0, 1), "op": (0, 1, 2)}
# The first axis beside a corner case: an ordinary one, and one whose output may be empty.
_FIRST_AXES = (_BASE_VALUES, {**_BASE_VALUES, "n": 1, "k": 2})


class PaddingStyle(NamedTuple):
    """How padding is given: by a word, by one number (sides 1), or by begin:end (sides 2)."""

    label: str
    sides: int = 0

    def value(self, fields: FieldValues) -> Padding:
        """Return the padding as the command line's option parses it."""
        if self.sides == 2:
            return tuple(zip(fields["begin"], fields["end"], strict=True))
        return fields["begin"] if self.sides else self.label


PADDING_STYLES = (
    PaddingStyle("number", 1),
    PaddingStyle("begin:end", 2),
    *map(PaddingStyle, ("valid", "same", "same_upper", "same_lower", "circular")),
)


class Variant(NamedTuple):
    """One variant of the form.

    numbers: for each name of the arithmetic its field, or its constant value. together: the
    dialect's limits on all axes at once. is_circular: whether cropped elements wrap around.
    flipped: whether the dialect stores the taps in reverse order. is_exact: whether it answers as
    the dialect does.
    """

    dialect: str
    padding: PaddingStyle
    has_output_padding: bool
    arithmetic: Arithmetic
    numbers: Mapping[str, Any]
    together: tuple[Limit, ...]
    is_circular: bool = False
    flipped: bool = False
    is_exact: bool = False

    @property
    def fields(self) -> list[str]:
        """Return the names of the fields that it shows."""
        sides = ("begin", "end")[: self.padding.sides]
        return ["n", "k", "s", "d", *sides, *(["op"] if self.has_output_padding else [])]

    def axis_numbers(self, fields: FieldValues, place: int) -> dict[str, Any]:
        """Return the numbers that the arithmetic is given on one axis."""
        return {
            name: fields[bound][place] if isinstance(bound, str) else bound
            for name, bound in self.numbers.items()
        }


def find_variants(name: str, rank: int) -> Iterator[Variant]:
    """Yield all variants of a dialect for layers with `rank` axes, exact or not."""
    for padding, has_output_padding in product(PADDING_STYLES, (False, True)):
        try:
            variant = _bind_fields(name, rank, padding, has_output_padding)
        except DeconvError:  # the dialect has no such parameter, or no such word
            continue
        cases = _corner_cases(variant, rank)
        yield variant._replace(is_exact=all(_agrees(variant, fields) for fields in cases))


def read_fields(variant: Variant, fields: FieldValues) -> Reading:
    """Return the layer that these fields mean, as the dialect reads it.

    Raises:
        Refused: the framework would refuse.
    """
    roles: dict[str, Padding] = {
        "kernel": fields["k"],
        "stride": fields["s"],
        "dilation": fields["d"],
        "padding": variant.padding.value(fields),
    }
    if variant.has_output_padding:
        roles["output_padding"] = fields["op"]
    return read_roles(variant.dialect, roles, Sizes(fields["n"]))


def compute_crop(variant: Variant, fields: FieldValues) -> tuple[tuple[Size, Size], ...] | str:
    """Return the crop that the page computes from these fields, or its sentence of refusal."""
    dialect, implementation = take(variant.dialect)
    crops = []
    try:
        dialect.check_together({"s": list(fields["s"]), "d": list(fields["d"])})
        for place in range(len(fields["n"])):
            numbers = variant.axis_numbers(fields, place)
            found = variant.arithmetic.evaluate(numbers, implementation)
            crops.append((found["crop_begin"], found["crop_end"]))
    except Broken as broken:
        return dialect.build_refusal(broken, variant.dialect, len(crops), len(fields["n"])).message
    except DeconvError as refused:
        return refused.message
    return tuple(crops)


def _bind_fields(name: str, rank: int, padding: PaddingStyle, has_output_padding: bool) -> Variant:
    """Return the variant with its fields bound to numbers.

    A number that a dialect computes from a field cannot be bound to it: then the variant is not
    exact.
    """
    dialect = take(name)[0]
    variant = Variant(name, padding, has_output_padding, Arithmetic(), {}, dialect.together)
    base = read_fields(variant, _spread(_BASE_VALUES, rank))
    # A result of a step changes with a field too, and is no number that a field could be.
    computed = {"noted", *(step.name for step in base.arithmetic.steps)}
    numbers = {key: value for key, value in base.numbers[0].items() if key not in computed}
    for field in variant.fields:
        old, new, meanwhile = _CHANGES[field]
        before, after = (
            read_fields(variant, _spread({**_BASE_VALUES, **meanwhile, field: value}, rank))
            for value in (old, new)
        )
        changed = [key for key in numbers if before.numbers[0][key] != after.numbers[0][key]]
        numbers |= dict.fromkeys(changed, field)
    return variant._replace(
        arithmetic=base.arithmetic,
        numbers=numbers,
        is_circular=base.layer.circular,
        flipped=base.flipped,
    )


def _corner_cases(variant: Variant, rank: int) -> Iterator[FieldValues]:
    """Yield small numbers, the same on all axes, then with another first axis."""
    names = [name for name in variant.fields if name in _CORNER_VALUES]
    for values in product(*(_CORNER_VALUES[name] for name in names)):
        corner = {**_BASE_VALUES, **dict(zip(names, values, strict=True))}
        corner["end"] = corner["begin"]
        equal = _spread(corner, rank)
        yield equal
        for first in _FIRST_AXES if rank > 1 else ():
            yield {name: (first[name], *others[1:]) for name, others in equal.items()}


def _agrees(variant: Variant, fields: FieldValues) -> bool:
    """Return whether the page computes the crop, or the refusal, of the dialect itself."""
    expected: tuple[tuple[Size, Size], ...] | str
    try:
        expected = read_fields(variant, fields).crop
    except DeconvError as refused:
        expected = refused.message
    return compute_crop(variant, fields) == expected


def _spread(values: Mapping[str, int], rank: int) -> dict[str, tuple[int, ...]]:
    return {name: (value,) * rank for name, value in values.items()}
