"""The answer: the layers that have the size, or why there are none and which sizes are near."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import axis_name, compact, format_count
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import KEYS, Names, word_role
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import Reading
from deconvcli.solver.absence import Nearest, explain_absence, find_nearest, find_refusal
from deconvcli.solver.choices import Choice, Family, read_choices
from deconvcli.solver.combination import combine
from deconvcli.solver.families import find_families, require_searchable
from deconvcli.solver.order import (
    describe_overlap,
    format_formula,
    is_exact,
    sort_choices,
)
from deconvcli.solver.question import Question
from deconvcli.solver.ways import resolve_word


class AxisSolution(NamedTuple):
    """One layer of one axis, that makes `output` of `input`.

    shown: the output of the input that layers are shown with, where that is another.
    """

    question: Question
    input: int
    output: int
    choice: Choice
    shown: Size | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters under the dialect's own names: one number, word, pair or None for each.

        The kernel has this name where only the weights' shape gives it.
        """
        dialect, choice, rank = take(self.question.dialect)[0], self.choice, self.question.rank
        found: dict[str, Any] = {}
        for role in ("kernel", "stride", "dilation"):
            value = getattr(choice, role)
            if role == "dilation" and value == 1 and dialect.argument(role) is None:
                continue
            found |= _flatten(word_role(dialect, role, (value,), rank) or {role: value})
        way, added = choice.way, dialect.argument("output_padding")
        if way.word:
            found |= word_role(dialect, "padding", way.word, rank)
        elif way.is_pair:
            pairs = word_role(dialect, "padding", (choice.padding,), rank)
            if sum(not isinstance(value, str) for value in pairs.values()) > 1:
                # Some frameworks have a parameter for each end, or for each end of each axis.
                found |= _flatten(pairs)
            else:
                pair = list(choice.padding)
                found |= {
                    name: value if isinstance(value, str) else pair for name, value in pairs.items()
                }
        else:
            found |= _flatten(word_role(dialect, "padding", (choice.padding,), rank))
        if added is not None:
            found[added.name] = choice.output_padding
        if way.requests:
            requested = dialect.argument("output_size")
            assert requested is not None
            found[requested.name] = self.output if self.shown is None else self.shown
        return found

    @property
    def formula(self) -> str:
        """The output's size for every input: `4N`."""
        return format_formula(self.choice, self.input, self.output)

    @property
    def exact(self) -> bool:
        """Whether every input has an output that many times its size."""
        return is_exact(self.choice, self.input, self.output)

    @property
    def overlap(self) -> str:
        """`even`, `uneven`, or `gaps`."""
        return describe_overlap(self.choice)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What implementations were seen to do otherwise with this on all axes."""
        rank = self.question.rank
        return read_choices(self.question, (self.choice,) * rank, (self.input,) * rank).findings

    @property
    def crop(self) -> tuple[int, int]:
        """What is cropped at both ends; negative numbers append."""
        axis = self.choice.axis
        assert isinstance(axis.crop_begin, int)
        assert isinstance(axis.crop_end, int)
        return axis.crop_begin, axis.crop_end


def _flatten(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with one number in place of a list of equal ones."""
    return {name: compact(value) for name, value in written.items()}


