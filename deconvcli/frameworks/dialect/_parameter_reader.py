"""The part of a dialect that reads parameters: values, lists, kernels, channels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, shorten
from deconvcli.frameworks.dialect._refusals import Refusals
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.layers.layer import Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.layers.text import size_text


class ParameterReader(Refusals, ABC):
    """The parameters of a dialect, and how their values become numbers.

    entry_point: the parameter that names one of several functions or operations.
    """

    arguments: ClassVar[tuple[Argument, ...]]
    entry_point: ClassVar[str] = "api"

    def __init__(self) -> None:
        # The first of a role is its parameter.
        self._by_role = {argument.role: argument for argument in reversed(self.arguments)}
        self._defaults = {argument.name: argument.default for argument in self.arguments}
        inert = {argument.name for argument in self.arguments if argument.role in ("", "bias")}
        # The entry point has no role, and yet a layer refuses what its function computes.
        self._inert = inert - {self.entry_point}
        self.sequences = _find_sequences(self.arguments)

    @abstractmethod
    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the axes of input and output."""

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the axes of the weights."""
        return CANONICAL_WEIGHT

    def values(self, spelling: Spelling) -> dict[str, Any]:
        """Return the spelling's parameters, with defaults for those left out.

        Raises:
            UsageError: a parameter this dialect does not have.
        """
        values = {**self._defaults, **spelling.arguments}
        # An unknown name adds a key, so one comparison replaces a search through all names.
        if len(values) > len(self._defaults):
            unknown = next(name for name in spelling.arguments if name not in self._defaults)
            raise UsageError(
                f"{self.name} has no parameter {unknown!r}",
                help=suggestion(unknown, sorted(self._defaults)),
                code="unknown-parameter",
            )
        return values

    def read_list(
        self, spelling: Spelling, name: str, length: int, default: int = 0
    ) -> tuple[int, ...]:
        """Return a parameter that must be a list of this length; by default each is `default`."""
        if spelling.arguments.get(name) is None:
            return (default,) * length
        return per_axis(self._require_list(spelling, name, length), length, name)

    def read_size_list(self, spelling: Spelling, name: str, length: int) -> tuple[Size, ...]:
        """Return a list of sizes of this length, which may be symbols; by default each is 0."""
        if spelling.arguments.get(name) is None:
            return (0,) * length
        return read_sizes(self._require_list(spelling, name, length), length, name)

    def _require_list(self, spelling: Spelling, name: str, length: int) -> Any:
        """Return a parameter that must be a list of this length."""
        given = spelling.arguments[name]
        if not isinstance(given, (list, tuple)) or len(given) != length:
            self.refuse(
                name.replace("_", "-"), f"{name} is {shorten(given)}", f"give a list of {length}."
            )
        return given

    def kernel(
        self,
        given: Any,
        name: str,
        sizes: Sizes,
        *,
        layout: Layout | None = None,
        otherwise: str = "",
    ) -> tuple[int, ...]:
        """Return kernel sizes by the parameter `name` or the weights' shape, which must agree.

        layout: of the weights, if parameters change it. otherwise: how an implementation was seen
        to behave where they do not agree.
        """
        rank = len(sizes.spatial)
        if sizes.weight is None:
            return per_axis(given, rank, name)
        in_weights = (layout or self.weight_layout({}, rank)).split(sizes.weight, rank)["*"]
        if given is not None and per_axis(given, rank, name) != in_weights:
            self.refuse(
                name.replace("_", "-"),
                f"{name} is {shorten(given)}; the weights have {list(in_weights)}",
                "leave it out, or make them agree.",
                otherwise,
            )
        return in_weights

    def find_inert(self, spelling: Spelling) -> tuple[str, ...]:
        """Return the parameters that do not change the geometry."""
        if self._inert.isdisjoint(spelling.arguments):
            return ()
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
        data: Layout | None = None,
    ) -> tuple[int, int]:
        """Return (in, out) channels by weights, parameters and data, which must agree.

        A number that is not given is the minimum that the groups allow. data: the layout of the
        input, if parameters change it.
        """
        if groups < 1:
            self.refuse("groups", f"groups {groups} is not positive", "use 1 or more groups.")
        out, into = given_out, given_in
        if sizes.weight is not None:
            weight = layout.split(sizes.weight, len(kernel))
            # An axis that merges groups and channels has all channels, else those of one group.
            in_weights = weight["GI"][0] if "GI" in weight else weight["I"][0] * groups
            out_weights = weight["GO"][0] if "GO" in weight else weight["O"][0] * groups
            if into is not None and into != in_weights:
                self._disagree("in_channels", into, in_weights, sizes.weight)
            if out is not None and out != out_weights:
                self._disagree("out_channels", out, out_weights, sizes.weight)
            into, out = in_weights, out_weights
        # Weights and parameters come first: an input that disagrees with them is refused below.
        into = into if into is not None else sizes.channels
        into = into if into is not None else groups
        out = out if out is not None else groups
        self.split_evenly(into, out, groups)
        if sizes.channels is not None and sizes.channels != into:
            self.refuse_channels(sizes, into, data)
        return into, out

    def refuse_channels(
        self, sizes: Sizes, into: int, data: Layout | None = None, otherwise: str = ""
    ) -> NoReturn:
        """Refuse an input without the layer's channels, which may lie at another axis.

        data: the layout of the input, if parameters change it.
        """
        batch, spatial, rank = sizes.batch, sizes.spatial, len(sizes.spatial)
        layout = data or self.data_layout({}, rank)
        otherwise = otherwise or (self.empty if sizes.channels == 0 else "")
        # A size that is left open is equal to everything.
        at_first, at_last = (
            type(size) is int and size == into for size in (spatial[0], spatial[-1])
        )
        # People leave a batch of one out.
        shown = () if batch == (1,) else batch
        given = layout.shape({"N": shown, "C": (sizes.channels or 0,)}, spatial)
        if layout == CHANNELS_FIRST and at_last and (rank == 1 or not at_first):
            right = (*shown, into, sizes.channels, *spatial[:-1])
            self._refuse_order("first", given, right, otherwise)
        if layout == CHANNELS_LAST and at_first and (rank == 1 or not at_last):
            right = (*shown, *spatial[1:], sizes.channels, into)
            self._refuse_order("last", given, right, otherwise)
        is_batch, is_single = not batch and at_first and rank > 1, batch == (into,)
        if layout == CHANNELS_FIRST and (is_batch or is_single):
            kind = "a batch" if is_batch else "one input"
            own = rank - 1 if is_batch else rank + 1
            self.refuse(
                "rank",
                f"with {into} channels, the input {size_text(given)} is {kind} of {own} spatial"
                f" ax{'is' if own == 1 else 'es'}; the layer has {rank}",
                "give input and layer the same number of spatial axes.",
                otherwise,
            )
        self.refuse(
            "channels",
            f"the input has {sizes.channels} channels; the layer takes {into}",
            f"give both the same number of channels; the layout of the input is ({layout}).",
            otherwise,
        )

    def _refuse_order(
        self, place: str, given: Sequence[Any], right: Sequence[Any], otherwise: str
    ) -> NoReturn:
        own = self.argument("data_format")
        raise Refused(
            f"{self.name} takes channels {place}: {size_text(right)}, not {size_text(given)}",
            help=f"move the channels{f', or set {own.name}' if own else ''}.",
            code="channels",
            findings=self._collect_notes("channels", otherwise, self.source),
        )

    def split_evenly(self, into: int, out: int, groups: int) -> None:
        """Refuse channels that cannot be split into equal groups."""
        if groups > 0 and into > 0 and out > 0 and into % groups == out % groups == 0:
            return
        is_input = groups < 1 or into < 1 or into % groups
        kind, count = ("input", into) if is_input else ("output", out)
        if count < 1 and groups > 0:
            self.refuse(
                "channels",
                f"the layer has {count} {kind} channels",
                f"give it {groups} or more.",
                self.empty if count == 0 else "",
            )
        self.refuse(
            "groups",
            f"{count} {kind} channels cannot be split into {groups} equal groups",
            f"use a multiple of {groups}." if groups > 0 else "use 1 or more groups.",
        )

    def argument(self, role: str) -> Argument | None:
        """Return the parameter for a role, if this dialect has one."""
        return self._by_role.get(role)

    def _disagree(self, what: str, given: int, in_weights: int, shape: tuple[int, ...]) -> NoReturn:
        self.refuse(
            "channels",
            f"{what} is {given}, but weights of shape {list(shape)} have {in_weights}",
            "give one of them, or make them agree.",
        )


def _find_sequences(arguments: Sequence[Argument]) -> frozenset[str]:
    """Return the parameters that take one number per axis only, by how they write one for all."""
    written: dict[str, Any] = {}
    for argument in arguments:
        if Form.INTS in argument.forms:
            written |= argument.phrase(Form.INTS, (1,), 2)
    named = {name for name, value in written.items() if isinstance(value, list | tuple)}
    # A requested size is a shape everywhere, and a role's parameters are of one kind.
    roles = {argument.role for argument in arguments if argument.name in named} | {"output_size"}
    return frozenset(argument.name for argument in arguments if argument.role in roles - {""})
