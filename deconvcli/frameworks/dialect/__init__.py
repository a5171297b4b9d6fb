"""The base of every dialect: parameters, pasted calls, parameters to a crop and back.

A file in `dialects/` holds only what is different about its framework.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, NoReturn, TypeAlias

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import MAX_INT64, compact
from deconvcli.frameworks.dialect._axis_reader import AxisReader
from deconvcli.frameworks.dialect._refusals import collect_findings, generalize
from deconvcli.frameworks.dialect.live import LiveClass
from deconvcli.frameworks.dialect.parameters import Form, Signature
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.layers.arithmetic import Arithmetic, Broken
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout
from deconvcli.layers.number_types import NumberTypes

ANY_AXES = 64
"""The end of a range of axes that is open: no tensor has so many."""

Accidents: TypeAlias = Mapping[str, tuple[Diagnostic, ...]]


class Dialect(AxisReader):
    """One framework's way to write the layer.

    live: the classes of its layer objects. arithmetics: all that `read` may use. accidents: other
    measured deviations, by implementation, or under the empty name for all.
    groups, circular: whether it has groups, and layers whose crop is added at the opposite end.
    orientation: the order in which it stores the taps of a kernel. grouping: the parameters of a
    layer with groups, if only the weights' shape gives their number. forward: the name of its
    forward layer, if that takes the same parameters; {rank} is the number of spatial axes.
    windows: what its convolutions and poolings accept as padding. number_types: those that it
    computes, and what it makes of two. max_size: the largest size that its tensors may have.
    required: parameters that the framework has no default for, and that are 1 where options leave
    them out. requests_tensor: whether a requested output size is the shape of the whole tensor.
    modules: the names under which programs import the framework's modules. brackets: those of a
    list in a call. names_first: whether programs name the first parameters of a layer too.
    """

    signatures: ClassVar[tuple[Signature, ...]]
    live: ClassVar[tuple[LiveClass, ...]] = ()
    arithmetics: ClassVar[tuple[Arithmetic, ...]]
    accidents: ClassVar[Accidents] = {}
    groups: ClassVar[bool] = True
    circular: ClassVar[bool] = False
    orientation: ClassVar[str] = "in order"
    grouping: ClassVar[Mapping[str, Any] | None] = None
    forward: ClassVar[str] = ""
    windows: ClassVar[Windows] = Windows()
    max_size: ClassVar[int] = MAX_INT64
    required: ClassVar[tuple[str, ...]] = ()
    requests_tensor: ClassVar[bool] = False
    modules: ClassVar[Mapping[str, str]] = {}
    brackets: ClassVar[str] = "()"
    names_first: ClassVar[bool] = False
    number_types: ClassVar[NumberTypes] = NumberTypes()

    @abstractmethod
    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer that these parameters mean at this input size.

        Raises:
            Refused: the framework would refuse, with its reason.
            UsageError: a value is not of the parameter's form.
        """

    @abstractmethod
    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield parameters that may mean this layer, the best first; each is read back.

        Raises:
            NotExpressible: there are none; the message gives the reason.
        """

    @abstractmethod
    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return (reason, help) for a layer that no proposal means."""

    def spell(self, layer: Layer, sizes: Sizes) -> Spelling:
        """Return the parameters that mean a layer at this input size.

        Raises:
            NotExpressible: this framework cannot express it; the message gives the reason.
        """
        if layer.circular and not self.circular:
            raise self.not_expressible_error(
                "what it crops at one end is added at the other",
                "pad the input with its own opposite end, as far as the kernel reaches, and crop"
                " the output.",
            )
        if layer.groups > 1 and not self.groups:
            raise self.not_expressible_error(
                f"it has {layer.groups} groups and {self.title} has none",
                "use one layer per group and concatenate.",
            )
        own_sizes = self.sizes_for(layer, sizes)
        for found in self.find_readings(layer, own_sizes):
            return found.spelling
        raise self.not_expressible_error(*self.why_not(layer))

    def find_readings(
        self, layer: Layer, sizes: Sizes, implementation: str = ""
    ) -> Iterator[Reading]:
        """Yield each proposal that the implementation reads as exactly this layer.

        sizes: those of this dialect. A conversion cannot differ from what the framework would do.

        Raises:
            NotExpressible: there are no proposals; the message gives the reason.
        """
        for arguments in self.propose(layer, sizes):
            spelling = Spelling(self.name, arguments, implementation)
            with suppress(Refused, UsageError):
                found = self.read(spelling, sizes)
                # A function has no parameter for the bias: its caller adds it.
                if found.layer._replace(has_bias=layer.has_bias) == layer:
                    yield found

    def has_wrong_bias(self, reading: Reading) -> bool:
        """Return whether the framework would add other numbers to a layer than its bias."""
        return False

    def deviations(self, implementation: str = "") -> Iterator[Diagnostic]:
        """Yield each measured deviation of implementations once, in general terms."""
        # Formulas of several words share their limits.
        yielded = set()
        entries = (entry for arithmetic in self.arithmetics for entry in arithmetic.limits)
        # A limit with a source of its own was seen in an implementation; the others are the rule.
        limits = (limit for limit in entries if limit.source and limit.concerns(implementation))
        seen = (
            found
            for name, accidents in self.accidents.items()
            if not name or not implementation or name == implementation
            for found in accidents
        )
        for found in (*map(generalize, limits), *seen):
            if (found.code, found.message) not in yielded:
                yielded.add((found.code, found.message))
                yield found

    def complete(self, words: Mapping[str, Any], rank: int) -> dict[str, Any]:
        """Return the parameters of options with those that the framework requires."""
        missing: dict[str, Any] = {}
        for argument in self.arguments:
            if argument.name in self.required and argument.name not in (words.keys() | missing):
                missing |= argument.phrase(Form.INTS, (1,), rank)
        return {**missing, **words}

    def text(self, spelling: Spelling, hidden: Sequence[str] = ()) -> str:
        """Return the parameters as a person writes them, without defaults and `hidden` roles."""
        roles = {argument.name: argument.role for argument in self.arguments}
        written = {
            name: given
            for name, given in spelling.arguments.items()
            if roles.get(name) not in hidden
            # A person gives the tensor, and no flag for it.
            and not (roles.get(name) == "bias" and given is True)
            and (
                isinstance(given, str)
                or name in self.required
                or compact(given) != self._defaults.get(name)
            )
        }
        return Spelling(self.name, written, sequences=self.sequences).text

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the call of a reading in one line; dialects whose calls are others override it.

        name: empty where the dialect has no signatures. positional: the tensors, channels and
        kernel that come first. named: the other parameters that are no defaults.
        """
        written = [*positional, *(f"{own}={value}" for own, value in named.items())]
        return f"{name}({', '.join(written)})"

    def find_number_types(self, spelling: Spelling, rank: int) -> NumberTypes:
        """Return the number types that these parameters are computed in."""
        return self.number_types

    def _refuse_size(self, size: int) -> NoReturn:
        self.refuse(
            "too-large",
            f"the output would have size {size}; the largest size is {self.max_size}",
            "use a smaller input, stride or kernel.",
        )

    def build_reading(
        self,
        spelling: Spelling,
        sizes: Sizes,
        arithmetic: Arithmetic,
        names: tuple[str, ...],
        rows: Iterable[tuple[Any, ...]],
        *,
        channels: tuple[int, int],
        weight_layout: Layout,
        data_layout: Layout,
        groups: int = 1,
        has_bias: bool = False,
        flipped: bool = False,
        circular: bool = False,
        output_layout: Layout | None = None,
        notes: tuple[Diagnostic, ...] = (),
    ) -> Reading:
        """Run the arithmetic on every axis and build the reading.

        rows: for each axis the values of `names`, which include n, k, s and d.
        """
        if len(sizes.batch) not in self.batch_axes or len(sizes.spatial) not in self.spatial_axes:
            self.check_axes(sizes)
        axes, computed, noted, largest = [], [], [], self.max_size
        program = arithmetic.program(names, spelling.implementation)
        try:
            for row in rows:
                got = program(*row)
                axes.append(Axis(got["k"], got["s"], got["d"], got["crop_begin"], got["crop_end"]))
                computed.append(got)
                out_size = got["out"]
                if type(out_size) is int and out_size > largest:
                    self._refuse_size(out_size)
                # Nearly all layers have no findings, and building them costs time.
                if got["noted"]:
                    noted += [(limit, got) for limit in arithmetic.broken_limits(got)]
        except Broken as broken:
            # The axes that came before have been added, so their number is the place of this one.
            raise self.build_refusal(broken, spelling.name, len(axes), len(sizes.spatial)) from None
        into, out = channels
        return Reading(
            # Few layers have one, and copying a spelling costs as much as an axis.
            spelling
            if self.sequences.isdisjoint(spelling.arguments)
            else spelling._replace(sequences=self.sequences),
            Layer(tuple(axes), into, out, groups, has_bias, circular),
            sizes,
            data_layout,
            weight_layout,
            arithmetic,
            tuple(computed),
            self.find_inert(spelling),
            flipped,
            (*notes, *collect_findings(noted), *self.documents_note)
            if noted
            else notes + self.documents_note,
            output_layout,
            number_types=self.find_number_types(spelling, len(axes)),
        )
