"""The transposed convolution that returns the output of a convolution to exactly its input.

It is the adjoint: the gradient of the convolution with respect to its input, so that the same
weights fit. Where its end lies depends on what remains of a division of the input by the stride,
which a floor of the convolution drops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import DeconvError, NotExpressible, Refused, UsageError
from deconvcli.common.values import axis_name
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Sizes
from deconvcli.networks.mirror.convolution import Convolution
from deconvcli.networks.mirror.weights import Weights, carry_weights
from deconvcli.solver import AxisSolution, Bounds, Question
from deconvcli.solver.choices import Choice, read_choices
from deconvcli.solver.families import find_families
from deconvcli.solver.ways import Way

# The remainders of strides beyond this have no table.
MAX_STRIDE = 64
# An input this much larger than the kernel shows what every other one has.
_PLENTY = 64


class Cropped(NamedTuple):
    """A choice for one axis, and what is cropped from its output afterwards.

    after: (begin, end); negative numbers append zeros.
    """

    choice: Choice
    after: tuple[int, int] = (0, 0)


class Row(NamedTuple):
    """The mirror along one axis for all inputs n = stride*m + remainder.

    input, middle: one such input, and the size that the convolution makes of it. parameters:
    under the dialect's own names, one number or word each.
    """

    remainder: int
    input: int
    middle: int
    cropped: Cropped
    parameters: Mapping[str, Any]


class AxisMirror(NamedTuple):
    """The table of one axis: a row for each remainder of the input."""

    name: str
    stride: int
    rows: tuple[Row, ...]


class LayerMirror(Comparable):
    """The transposed convolution that undoes one convolution, in a dialect.

    input, middle: the sizes at both ends; None where only the tables were wanted. reading: the
    layer at these sizes. after: what is cropped from its output then, for each axis. reason: why
    the dialect cannot say the whole of it, where something is cropped.
    """

    def __init__(
        self, convolution: Convolution, dialect: str, sizes: tuple[int, ...] | None = None
    ) -> None:
        self.convolution, self.dialect = convolution, dialect
        self._roles = convolution.roles
        takes_kernel = take_dialect(dialect)[0].argument("transpose_kernel") is not None
        if takes_kernel and "groups" not in self._roles:
            # With it, the kernel is stored as that of the convolution.
            self._roles["transpose_kernel"] = True
        self.input = sizes
        self.reading: Reading | None = None
        self.middle: tuple[int, ...] | None = None
        self.after: tuple[tuple[int, int], ...] = ()
        self.reason = ""
        self.choices: tuple[Choice, ...] = ()
        if sizes is not None:
            self.middle, axes = convolution.find_axes(sizes)
            self.reading, chosen = self._choose(axes, self.middle)
            self.choices = tuple([one.choice for one in chosen])
            self.after = tuple([one.after for one in chosen])
            if any(map(any, self.after)):
                self.reason = self._explain(axes, self.middle) or (
                    f"{dialect} says it only with the size of the output in the call"
                )

    def _identity(self) -> tuple[Any, ...]:
        return self.convolution, self.dialect, self.input

    @property
    def call(self) -> str:
        """The layer as code to paste; empty where only the tables were wanted."""
        return "" if self.reading is None else write_call(self.reading)

    def __repr__(self) -> str:
        return f"<{self.dialect} mirror, {self.call or 'for every input'}>"

    def _choose(
        self, axes: Sequence[Axis], middle: tuple[int, ...]
    ) -> tuple[Reading, tuple[Cropped, ...]]:
        """Return the layer of these axes after which as little as possible is cropped.

        Raises:
            NotExpressible: the dialect has no layer of this kernel and stride.
        """
        known: dict[tuple[Axis, int], dict[Way, Cropped]] = {}
        for pair in zip(axes, middle, strict=True):
            if pair not in known:
                known[pair] = self._find_ways(*pair)
        columns = [known[pair] for pair in zip(axes, middle, strict=True)]
        for way in sort_ways(columns):
            chosen = tuple([column[way] for column in columns])
            question = self._question(axes[0], middle)
            with suppress(DeconvError):
                return read_choices(question, [one.choice for one in chosen], middle), chosen
        raise self._make_refusal(axes, middle)

    def _make_refusal(self, axes: Sequence[Axis], middle: tuple[int, ...]) -> NotExpressible:
        """Return why the dialect has no layer of this kernel and stride."""
        roles: dict[str, Any] = dict(self._roles)
        names = ("kernel", "stride", "dilation")
        roles |= {name: tuple([getattr(axis, name) for axis in axes]) for name in names}
        reason, help = self._explain(axes, middle), "choose another dialect."
        try:
            read_roles(self.dialect, roles, Sizes(middle))
        except (Refused, UsageError) as error:  # whatever is cropped
            if error.code != "bad-value":  # a requested size is missing
                reason, help = error.message, error.help
        return NotExpressible(
            reason or f"{self.dialect} has no such layer", help=help, code="not-expressible"
        )

    def _find_ways(self, axis: Axis, middle: int) -> dict[Way, Cropped]:
        """Return for each way of the dialect the choice that comes nearest to an axis."""
        question = self._question(axis, (middle,) * self.convolution.rank)
        [bounds, *_] = question.axis_bounds()
        found: dict[Way, Cropped] = {}
        for begin, end in _list_crops(axis):
            smaller = axis._replace(crop_begin=begin, crop_end=end)
            size = smaller.output_size(middle)
            assert isinstance(size, int)
            after = (_number(axis.crop_begin) - begin, _number(axis.crop_end) - end)
            asked = question._replace(output=(size,) * question.rank)
            for family in find_families(asked, middle, size, bounds):
                choice = family.find(smaller)
                if choice is None:
                    continue
                known = found.get(choice.way)
                if known is None or _is_evener(choice, known, after):
                    found[choice.way] = Cropped(choice, after)
        return found

    def _question(self, axis: Axis, middle: tuple[int, ...]) -> Question:
        numbers = [((number, number),) for number in axis[:3]]
        # Roles reach the solver in the form in which the command line has them.
        roles = {
            role: (value,) if type(value) is int else value for role, value in self._roles.items()
        }
        return Question(self.dialect, middle, middle, Bounds(*numbers), roles)

    def _explain(self, axes: Sequence[Axis], middle: tuple[int, ...]) -> str:
        """Return why the dialect cannot express these axes, or nothing where it can."""
        dialect = take_dialect(self.dialect)[0]
        into, out = (self._roles.get(role, 1) for role in ("in_channels", "out_channels"))
        layer = Layer(tuple(axes), into, out, self._roles.get("groups", 1))
        try:
            dialect.spell(layer, dialect.sizes_for(layer, Sizes(middle)))
        except DeconvError as error:
            return error.message
        return ""

    @cached_property
    def axes(self) -> tuple[AxisMirror, ...]:
        """The tables of all axes: one for all of them where these are alike.

        Raises:
            NotExpressible: the dialect has no layer of this kernel and stride.
        """
        rank = self.convolution.rank
        tables = [self._make_table(place) for place in range(rank)]
        if rank > 1 and all(table.rows == tables[0].rows for table in tables):
            return (tables[0]._replace(name="each axis"),)
        return tuple(tables)

    def _make_table(self, place: int) -> AxisMirror:
        rank = self.convolution.rank
        _, axes = self.convolution.find_axes((self._find_plenty(),) * rank)
        stride = axes[place].stride
        first = -(-self._find_plenty() // stride) * stride
        columns = []
        for size in range(first, first + min(stride, MAX_STRIDE)):
            middle, axes = self.convolution.find_axes((size,) * rank)
            columns.append((size, middle[place], self._find_ways(axes[place], middle[place])))
        rows = []
        chosen = self._choose_rows(columns)
        for (size, inner, _), cropped in zip(columns, chosen, strict=True):
            question = self._question(cropped.choice.axis, (inner,) * rank)
            made = _number(cropped.choice.axis.output_size(inner))
            solution = AxisSolution(question, inner, made, cropped.choice)
            rows.append(Row(size - first, size, inner, cropped, solution.parameters))
        return AxisMirror(axis_name(place, rank), stride, tuple(rows))

    def _choose_rows(
        self, columns: Sequence[tuple[int, int, Mapping[Way, Cropped]]]
    ) -> list[Cropped]:
        """Return a choice for each row: of one way for all, unless that leaves more to be cropped.

        columns: input, output of the convolution, and what each way has, for each row.
        """
        for size, middle, column in columns:
            if not column:
                _, axes = self.convolution.find_axes((size,) * self.convolution.rank)
                raise self._make_refusal(axes, (middle,) * len(axes))
        best = [column[sort_ways([column])[0]] for _, _, column in columns]
        for way in sort_ways([column for _, _, column in columns]):
            shared = [column[way] for _, _, column in columns]
            if [one.after for one in shared] == [one.after for one in best]:
                return shared
        return best

    def _find_plenty(self) -> int:
        """Return an input that is large enough for every kernel."""
        sizes = [4096, 1 << 20]
        for size in (_PLENTY, *sizes):
            with suppress(DeconvError):
                self.convolution.find_axes((size,) * self.convolution.rank)
                return size
        # Raises the reason why no size will do.
        self.convolution.find_axes((sizes[-1],) * self.convolution.rank)
        return sizes[-1]

    def read_row(self, row: Row) -> Reading | None:
        """Return the layer whose axes are all as in this row; None where they differ."""
        if len(self.axes) > 1:
            return None
        middle = (row.middle,) * self.convolution.rank
        question = self._question(row.cropped.choice.axis, middle)
        return read_choices(question, (row.cropped.choice,) * len(middle), middle)

    @cached_property
    def flexible(self) -> tuple[str, str] | None:
        """The call of one layer for all inputs, and the parameter with which it is applied.

        None where no input leaves a remainder, and where the dialect has no layer that takes the
        output's size when it is applied, or means another layer by it.
        """
        requested = take_dialect(self.dialect)[0].argument("output_size")
        if requested is None or len(self.axes) > 1 or len(self.axes[0].rows) == 1:
            return None
        rank = self.convolution.rank
        calls = set()
        for row in self.axes[0].rows:
            if any(row.cropped.after) or row.cropped.choice.way.requests:
                return None
            roles = {**list_roles([row.cropped.choice] * rank), **self._roles}
            # The size decides what is cropped at the end.
            roles.pop("output_padding", None)
            if not isinstance(roles["padding"], str):
                begin = row.cropped.choice.axis.crop_begin
                roles["padding"] = (begin,) * rank
            sizes = Sizes((row.middle,) * rank)
            try:
                plain = write_call(read_roles(self.dialect, roles, sizes))
                roles["output_size"] = (row.input,) * rank
                applied = read_roles(self.dialect, roles, sizes)
            except DeconvError:
                return None
            is_same = set(applied.layer.axes) == {row.cropped.choice.axis}
            if not is_same or not write_call(applied).startswith(f"{plain}(x, "):
                return None
            calls.add(plain)
        return (calls.pop(), requested.name) if len(calls) == 1 else None

    @cached_property
    def weights(self) -> Weights | None:
        """How the convolution's weights become those of the mirror; None where it has none."""
        reading = self.reading or self.read_row(self.axes[0].rows[0])
        if self.convolution.node.operation != "conv" or reading is None:
            return None
        return carry_weights(self.convolution.dialect, reading)