class Solution(NamedTuple):
    """A layer for all axes. axes: the same for each of them."""

    reading: Reading
    axes: tuple[AxisSolution, ...]

    @property
    def formula(self) -> str:
        """The output's size for every input: `4N`, or for axes that differ `4N x 2N-1`."""
        formulas = [axis.formula for axis in self.axes]
        return formulas[0] if len(set(formulas)) == 1 else " x ".join(formulas)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters under the dialect's own names, as lists where axes differ."""
        columns = [axis.parameters for axis in self.axes]
        rows = {name: [column[name] for column in columns] for name in columns[0]}
        return {
            name: row[0] if all(one == row[0] for one in row) else row for name, row in rows.items()
        }

    @property
    def exact(self) -> bool:
        """Whether this holds on every axis."""
        return all(axis.exact for axis in self.axes)

    @property
    def overlap(self) -> str:
        """The worst overlap of its axes."""
        return max((axis.overlap for axis in self.axes), key=("even", "uneven", "gaps").index)

    @property
    def macs(self) -> int | str:
        """The multiply-accumulates that reach an output; a formula where the input is letters."""
        if any(isinstance(n, Linear) for n in self.reading.spatial):
            return self.reading.macs_formula[1]
        return self.reading.macs_useful

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What implementations were seen to do otherwise."""
        return self.reading.findings


class AxisAnswer:
    """All choices of one axis alone, in families: `count` of them, which `solutions` lists."""

    def __init__(self, question: Question, place: int, families: Sequence[Family]) -> None:
        self.name = axis_name(place, question.rank)
        self.input, self.output = question.input[place], question.output[place]
        self.families = families
        self.count = sum(len(family.begins) for family in families)
        self._question, self._shown = question, question.shown_output[place]

    def solutions(self, most: int | None = None) -> list[AxisSolution]:
        """Return all choices, or at most `most` of them, the best first."""
        choices = sort_choices(self.input, self.output, self.families, most)
        row = self._question, self.input, self.output
        return [AxisSolution(*row, choice, self._shown) for choice in choices]


class Answer(Comparable):
    """What `solve` returns: `solutions`, the best first, and `count`, of all there are.

    axes: each axis alone. reason: why there are none; empty where there are. nearest: the sizes
    next to the one that was asked for, where there are none.
    """

    def __init__(
        self, question: Question, axes: Sequence[AxisAnswer], limit: int, distinct: bool
    ) -> None:
        self.question = question
        self.axes = tuple(axes)
        columns = [axis.families for axis in axes]
        self.count, best = combine(question, columns, limit, distinct=distinct)
        self.solutions = tuple([_read(question, choices) for choices in best])

    def _identity(self) -> tuple[Any, ...]:
        return self.question, self.count, self.solutions

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Solution]:
        return iter(self.solutions)

    def __len__(self) -> int:
        return len(self.solutions)

    @cached_property
    def reason(self) -> str:
        """Why no layer has the size, in one sentence with its numbers."""
        return "" if self.count else explain_absence(self.question, self._families)

    def require_parameters(self, names: Names = KEYS) -> None:
        """Do nothing where the dialect has the parameters of the question.

        names: how the user writes them.

        Raises:
            UsageError: it lacks one, so that there is no layer; help names the dialects that have
                it.
        """
        if any(axis.count for axis in self.axes):
            return
        error = find_refusal(self.question, names)
        if isinstance(error, UsageError):
            raise error

    @cached_property
    def nearest(self) -> tuple[Nearest, ...]:
        """The nearest sizes that layers within the bounds have, where none has this one."""
        return () if self.count else tuple(find_nearest(self.question))

    @property
    def _families(self) -> list[Sequence[Family]]:
        return [axis.families for axis in self.axes]


def _read(question: Question, choices: Sequence[Choice]) -> Solution:
    columns = zip(question.input, question.output, choices, question.shown_output, strict=True)
    axes = [AxisSolution(question, *row) for row in columns]
    return Solution(read_choices(question, choices, question.shown_input), tuple(axes))


def solve(question: Question, limit: int = 10, *, distinct: bool = False) -> Answer:
    """Return the layers within the question's bounds that make its output of its input.

    limit: how many of them, the best first. distinct: whether one of several ways to state the
    same layer is enough.

    Raises:
        UsageError: an unknown dialect, sizes that are none, or bounds that fit no axis or have too
            many combinations.
    """
    for name, sizes in (("input", question.input), ("output", question.output)):
        if len(sizes) != question.rank or not 1 <= question.rank <= 3:
            raise UsageError(
                f"the {name} has {format_count(len(sizes), 'size')}, the input {question.rank}",
                help="give one size for each of 1 to 3 axes.",
                code="rank",
            )
        if min(sizes) < 1:
            raise UsageError(f"a size of {min(sizes)} has no elements", help="give 1 or more.")
    question = _resolve_word(question)
    known: dict[Any, list[Family]] = {}
    axes = []
    bounds = question.axis_bounds()
    for place, row in enumerate(zip(question.input, question.output, bounds, strict=True)):
        if row not in known:  # axes that are alike are searched once
            require_searchable(question, *row)
            known[row] = list(find_families(question, *row))
        axes.append(AxisAnswer(question, place, known[row]))
    return Answer(question, axes, limit, distinct)


def _resolve_word(question: Question) -> Question:
    """Return the question with the padding's word as the search has it."""
    bounds = question.bounds
    take(question.dialect)  # refuses an unknown name
    if not isinstance(bounds.padding, str):
        return question
    word = resolve_word(question.dialect, question.rank, bounds.padding)
    return question._replace(bounds=bounds._replace(padding=word))
