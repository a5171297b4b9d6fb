"""What a dialect is: parameters, the calls people paste, words to a crop and back.

A file in `dialects/` holds only what is different about its framework; what they share is here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, NoReturn

from deconvcli.arithmetic import Arithmetic, Broken, Limit, fill
from deconvcli.diagnostics import Diagnostic, Severity
from deconvcli.errors import NotExpressible, Refused, UsageError
from deconvcli.evidence import Evidence
from deconvcli.geometry import Axis
from deconvcli.layers import Layer, Reading, Sizes, Spelling
from deconvcli.layout import CANONICAL_WEIGHT, Layout
from deconvcli.parameters import Argument, Signature
from deconvcli.shelf import suggestion
from deconvcli.values import axis_name, compact, per_axis, shorten, tensor_shape


class Dialect(ABC):
    """One framework's way to write the layer.

    evidence: who says so, for the dialect itself and for each of its implementations.
    entry_point: the parameter that names a function or operation where there are several.
    groups, circular: whether it has groups, and layers whose crop comes back at the other end.
    orientation: in which order it stores the taps of a kernel. grouping: the words of a layer with
    groups, where only the weights' shape says how many.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    evidence: ClassVar[Evidence]
    implementations: ClassVar[Mapping[str, Evidence]] = {}
    arguments: ClassVar[tuple[Argument, ...]]
    signatures: ClassVar[tuple[Signature, ...]]
    entry_point: ClassVar[str] = "api"
    groups: ClassVar[bool] = True
    circular: ClassVar[bool] = False
    orientation: ClassVar[str] = "in order"
    grouping: ClassVar[Mapping[str, Any] | None] = None

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

    @abstractmethod
    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """The axes of input and output."""

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
        if rank is None:
            rank = self.rank(arguments, input_shape, weight_shape)
        tensor_shape(input_shape, rank + 1, "input_shape")
        if weight_shape is not None:
            axes = self.weight_layout(arguments, rank).count(rank)
            tensor_shape(weight_shape, axes, "weight_shape", most=axes)
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

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """The axes of the weights."""
        return CANONICAL_WEIGHT

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """The same data with this layer's weights in this dialect's layout."""
        weight = layer.weight_shape(self.weight_layout({}, len(layer.axes)))
        return sizes._replace(channels=layer.in_channels, weight=weight)

    # What reading a spelling has in common.

    def values(self, spelling: Spelling) -> dict[str, Any]:
        """The spelling's arguments with the defaults of those left out.

        Raises:
            UsageError: a parameter this dialect does not have.
        """
        values = {**self._defaults, **spelling.arguments}
        if len(values) > len(self._defaults):
            unknown = next(name for name in spelling.arguments if name not in self._defaults)
            raise UsageError(
                f"{self.name} has no parameter {unknown!r}",
                help=suggestion(unknown, sorted(self._defaults)),
                code="unknown-parameter",
            )
        return values

    def __init__(self) -> None:
        self._defaults = {argument.name: argument.default for argument in self.arguments}
        inert = {argument.name for argument in self.arguments if argument.role in ("", "bias")}
        self._inert = inert - {self.entry_point}
        self._unverified = () if self.is_measured else (self._documents_only(),)

    @property
    def is_measured(self) -> bool:
        """Whether the framework, or an implementation of it, was asked and not only its text."""
        return self.evidence.is_measured or bool(self.implementations)

    def _documents_only(self) -> Diagnostic:
        return Diagnostic(
            "documents-only",
            Severity.NOTE,
            f"what {self.name} does is taken from its documents and was not measured:"
            f" {self.evidence.what}",
            f"hold one result against {self.title} itself before you rely on it.",
            self.source,
        )

    def refuse(self, code: str, message: str, help: str, otherwise: str = "") -> NoReturn:
        """End the reading with the framework's reason; `otherwise`: what was seen instead."""
        raise Refused(
            f"{self.name}: {message}",
            help=help,
            code=code,
            findings=self._seen(code, otherwise, self.source),
        )

    def _seen(self, code: str, otherwise: str, source: str) -> tuple[Diagnostic, ...]:
        """What goes with a refusal that an implementation was seen not to make."""
        if not otherwise:
            return self._unverified
        seen = Diagnostic(code, Severity.NOTE, otherwise, "", source, differs=True)
        return (seen, *self._unverified)

    def no_words(self, reason: str, help: str) -> NotExpressible:
        """The error for a layer that this dialect cannot say."""
        return NotExpressible(
            f"{self.name} cannot say this layer: {reason}", help=help, findings=self._unverified
        )

    def cropped(self, layer: Layer) -> str:
        """The crops of a layer as a reason gives them."""
        crops = [(axis.crop_begin, axis.crop_end) for axis in layer.axes]
        if len(set(crops)) == 1:
            return f"it crops {crops[0][0]} before and {crops[0][1]} behind"
        return f"it crops {', '.join(f'{begin}:{end}' for begin, end in crops)} (begin:end)"

    def listed(
        self, spelling: Spelling, name: str, length: int, default: int = 0
    ) -> tuple[int, ...]:
        """A parameter that must be a list of this length; left out, the default for each."""
        given = spelling.arguments.get(name)
        if given is None:
            return (default,) * length
        if not isinstance(given, (list, tuple)) or len(given) != length:
            self.refuse(
                name.replace("_", "-"), f"{name} is {shorten(given)}", f"give a list of {length}."
            )
        return per_axis(given, length, name)

    def kernel(
        self,
        given: Any,
        name: str,
        sizes: Sizes,
        *,
        layout: Layout | None = None,
        otherwise: str = "",
    ) -> tuple[int, ...]:
        """Kernel sizes, by the parameter `name` or by the weights' shape, which must agree.

        layout: of the weights, where the words change it. otherwise: what was seen instead.
        """
        rank = len(sizes.spatial)
        if sizes.weight is None:
            return per_axis(given, rank, name)
        held = (layout or self.weight_layout({}, rank)).split(sizes.weight, rank)["*"]
        if given is not None and per_axis(given, rank, name) != held:
            self.refuse(
                name.replace("_", "-"),
                f"{name} is {shorten(given)}, the weights have {list(held)}",
                "leave it out, or make them agree.",
                otherwise,
            )
        return held

    def _inert_in(self, spelling: Spelling) -> tuple[str, ...]:
        return tuple(name for name in spelling.arguments if name in self._inert)

    def channels(
        self,
        layout: Layout,
        kernel: Sequence[int],
        sizes: Sizes,
        groups: int,
        *,
        given_in: int | None = None,
        given_out: int | None = None,
    ) -> tuple[int, int]:
        """(in, out) from the weights' shape, the parameters and the data, which must agree.

        What nobody gives is as small as the groups allow.
        """
        if groups < 1:
            self.refuse("groups", f"groups {groups} is not positive", "use 1 or more groups.")
        out, into = given_out, given_in
        if sizes.weight is not None:
            weight = layout.split(sizes.weight, len(kernel))
            held_in = weight["GI"][0] if "GI" in weight else weight["I"][0] * groups
            held_out = weight["GO"][0] if "GO" in weight else weight["O"][0] * groups
            if into is not None and into != held_in:
                self._disagree("in_channels", into, held_in, sizes.weight)
            if out is not None and out != held_out:
                self._disagree("out_channels", out, held_out, sizes.weight)
            into, out = held_in, held_out
        into = into if into is not None else sizes.channels
        into = into if into is not None else groups
        out = out if out is not None else groups
        self.split_evenly(into, out, groups)
        if sizes.channels is not None and sizes.channels != into:
            self.refuse(
                "channels",
                f"the input has {sizes.channels} channels, the layer takes {into}",
                "give both the same number of channels, in the layout "
                f"({self.data_layout({}, len(kernel))}) unless told otherwise.",
            )
        return into, out

    def split_evenly(self, into: int, out: int, groups: int) -> None:
        """Refuse channels that the groups do not divide."""
        if groups > 0 and into > 0 and out > 0 and into % groups == out % groups == 0:
            return
        for kind, count in (("input", into), ("output", out)):
            if groups < 1 or count < 1 or count % groups:
                self.refuse(
                    "groups" if groups != 1 else "channels",
                    f"{count} {kind} channels cannot be split into {groups} equal groups",
                    f"use a positive multiple of {groups}."
                    if groups > 0
                    else "use 1 or more groups.",
                )

    def argument(self, role: str) -> Argument | None:
        """The parameter for a role, if this dialect has one."""
        return next((argument for argument in self.arguments if argument.role == role), None)

    def _disagree(self, what: str, given: int, held: int, shape: tuple[int, ...]) -> NoReturn:
        self.refuse(
            "channels",
            f"{what} is {given}, but weights of shape {list(shape)} have {held}",
            "give one of them, or make them agree.",
        )

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
            raise self._broken(broken, spelling.name, len(axes), len(sizes.spatial)) from None
        into, out = channels
        return Reading(
            spelling,
            Layer(tuple(axes), into, out, groups, has_bias, circular),
            sizes,
            data_layout,
            weight_layout,
            arithmetic,
            tuple(computed),
            () if self._inert.isdisjoint(spelling.arguments) else self._inert_in(spelling),
            flipped,
            (*notes, *_findings(noted), *self._unverified) if noted else notes + self._unverified,
            output_layout,
        )

    def _broken(self, broken: Broken, name: str, place: int, rank: int) -> Refused:
        """The refusal for a limit that does not hold on one axis."""
        axis = f"{axis_name(place, rank)}: " if rank > 1 else ""
        limit, numbers = broken.limit, broken.numbers
        return Refused(
            f"{name}: {axis}{fill(limit.message, numbers)}",
            help=fill(limit.help, numbers),
            code=limit.code,
            findings=self._seen(limit.code, fill(limit.otherwise, numbers), limit.source),
        )


def _findings(notes: list[tuple[Limit, dict[str, Any]]]) -> tuple[Diagnostic, ...]:
    """One warning for each deviation, however many axes show it."""
    found: dict[str, Diagnostic] = {}
    for limit, numbers in notes:
        found.setdefault(
            limit.code,
            Diagnostic(
                code=limit.code,
                severity=Severity.WARNING,
                message=fill(limit.message, numbers),
                help=fill(limit.help, numbers),
                source=limit.source,
                differs=bool(limit.otherwise),
            ),
        )
    return tuple(found.values())
