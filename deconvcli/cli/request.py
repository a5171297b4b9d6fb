"""A layer from the command line, a pasted call or options, made into a Reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.cli.forms import FLAGS, IN_WEIGHTS, common_rank, foreign, form_of, says
from deconvcli.common.errors import UsageError
from deconvcli.common.values import read_count
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.understand import Pasted, understand
from deconvcli.layers.axis import Axis, Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.text import size_text

MOST_AXES = 3
_PER_AXIS = ("kernel", "stride", "padding", "output_padding", "dilation", "output_size")
# Whose lists have one number per axis in every dialect; pads and shapes have more.
_ONE_PER_AXIS = {"kernel", "stride", "output_padding", "dilation"}


class Understood(NamedTuple):
    """A reading, why its dialect was taken, and the form in which the question was put.

    leading: 0 for sizes as 5x5, 1 with channels, 2 with a batch as well; answers have the form
    of the question. assumed: options whose channels nobody gave, so that the least were taken.
    """

    reading: Reading
    why: str
    leading: int = 0
    assumed: tuple[str, ...] = ()

    @property
    def shown_output(self) -> tuple[Size, ...]:
        """The output in the form of the input."""
        return self._shown(self.reading.output_shape, self.reading.output_sizes)

    @property
    def shown_input(self) -> tuple[Size, ...]:
        """The input as given, one number spread over the axes."""
        return self._shown(self.reading.input_shape, self.reading.spatial)

    def _shown(self, shape: tuple[Size, ...], spatial: tuple[Size, ...]) -> tuple[Size, ...]:
        if self.leading == 0:
            return spatial
        return shape if self.leading == 2 else shape[len(self.reading.sizes.batch) :]


class Request(NamedTuple):
    """One layer as typed, None where not given; rank, weight, channels where files show them."""

    call: str | None
    dialect: str | None
    input_size: tuple[Size, ...] | None
    batch: int | None
    roles: Mapping[str, Any]
    rank: int | None = None
    weight: tuple[int, ...] | None = None
    channels: int | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Request:
        """From a command's keyword arguments."""
        roles = {role: options[role] for role in FLAGS if options[role] is not None}
        batch = None if options["batch"] is None else options["batch"][0]
        return cls(options["call"], options["dialect"], options["input_size"], batch, roles)

    def understood(self) -> Understood:
        """The layer in its dialect.

        Raises:
            UsageError: something is missing, foreign to the dialect, or of another rank.
            Refused: the framework would refuse the layer.
        """
        if self.call is not None:
            if "(" not in self.call:
                raise _no_call(self.call)
            pasted = understand(self.call, self.dialect)
            return self._read(pasted, f"the pasted call is {pasted.dialect.title}'s")
        name, why = self._dialect()
        return self.read_as(name, why)

    def read_as(self, name: str, why: str) -> Understood:
        """The options in the dialect `name`."""
        dialect, implementation = take(name)
        return self._read(Pasted(dialect, implementation, {}, None, None, None), why)

    def _dialect(self) -> tuple[str, str]:
        """(name, why) of the dialect that the options mean."""
        if self.dialect:
            return self.dialect, "--dialect names it"
        given = self.roles.get("padding")
        if isinstance(given, str):
            return "keras", f"padding {given!r} is a word"
        if given is not None and form_of(given) is Form.INTS:
            return "torch", "padding is a number"
        for name in in_order():
            dialect = take(name)[0]
            if all(says(dialect, role, value) for role, value in self.roles.items()):
                return name, "no framework is named, and this one has all these parameters"
        return "torch", "no framework is named"

    def _read(self, pasted: Pasted, why: str) -> Understood:
        """Options joined to the pasted words, sizes put in their places, the dialect asked."""
        dialect, rank = pasted.dialect, self._rank(pasted)
        words = dict(pasted.words)
        for role, value in self.roles.items():
            words |= self._phrase(dialect, role, value, rank, words)
        leading, sizes = self._sizes(pasted, words, rank)
        shown_weight = sizes.weight
        if shown_weight is None:
            sizes = sizes._replace(weight=self._weight(dialect, words, sizes))
        spelling = Spelling(dialect.name, words, pasted.implementation)
        assumed = () if shown_weight else self._assumed(dialect, words, sizes)
        return Understood(dialect.read(spelling, sizes), why, leading, assumed)

    def _assumed(self, dialect: Dialect, words: Mapping[str, Any], sizes: Sizes) -> tuple[str, ...]:
        """Options for the channels that neither words nor shapes give."""
        said = {a.role for a in dialect.arguments if words.get(a.name) is not None}
        said |= set(self.roles) | ({"in_channels"} if sizes.channels is not None else set())
        return tuple(FLAGS[role] for role in ("in_channels", "out_channels") if role not in said)

    def _rank(self, pasted: Pasted) -> int:
        """Spatial axes: what the call or a file shows, else the longest of what was given."""
        given = {FLAGS[role]: self.roles[role] for role in _PER_AXIS if role in self.roles}
        listed = {flag: value for flag, value in given.items() if not isinstance(value, str)}
        known = self.rank or pasted.rank
        if known is None and self.weight is not None:
            words = {**pasted.words, **self._grouping(pasted.dialect)}
            known = pasted.dialect.weight_rank(words, self.weight)
        if known is not None and not 1 <= known <= MOST_AXES:
            raise UsageError(
                f"weights of {known + 2} axes belong to no layer",
                help=f"give weights of 3 to {MOST_AXES + 2} axes, two of them channels.",
                code="rank",
            )
        if known is not None:
            return common_rank({**listed, "the layer": (0,) * known})
        inputs = {"--in": self.input_size} if self.input_size else {}
        if self.input_size and len(self.input_size) > MOST_AXES:
            raise _too_many(self.input_size)
        return common_rank({**listed, **_lists(pasted), **inputs})

    def _phrase(
        self, dialect: Dialect, role: str, value: Any, rank: int, words: Mapping[str, Any]
    ) -> dict[str, Any]:
        """One option in the dialect's own name and form.

        Raises:
            UsageError: the dialect has no such parameter; who has it is named.
        """
        form = form_of(value)
        argument = next((a for a in dialect.arguments if a.takes(role, form)), None)
        if argument is None:
            if role in IN_WEIGHTS:
                return {}
            if role == "groups" and dialect.grouping is not None:
                return dict(dialect.grouping) if value != (1,) else {}
            raise foreign(dialect, role, value)
        if argument.name in words:
            raise UsageError(
                f"{FLAGS[role]} gives {argument.name} a second time",
                help="give it once.",
                code="given-twice",
            )
        return argument.phrase(form, value, rank)

    def _sizes(self, pasted: Pasted, words: Mapping[str, Any], rank: int) -> tuple[int, Sizes]:
        """(leading axes written, sizes) from --in or from tensors that the call wrote out."""
        given = self.input_size or pasted.data or _keras_input(words)
        weight = self.weight or pasted.weight
        axes = pasted.dialect.weight_layout(words, rank).count(rank)
        if weight is not None and len(weight) != axes:
            raise UsageError(
                f"weights of shape {list(weight)} have {len(weight)} axes, the layer's {axes}",
                help="give weights of this layer, in the dialect's layout.",
                code="rank",
            )
        if weight is not None:
            self._hold_kernel(pasted.dialect, words, weight, rank)
        if given is None:
            raise UsageError(
                "the input size is not known",
                help="give --in, for example --in 5x5, or --in N for a formula.",
                code="no-input",
            )
        leading = max(0, len(given) - rank)
        spatial_only = len(given) in (1, rank)
        named = self.rank or pasted.rank
        if not spatial_only and (leading not in (1, 2) or not named):
            raise UsageError(
                f"the input {'x'.join(map(str, given))} has {len(given)} sizes, the layer has"
                f" {rank} spatial axes",
                help=f"give 1, {rank}, or in the dialect's layout {rank + 1} (with channels) or"
                f" {rank + 2} (with batch).",
                code="rank",
            )
        if spatial_only:
            spatial = given * rank if len(given) == 1 else given
            return 0, Sizes(spatial, self._batch(()), self._channels(self.channels), weight)
        parts = pasted.dialect.data_layout(words, rank).split(given, rank)
        channels = self._channels(_number(parts["C"][0], "channels"))
        return leading, Sizes(parts["*"], self._batch(parts["N"]), channels, weight)

    def _hold_kernel(
        self, dialect: Dialect, words: Mapping[str, Any], weight: tuple[int, ...], rank: int
    ) -> None:
        """Refuse a kernel size that the weights do not have; some dialects look at one only."""
        argument = dialect.argument("kernel")
        said = words.get(argument.name) if argument else None
        given = self.roles.get("kernel", said)
        held = dialect.weight_layout(words, rank).split(weight, rank)["*"]
        spread = tuple(given) if isinstance(given, list | tuple) else (given,)
        if given is not None and (spread * rank if len(spread) == 1 else spread) != held:
            raise UsageError(
                f"the kernel is {size_text(spread)}, the weights have {size_text(held)}",
                help="leave the kernel out, or give weights of this kernel.",
                code="kernel-size",
            )

    def _channels(self, held: int | None) -> int | None:
        """The input's channels by its shape or by the option, which must agree."""
        given: int | None = self.roles.get("in_channels", (None,))[0]
        if given is not None and held is not None and given != held:
            raise UsageError(
                f"--in-channels is {given}, the input has {held}",
                help="give them once.",
                code="channels",
            )
        return given if held is None else held

    def _batch(self, held: Sequence[Size]) -> tuple[int, ...]:
        """The batch by the input's shape or by the option, which must agree; else 1."""
        if not held:
            return (1 if self.batch is None else self.batch,)
        shown = _number(held[0], "batch")
        if self.batch not in (None, shown):
            raise UsageError(
                f"--batch is {self.batch}, the input has {shown}", help="give it once."
            )
        return (shown,)

    def _weight(
        self, dialect: Dialect, words: Mapping[str, Any], sizes: Sizes
    ) -> tuple[int, ...] | None:
        """The weights' shape where the dialect says kernel or channels only by it."""
        by_name = {role: dialect.argument(role) for role in (*IN_WEIGHTS, "groups")}
        kernel = by_name["kernel"]
        said = any(a.role == "kernel" and a.name in words for a in dialect.arguments)
        if "kernel" not in self.roles and not said:
            raise UsageError(
                "the kernel size is not known",
                help="give -k, for example -k 3 or -k 3x5, or write it into the pasted call.",
                code="no-kernel",
            )
        if (kernel and by_name["out_channels"]) or "kernel" not in self.roles:
            return None
        groups = self._groups(words, by_name["groups"])
        into = groups if sizes.channels is None else sizes.channels
        out = self.roles.get("out_channels", (groups,))[0]
        dialect.split_evenly(into, out, groups)
        given = self.roles["kernel"]
        rank = len(sizes.spatial)
        axes = tuple(Axis(k) for k in (given * rank if len(given) == 1 else given))
        layer = Layer(axes, into, out, groups)
        return layer.weight_shape(dialect.weight_layout(words, rank))

    def _groups(self, words: Mapping[str, Any], argument: Argument | None) -> int:
        """Groups by the dialect's parameter; without one, as the option gives them."""
        if argument is not None:
            return read_count(words.get(argument.name, 1), "groups")
        return int(self.roles.get("groups", (1,))[0])

    def _grouping(self, dialect: Dialect) -> Mapping[str, Any]:
        """The words that the groups of the option add."""
        given = self.roles.get("groups")
        return {} if given is None else self._phrase(dialect, "groups", given, 1, {})