def _is_evener(choice: Choice, known: Cropped, after: tuple[int, int]) -> bool:
    """Return whether a choice states the same layer with paddings that differ less.

    Beside a requested size several paddings mean one layer; equal ones are the convolution's own.
    """
    if after != known.after or not choice.way.is_pair:
        return False
    one, other = (abs(begin - end) for begin, end in (choice.padding, known.choice.padding))
    return bool(one < other)


def sort_ways(columns: Sequence[Mapping[Way, Cropped]]) -> list[Way]:
    """Return the ways that all columns have, those that need the smallest crop first."""
    shared = [way for way in columns[0] if all(way in column for column in columns)]

    def measure(way: Way) -> int:
        return sum(abs(end) for column in columns for end in column[way].after)

    return sorted(shared, key=measure)


def list_roles(choices: Sequence[Choice]) -> dict[str, Any]:
    """Return the roles of a layer that has one choice for each axis, as a config has its keys."""
    way = choices[0].way
    names = ["kernel", "stride", "dilation", *(["output_padding"] if way.adds else [])]
    roles = {name: tuple([getattr(choice, name) for choice in choices]) for name in names}
    if set(roles["dilation"]) == {1}:
        del roles["dilation"]
    padding = tuple([choice.padding for choice in choices])
    return {**roles, "padding": way.word or padding}


def _list_crops(axis: Axis) -> Iterator[tuple[int, int]]:
    """Yield the crop of an axis, then smaller ones that more dialects can say."""
    begin, end = _number(axis.crop_begin), _number(axis.crop_end)
    kept = max(end, 0)
    both = min(begin, kept)
    yield from dict.fromkeys([(begin, end), (begin, kept), (both, both), (0, kept), (0, 0)])


def _number(size: object) -> int:
    assert isinstance(size, int)
    return size
