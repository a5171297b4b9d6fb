"""Why no layer has a size, and the nearest sizes that one has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.common.values import axis_name
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import KEYS, Names, read_roles
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.solver.choices import Choice, Family, read_choices
from deconvcli.solver.combination import combine, find_conflict, sort_kinds
from deconvcli.solver.families import find_families, list_near_sizes
from deconvcli.solver.order import format_formula, rank_choices
from deconvcli.solver.products import explain_product, list_strides
from deconvcli.solver.question import AxisBounds, Question
from deconvcli.solver.ways import Way, find_ways

# Sizes compared on both sides of one that no layer has.
_MAX_NEAR = 24
_MAX_SHOWN = 4


class Nearest(NamedTuple):
    """The best layer of a size near the one that was asked for, and what closes the gap.

    gaps: for each axis the elements that are missing (to be padded), or too many if negative.
    """

    reading: Reading
    gaps: tuple[int, ...]

    @property
    def output(self) -> tuple[int, ...]:
        """The size of its output."""
        return tuple(out for out in self.reading.output_sizes if isinstance(out, int))

    @property
    def closing(self) -> str:
        """What closes the gap: `pad 1 after the end of the width`."""
        rank = len(self.gaps)
        parts = [
            f"{'pad' if gap > 0 else 'crop'} {abs(gap)} at the end of {axis_name(place, rank)}"
            for place, gap in enumerate(self.gaps)
            if gap
        ]
        return " and ".join(parts)


def explain_absence(question: Question, axes: Sequence[Sequence[Family]]) -> str:
    """Return in one sentence why no layer within the bounds has the size.

    axes: the choices of each axis alone.
    """
    rank, dialect = question.rank, take(question.dialect)[0]
    if not find_ways(question.dialect, rank):
        return f"{dialect.title} has no layer with {rank} spatial {'axis' if rank == 1 else 'axes'}"
    bounds = question.axis_bounds()
    for place, families in enumerate(axes):
        if not families:
            return _explain_axis(question, place, bounds[place])
    return _explain_conflict(question, axes)


def _explain_axis(question: Question, place: int, bounds: AxisBounds) -> str:
    n, out = question.input[place], question.output[place]
    where = f"{axis_name(place, question.rank)}: " if question.rank > 1 else ""
    if question.exact:
        return where + _explain_factor(question, n, out, bounds)
    near = _list_near(question, n, out, bounds)
    described = _describe_bounds(question, bounds)
    if not near:
        refusal = find_refusal(question)
        return (
            refusal.message
            if refusal
            else f"{where}{question.dialect} has no layer with {described} for {n}"
        )
    below = max((size for size in near if size < out), default=None)
    above = min((size for size in near if size > out), default=None)
    if above is None:
        return f"{where}{described} give at most {below} for {n}, not {out}"
    if below is None:
        return f"{where}{described} give at least {above} for {n}, not {out}"
    return f"{where}{described} give {below} or {above} for {n}, and nothing between"


def find_refusal(question: Question, names: Names = KEYS) -> DeconvError | None:
    """Return the dialect's own reason to refuse all layers within the bounds, if it has one.

    names: how the user writes parameters.
    """
    [bounds, *_] = question.axis_bounds()
    roles: dict[str, Any] = {
        **question.roles,
        "kernel": (bounds.kernel[1],),
        "stride": (bounds.stride[1],),
    }
    if bounds.dilation[0] > 1:
        roles["dilation"] = (bounds.dilation[0],)
    if bounds.output_padding is not None:
        roles["output_padding"] = (bounds.output_padding[0],)
    if bounds.word is not None:
        roles["padding"] = bounds.word
    elif bounds.begin is not None and bounds.end is not None:
        begin, end = bounds.begin[0], bounds.end[0]
        roles["padding"] = (begin,) if begin == end else ((begin, end),)
    if any(way.requests for way in find_ways(question.dialect, question.rank)):
        roles["output_size"] = question.output
    [channels] = roles.get("in_channels", (None,))
    try:
        read_roles(question.dialect, roles, Sizes(question.input, channels=channels), names)
    except DeconvError as error:
        return error
    return None


def _explain_factor(question: Question, n: int, out: int, bounds: AxisBounds) -> str:
    """Return why no layer makes exactly this multiple of every input, and what some make."""
    factor, (first, last) = out // n, bounds.stride
    if not first <= factor <= last:
        strides = list_strides(factor, bounds.stride)
        return explain_product(factor, 1, bounds.stride, strides)
    bounds, loose = bounds._replace(stride=(factor, factor)), question._replace(exact=False)
    formulas = []
    for size in sorted({*_list_near(loose, n, out, bounds), out}, key=lambda size: abs(size - out)):
        asked = loose._replace(output=(size,) * question.rank)
        family = next(find_families(asked, n, size, bounds), None)
        if family is not None:
            formulas.append(format_formula(family.first, n, size))
    described = _describe_bounds(question, bounds)
    made = f"make {' or '.join(formulas[:2])}" if formulas else "make no layer"
    return f"{described} {made}, not exactly {factor}N of every N"


def _describe_bounds(question: Question, bounds: AxisBounds) -> str:
    """Return `kernel 4, stride 2 and padding same`."""
    named = {
        "kernel": bounds.kernel,
        "stride": bounds.stride,
        "dilation": bounds.dilation if bounds.dilation != (1, 1) else None,
        "padding": bounds.word or bounds.begin,
        "output_padding": bounds.output_padding,
    }
    parts = []
    for name, given in named.items():
        if isinstance(given, str):
            parts.append(f"{name} {given}")
        elif given is not None:
            first, last = given
            parts.append(f"{name} {first if first == last else f'{first} to {last}'}")
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _explain_conflict(question: Question, axes: Sequence[Sequence[Family]]) -> str:
    """Return what each axis needs, and that the dialect has it for all axes or for none."""
    by_axis = [sort_kinds(families) for families in axes]
    together = [group for group in product(*by_axis) if len({kind.way for kind in group}) == 1]
    title = take(question.dialect)[0].title
    if together:
        refusal = find_conflict(question, by_axis, together[0])
        assert refusal is not None
        return f"each axis alone has layers, and all together: {refusal.message}"
    best = min(
        product(*by_axis), key=lambda group: _count_differences([kind.way for kind in group])
    )
    choices = [
        rank_choices(question, n, out, kinds[kind], 1, distinct=True)[0].choice
        for kinds, kind, n, out in zip(by_axis, best, question.input, question.output, strict=True)
    ]
    ways = [choice.way for choice in choices]
    needs = [
        f"{axis_name(place, question.rank)} needs {_describe_need(question, choice, ways)}"
        f" ({_format_sum(choice, n, out)})"
        for place, (choice, n, out) in enumerate(
            zip(choices, question.input, question.output, strict=True)
        )
    ]
    return f"{', '.join(needs)}, and {title} takes {_describe_sharing(ways)}"


def _count_differences(ways: Sequence[Way]) -> int:
    return sum(len(set(column)) - 1 for column in zip(*ways, strict=True))


def _describe_need(question: Question, choice: Choice, ways: Sequence[Way]) -> str:
    """Return the parameters of an axis that another axis has otherwise."""
    dialect, way = take(question.dialect)[0], choice.way
    parts = []
    if len({(other.word, other.is_pair) for other in ways}) > 1:
        parts.append(f"padding {way.word or choice.padding}")
    added = dialect.argument("output_padding")
    if added is not None and len({other.adds for other in ways}) > 1:
        parts.append(f"{added.name} {choice.output_padding}")
    return " with ".join(parts)


def _format_sum(choice: Choice, n: int, out: int) -> str:
    """Return `46*8 = 368`, or `61*8 + 1 = 489` where more than whole strides is left."""
    stride = choice.stride
    if out == n * stride:
        return f"{n}*{stride} = {out}"
    remainder = out - (n - 1) * stride
    return f"{n - 1}*{stride} {'+' if remainder >= 0 else '-'} {abs(remainder)} = {out}"


def _describe_sharing(ways: Sequence[Way]) -> str:
    parts = []
    if len({(way.word, way.is_pair) for way in ways}) > 1:
        words = all(way.word for way in ways)
        parts.append("one word for all axes" if words else "a word for all axes or numbers")
    if len({way.adds for way in ways}) > 1:
        parts.append("None for all axes or a number for each")
    return " and ".join(parts)


def find_nearest(question: Question) -> Iterator[Nearest]:
    """Yield the nearest sizes that layers within the bounds have, each with its best layer.

    A factor has none: what is near differs from one input to the next.
    """
    if not find_ways(question.dialect, question.rank) or question.exact:
        return
    bounds = question.axis_bounds()
    rows = [*zip(question.input, question.output, bounds, strict=True)]
    near = [[*_list_near(question, *row), row[1]] for row in rows]
    families: dict[tuple[int, int, AxisBounds], list[Family]] = {}
    for (n, _, limits), sizes in zip(rows, near, strict=True):
        for size in sizes:
            if (n, size, limits) not in families:
                asked = question._replace(output=(size,) * question.rank)
                families[n, size, limits] = list(find_families(asked, n, size, limits))

    def miss(output: Sequence[int]) -> tuple[int, int]:
        gaps = [abs(out - want) for out, want in zip(output, question.output, strict=True)]
        return sum(gaps), max(gaps)

    shown: list[tuple[int, ...]] = []
    for output in sorted(product(*near), key=miss):
        if len(shown) == _MAX_SHOWN:
            return
        # One size on each side of each axis: further ones in that direction say nothing new.
        if any(_is_beyond(output, other, question.output) for other in shown):
            continue
        asked = question._replace(output=output)
        columns = [
            families[n, out, limits] for (n, _, limits), out in zip(rows, output, strict=True)
        ]
        _, best = combine(asked, columns, 1, distinct=True)
        if best:
            shown.append(output)
            gaps = zip(question.output, output, strict=True)
            reading = read_choices(asked, best[0], question.input)
            yield Nearest(reading, tuple(want - out for want, out in gaps))


def _is_beyond(output: Sequence[int], other: Sequence[int], wanted: Sequence[int]) -> bool:
    """Return whether each size is missed in the direction of another output, by as much or more."""
    rows = zip(output, other, wanted, strict=True)
    return all(
        (one - want) * (two - want) >= 0 and abs(one - want) >= abs(two - want)
        for one, two, want in rows
    )


def _list_near(question: Question, n: int, out: int, bounds: AxisBounds) -> list[int]:
    """Return the nearest sizes on both sides that an axis can have, for each way of the dialect."""
    found: set[int] = set()
    for way, sizes in list_near_sizes(question, n, out, bounds).items():
        for side in (-1, 1):
            beside = [size for size in sizes if (size - out) * side > 0]
            existing = (
                size
                for size in sorted(beside, key=lambda size: abs(size - out))[:_MAX_NEAR]
                if _exists(question, n, size, bounds, way)
            )
            found |= set(islice(existing, 2))
    return sorted(found)


def _exists(question: Question, n: int, size: int, bounds: AxisBounds, way: Way) -> bool:
    asked = question._replace(output=(size,) * question.rank)
    return next(find_families(asked, n, size, bounds, way), None) is not None
