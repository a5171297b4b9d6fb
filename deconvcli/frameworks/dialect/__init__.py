"""What a dialect is: parameters, the calls people paste, words to a crop and back.

A file in `dialects/` holds only what is different about its framework; what they share is here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, TypeAlias

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import check_tensor_shape, compact
from deconvcli.frameworks.dialect._answers import findings_of, in_general
from deconvcli.frameworks.dialect._words import Words
from deconvcli.frameworks.dialect.parameters import Signature
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.layers.arithmetic import Arithmetic, Broken
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout

Accidents: TypeAlias = Mapping[str, tuple[Diagnostic, ...]]


class Dialect(Words):
    """One framework's way to write the layer.

    arithmetics: all that `read` may take. accidents: what else was seen, by implementation, or of
    all under the empty name.
    groups, circular: whether it has groups, and layers whose crop comes back at the other end.
    orientation: in which order it stores the taps of a kernel. grouping: the words of a layer with
    groups, where only the weights' shape says how many. forward: the name of its forward layer,
    where that takes the same words; {rank} is the number of spatial axes. windows: what its
    convolutions and poolings accept as padding.
    """

    signatures: ClassVar[tuple[Signature, ...]]
    arithmetics: ClassVar[tuple[Arithmetic, ...]]
    accidents: ClassVar[Accidents] = {}
    groups: ClassVar[bool] = True
    circular: ClassVar[bool] = False
    orientation: ClassVar[str] = "in order"
    grouping: ClassVar[Mapping[str, Any] | None] = None
    forward: ClassVar[str] = ""
    windows: ClassVar[Windows] = Windows()

    @abstractmethod
    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer that these words mean at this input size.

        Raises:
            Refused: the framework would refuse, with its reason.
            UsageError: a value is not of the parameter's form.
        """

    @abstractmethod
    def wordings(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Arguments that may mean this layer, the best first; each is read back before it counts.

        Raises:
            NotExpressible: there are none, and why.
        """

    @abstractmethod
    def why_not(self, layer: Layer) -> tuple[str, str]:
        """(reason, help) for a layer that none of the wordings means."""

    def spell(self, layer: Layer, sizes: Sizes) -> Spelling:
        """The words for a layer; where they name the output size, at this input size.

        Raises:
            NotExpressible: this framework has no words for it, and why.
        """
        if layer.circular and not self.circular:
            raise self.no_words(
                "what its crop cuts off comes back at the other end",
                "pad the input with its own other end, as many times as the kernel reaches, and"
                " crop the output.",
            )
        if layer.groups > 1 and not self.groups:
            raise self.no_words(
                f"it has {layer.groups} groups and {self.title} has none",
                "use one layer per group and concatenate.",
            )
        held = self.sizes_for(layer, sizes)
        for arguments in self.wordings(layer, sizes):
            spelling = Spelling(self.name, arguments)
            with suppress(Refused, UsageError):
                read = self.read(spelling, held).layer
                # Who adds the bias is not for a function to say.
                if read._replace(has_bias=layer.has_bias) == layer:
                    return spelling
        raise self.no_words(*self.why_not(layer))

    def deviations(self, implementation: str = "") -> Iterator[Diagnostic]:
        """Where implementations were measured to leave the rule, in general terms, each once."""
        told = set()
        entries = (entry for arithmetic in self.arithmetics for entry in arithmetic.limits)
        limits = (limit for limit in entries if limit.source and limit.concerns(implementation))
        seen = (
            found
            for name, accidents in self.accidents.items()
            if not name or not implementation or name == implementation
            for found in accidents
        )
        for found in (*map(in_general, limits), *seen):
            if (found.code, found.message) not in told:
                told.add((found.code, found.message))
                yield found

    def rank(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None,
    ) -> int:
        """Spatial axes: what weights or a kernel per axis show; else the input is batched."""
        if isinstance(weight_shape, (list, tuple)):
            return self.weight_rank(arguments, weight_shape)
        kernel = next((arguments.get(a.name) for a in self.arguments if a.role == "kernel"), None)
        if isinstance(kernel, list | tuple) and len(kernel) > 1:
            return len(kernel)
        return len(input_shape) - 2

    def weight_rank(self, arguments: Mapping[str, Any], weight_shape: Sequence[int]) -> int:
        """Spatial axes of weights: all that are neither channels nor groups."""
        return len(weight_shape) - len(self.weight_layout(arguments, 1).axes) + 1

    def sizes(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None = None,
        rank: int | None = None,
    ) -> Sizes:
        """Shapes in this dialect's own layouts, taken apart.

        Raises:
            UsageError: too few axes, or a size that is no integer from 0 to int64's largest.
        """
        shown = rank is None and isinstance(weight_shape, (list, tuple))
        if rank is None:
            rank = self.rank(arguments, input_shape, weight_shape)
        check_tensor_shape(input_shape, rank + 1, "input_shape")
        if weight_shape is not None:
            # What shows the rank has the axes of it.
            axes = len(weight_shape) if shown else self.weight_layout(arguments, rank).count(rank)
            check_tensor_shape(weight_shape, axes, "weight_shape", most=axes)
        parts = self.data_layout(arguments, rank).split(tuple(input_shape), rank)
        weight = None if weight_shape is None else tuple(weight_shape)
        return Sizes(parts["*"], parts["N"], parts["C"][0], weight)

    def text(self, spelling: Spelling, hidden: Sequence[str] = ()) -> str:
        """As a person would write it: words and what is no default, without `hidden` roles."""
        roles = {argument.name: argument.role for argument in self.arguments}
        said = {
            name: given
            for name, given in spelling.arguments.items()
            if roles.get(name) not in hidden
            and (isinstance(given, str) or compact(given) != self._defaults.get(name))
        }
        return Spelling(self.name, said).text

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """The same data with this layer's weights in this dialect's layout."""
        weight = layer.weight_shape(self.weight_layout({}, len(layer.axes)))
        return sizes._replace(channels=layer.in_channels, weight=weight)

    def reading(
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
        """Run the arithmetic on every axis and put the results together.

        rows: for each axis what `names` stand for, n, k, s and d among them.
        """
        axes, computed, noted = [], [], []
        program = arithmetic.program(names, spelling.implementation)
        try:
            for row in rows:
                got = program(*row)
                axes.append(Axis(got["k"], got["s"], got["d"], got["crop_begin"], got["crop_end"]))
                computed.append(got)
                if got["noted"]:
                    noted += [(limit, got) for limit in arithmetic.noted(got)]
        except Broken as broken:
            raise self.broken(broken, spelling.name, len(axes), len(sizes.spatial)) from None
        into, out = channels
        return Reading(
            spelling,
            Layer(tuple(axes), into, out, groups, has_bias, circular),
            sizes,
            data_layout,
            weight_layout,
            arithmetic,
            tuple(computed),
            self.inert(spelling),
            flipped,
            (*notes, *findings_of(noted), *self.unverified) if noted else notes + self.unverified,
            output_layout,
        )