def _lists(pasted: Pasted) -> dict[str, list[Any]]:
    """The parameters of a pasted call that show its number of axes."""
    roles = {argument.name: argument.role for argument in pasted.dialect.arguments}
    return {
        name: value
        for name, value in pasted.words.items()
        if isinstance(value, list) and roles.get(name) in _ONE_PER_AXIS
    }


def _no_call(text: str) -> UsageError:
    return UsageError(
        f"{text[:60]!r} is no pasted call: it has no parenthesis",
        help="write a size as --in 5x5, and a call as 'nn.ConvTranspose2d(64, 32, 4)'.",
        code="pasted-call",
    )


def _number(size: Size, what: str) -> int:
    if isinstance(size, int):
        return size
    raise UsageError(
        f"the {what} {size} is a symbol",
        help="give it as a number; only spatial sizes may be symbols.",
    )


def _too_many(given: Sequence[Size]) -> UsageError:
    return UsageError(
        f"the input {'x'.join(map(str, given))} has {len(given)} sizes, and nothing says which of"
        f" them are spatial; a layer has {MOST_AXES} spatial axes at most",
        help="give the spatial sizes only, with --in-channels and --batch, or paste the call.",
        code="rank",
    )


def _keras_input(words: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The input_shape that a Keras layer may carry: without batch, numbers only."""
    given = words.get("input_shape")
    if isinstance(given, list) and all(type(size) is int for size in given):
        return tuple(given)
    return None
