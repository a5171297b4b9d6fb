"""A layer as it is requested, with roles or a pasted call, made into a reading of its dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, read_count, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.layer import Declared, Name, Pasted, needs_number
from deconvcli.frameworks.spelling import read_layer
from deconvcli.frameworks.wording import (
    KEYS,
    Names,
    can_express,
    complete_output_shape,
    find_form,
    find_weight_shape,
    word_role,
    word_roles,
    write_unknown,
)
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Count, Counts, Shape, Unknown
from deconvcli.layers.layer import Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout
from deconvcli.layers.text import size_text

MAX_AXES = 3
_PER_AXIS = ("kernel", "stride", "padding", "output_padding", "dilation")
# Roles whose lists have one number per axis in every dialect; pads and shapes have more.
_ONE_PER_AXIS = {"kernel", "stride", "output_padding", "dilation"}


class Understood(NamedTuple):
    """A reading, why its dialect was taken, and the form in which the input size was written.

    leading: 0 for sizes as 5x5, 1 with channels, 2 with a batch as well; outputs are shown in the
    form of the input. assumed: the names of channels that nobody gave, so that the minimum was
    taken. remark: how the input size was read, where that is not plain: the parameter of the call
    that gave it, or which of its sizes are batch and channels. unknown: the counts of the layer
    that are not known, by their names in it; the layer has the minimum there.
    open_batch: the letter or the name of a batch that is left open; it is counted as 1.
    """

    reading: Reading
    why: str
    leading: int = 0
    assumed: tuple[str, ...] = ()
    remark: str = ""
    unknown: Mapping[str, Unknown | Linear] = MappingProxyType({})
    open_batch: Count | None = None

    @property
    def spelling(self) -> Spelling:
        """The parameters, with expressions for numbers that only the author's program has."""
        return write_unknown(self.reading, self.named)

    @property
    def named(self) -> Mapping[str, Count]:
        """The counts without a number by role, and the batch."""
        batch = {} if self.open_batch is None else {"batch": self.open_batch}
        return {**self.unknown, **batch}

    @property
    def shown(self) -> Reading:
        """The reading for people, with the parameters in expressions."""
        return self.reading._replace(spelling=self.spelling)

    @property
    def counts(self) -> Counts:
        """Channels, groups and bias, without numbers where they are not known."""
        return Counts.of(self.reading.layer, self.unknown)

    @property
    def input_text(self) -> str:
        """The input as given and how it was read, in one line."""
        return size_text(self.shown_input) + (f" ({self.remark})" if self.remark else "")

    @property
    def shown_output(self) -> Shape:
        """The output in the form of the input."""
        return self._in_form(self.output_shape, self.reading.output_sizes)

    @property
    def shown_input(self) -> Shape:
        """The input as given, one number spread over the axes."""
        return self._in_form(self.input_shape, self.reading.spatial)

    @property
    def _with_batch(self) -> Reading:
        """The reading with the batch as it was written, for its shapes alone."""
        if self.open_batch is None or isinstance(self.open_batch, Unknown):
            return self.reading
        sizes = self.reading.sizes._replace(batch=cast("tuple[int, ...]", (self.open_batch,)))
        return self.reading._replace(sizes=sizes)

    @property
    def input_shape(self) -> Shape:
        """The input's shape in the dialect's layout."""
        reading = self._with_batch
        return self.counts.input_shape(reading) if self.unknown else reading.input_shape

    @property
    def output_shape(self) -> Shape:
        """The output's shape in the dialect's layout."""
        reading = self._with_batch
        return self.counts.output_shape(reading) if self.unknown else reading.output_shape

    @property
    def weight_shape(self) -> Shape:
        """The weights' shape in the dialect's layout."""
        return self.counts.weight_shape(self.reading) if self.unknown else self.reading.weight_shape

    def _in_form(self, shape: Shape, spatial: tuple[Size, ...]) -> Shape:
        if self.leading == 0:
            return spatial
        return shape if self.leading == 2 else shape[len(self.reading.sizes.batch) :]

    def assume_minimum(self, names: Names = KEYS) -> Understood:
        """Return the same with the minimum for counts that nobody gave.

        names: how the user writes an option for the values of variables.

        Raises:
            UsageError: a count is a letter, or has a value only in the author's program.
        """
        for role, count in self.unknown.items():
            if isinstance(count, Linear):
                raise _refuse_symbol(count, "channels")
            if count.parameter and role != "bias":
                raise needs_number(count.parameter, count.expression, names.variables)
        return self._replace(unknown={})


class LayerRequest(NamedTuple):
    """One layer as typed, None where not given; rank, weight, channels where files show them.

    call: a pasted call. roles: by name (`kernel`, `stride` ...), numbers in tuples. names: how the
    user writes all of these. variables: values of the variables in the call.
    """

    call: str | None = None
    dialect: str | None = None
    input_size: tuple[Size, ...] | None = None
    batch: int | None = None
    roles: Mapping[str, Any] = MappingProxyType({})
    rank: int | None = None
    weight: tuple[int, ...] | None = None
    channels: int | None = None
    names: Names = KEYS
    variables: Mapping[str, Any] = MappingProxyType({})

    def understand(self) -> Understood:
        """Return the layer as its dialect reads it.

        Raises:
            UsageError: something is missing, foreign to the dialect, or of another rank.
            Refused: the framework would refuse the layer.
        """
        if self.call is None and self.variables:
            raise UsageError(
                f"{self.names.variables} has no effect without a pasted call",
                help="leave it out, or paste the call.",
            )
        if self.call is None:
            return self.read_as(*self._find_dialect())
        # Reading Python takes a tenth of the start-up, which a layer from options does not pay.
        from deconvcli.frameworks.pasted.forms import is_layer_text
        from deconvcli.frameworks.pasted.understand import understand

        if not is_layer_text(self.call):
            raise self._no_call(self.call)
        setter = self.names.variables
        pasted = understand(self.call, self.dialect, variables=self.variables, setter=setter)
        return self._read(pasted, self._explain_choice(pasted))

    def _explain_choice(self, pasted: Pasted) -> str:
        """Return the reason for a call's dialect, with any other that the call fits as well."""
        if not pasted.others:
            return pasted.why
        titles = " and ".join(take(name)[0].title for name in pasted.others)
        choices = f"{self.names.dialect} {' or '.join(pasted.others)}"
        return f"{pasted.why}; it fits {titles} too ({choices})"

    def read_as(self, name: str, why: str) -> Understood:
        """Return what the roles mean in the dialect `name`."""
        dialect, implementation = take(name)
        return self._read(Pasted(dialect, implementation, {}, None, None, None), why)

    def _find_dialect(self) -> tuple[str, str]:
        """Return (name, why) of the dialect that the roles mean."""
        if self.dialect:
            return self.dialect, f"{self.names.dialect} names it"
        given = self.roles.get("padding")
        if isinstance(given, str):
            return "keras", f"padding {given!r} is a word"
        if given is not None and find_form(given) is Form.INTS:
            return "torch", "padding is a number"
        names = in_order()
        if given is not None and "output_size" not in self.roles:
            # TensorFlow takes pairs too, and would ask for the output size.
            names.sort(key=lambda name: name != "onnx")
        # In the order of use, so that torch is taken if any number of dialects can express them.
        for name in names:
            dialect = take(name)[0]
            if all(can_express(dialect, role, value) for role, value in self.roles.items()):
                return name, "no framework is named, and this one has all these parameters"
        return "torch", "no framework is named"

    def _read(self, pasted: Pasted, why: str) -> Understood:
        """Add the roles to the call's parameters, find the sizes, and let the dialect read them."""
        dialect, rank = pasted.dialect, self._find_rank(pasted)
        spatial_only = self._split_output_size(pasted, rank)
        if spatial_only is not self:
            return spatial_only._read(pasted, why)
        words = word_roles(dialect, self.roles, rank, self.names, pasted.words)
        if self.call is None:
            words = dialect.complete(words, rank)
        leading, sizes = self._find_sizes(pasted, words, rank)
        self._check_letters(sizes.spatial)
        words = {**_bind_counts(pasted, words, sizes.channels), **words}
        words, named = self._fill_output_shape(pasted, words, sizes)
        shown_weight = sizes.weight
        if shown_weight is None:
            sizes = sizes._replace(weight=self._find_weight(dialect, words, sizes))
        layout = dialect.data_layout(words, rank)
        unknown = self._find_unknown(
            pasted, words, sizes, layout, leading, has_weight=bool(shown_weight)
        )
        arguments: Mapping[str, Any] = words
        if named or "output_size" in self.roles:
            groups = self._count_groups(words, dialect.argument("groups"))
            arguments = complete_output_shape(dialect, words, sizes, groups)
        if "out_channels" in named and "out_channels" in unknown:
            unknown["out_channels"] = named["out_channels"]
        assumed = [
            self.names.role(role)
            for role, count in unknown.items()
            if isinstance(count, Unknown) and not count.parameter
        ]
        has_size = self.input_size or pasted.data
        remark = f"{pasted.declared.name} of the call" if pasted.declared and not has_size else ""
        if leading and not (self.rank or pasted.rank):
            remark = f"read as {_name_axes(layout, leading, rank)}"
        open_batch = self._find_open_batch(dialect, words, leading, rank, named)
        reading = dialect.read(Spelling(dialect.name, arguments, pasted.implementation), sizes)
        return Understood(reading, why, leading, tuple(assumed), remark, unknown, open_batch)

    def _find_open_batch(
        self,
        dialect: Dialect,
        words: Mapping[str, Any],
        leading: int,
        rank: int,
        named: Mapping[str, Unknown],
    ) -> Count | None:
        """Return the letter, or the name, of a batch that nothing gives as a number.

        named: the variables in the output's shape.
        """
        if self.batch is not None:
            return None
        if leading != 2 or self.input_size is None:
            is_known = "batch" not in named and _find_requested(dialect, words, rank, "N")
            return None if is_known else named.get("batch", Unknown("batch"))
        [batch] = dialect.data_layout(words, rank).split(self.input_size, rank)["N"]
        return None if isinstance(batch, int) else batch

    def _find_unknown(
        self,
        pasted: Pasted,
        words: Mapping[str, Any],
        sizes: Sizes,
        layout: Layout,
        leading: int,
        *,
        has_weight: bool,
    ) -> dict[str, Unknown | Linear]:
        """Return the counts of the layer that neither parameters nor shapes give, by role."""
        dialect = pasted.dialect
        found: dict[str, Unknown | Linear] = {}
        for argument in dialect.arguments:
            if argument.name in pasted.unknown and argument.name not in words:
                expression = pasted.unknown[argument.name]
                found[argument.role] = Unknown(expression, argument.name)
        given = {a.role for a in dialect.arguments if words.get(a.name) is not None}
        given |= set(self.roles) | ({"in_channels"} if sizes.channels is not None else set())
        if _find_requested(dialect, words, len(sizes.spatial), "C"):
            given.add("out_channels")
        if has_weight:
            given |= {"in_channels", "out_channels"}
        if leading and self.input_size is not None:
            [letter] = layout.split(self.input_size, len(sizes.spatial))["C"]
            if isinstance(letter, Linear):
                found.setdefault("in_channels", letter)
        for role in ("in_channels", "out_channels"):
            own = dialect.argument(role)
            found.setdefault(role, Unknown(own.name if own else role))
        return {role: count for role, count in found.items() if role not in given}

    def _find_rank(self, pasted: Pasted) -> int:
        """Return the number of spatial axes: from the call or a file, else the longest list."""
        roles = {
            self.names.role(role): self.roles[role] for role in _PER_AXIS if role in self.roles
        }
        # A word as padding has no length.
        lists = {name: value for name, value in roles.items() if not isinstance(value, str)}
        known = self.rank or pasted.rank
        if known is None and self.weight is not None:
            words = {**pasted.words, **self._word_groups(pasted.dialect)}
            known = pasted.dialect.weight_rank(words, self.weight)
        if known is not None and not 1 <= known <= MAX_AXES:
            raise UsageError(
                f"weights of {known + 2} axes belong to no layer",
                help=f"give weights of 3 to {MAX_AXES + 2} axes, two of them channels.",
                code="rank",
            )
        if known is not None:
            return _find_common_rank({**lists, "the layer": (0,) * known})
        lists |= _find_lists(pasted)
        shown = max(map(len, lists.values()), default=1)
        sizes = len(self.input_size or ())
        if shown > 1 and (sizes > MAX_AXES or sizes - shown in (1, 2)):
            return _find_common_rank(lists)  # the input has channels, and maybe a batch
        if sizes > MAX_AXES or (sizes == MAX_AXES and self.call and shown == 1):
            # No layer has four spatial axes. Three sizes beside a pasted layer are those of an
            # image with its channels: the few layers for volumes whose numbers are all single take
            # a whole shape, or a kernel of three numbers.
            lists["the layer"] = (0,) * min(max(sizes - 2, 2), MAX_AXES)
        elif self.input_size:
            lists[self.names.input_size] = self.input_size
        requested = self.roles.get("output_size", ())
        if max(map(len, lists.values()), default=1) == 1 and len(requested) <= MAX_AXES:
            lists[self.names.role("output_size")] = requested or (0,)
        return _find_common_rank(lists)

    def _split_output_size(self, pasted: Pasted, rank: int) -> LayerRequest:
        """Return the request with the spatial sizes of an output that has batch and channels.

        Raises:
            UsageError: it has another number of sizes, or other channels than the layer.
        """
        given = self.roles.get("output_size")
        if given is None or len(given) in (1, rank):
            return self
        name, has_batch = self.names.role("output_size"), len(given) == rank + 2
        if not has_batch and not len(given) == len(self.input_size or ()) == rank + 1:
            raise UsageError(
                f"{name} has {len(given)} sizes, the layer has {rank} spatial axes",
                help=f"give 1, {rank}, or {rank + 2} with batch and channels.",
                code="rank",
            )
        roles = {role: value for role, value in self.roles.items() if role != "output_size"}
        words = word_roles(pasted.dialect, roles, rank, self.names, pasted.words)
        parts = pasted.dialect.data_layout(words, rank).split(given, rank)
        [channels] = parts["C"]
        argument = pasted.dialect.argument("out_channels")
        own = words.get(argument.name) if argument else None
        if type(own) is int and type(channels) is int and own != channels:
            raise UsageError(
                f"{name} has {channels} channels, the layer {own}",
                help="give the spatial sizes only, or the same channels.",
                code="channels",
            )
        if self.call is None and type(channels) is int:
            roles.setdefault("out_channels", (channels,))
        return self._replace(roles={**roles, "output_size": parts["*"]})

    def _find_sizes(self, pasted: Pasted, words: Mapping[str, Any], rank: int) -> tuple[int, Sizes]:
        """Return (leading axes written, sizes) from the input size or from the call's tensors."""
        declared = pasted.declared
        if declared and len(declared.sizes) != rank + 1:
            raise UsageError(
                f"{declared.name} has {len(declared.sizes)} sizes, the layer {rank} spatial axes",
                help=f"give {declared.name} {rank + 1} sizes: the spatial ones and the channels.",
                code="rank",
            )
        given = self.input_size or pasted.data or (declared and declared.known)
        weight = self.weight or pasted.weight
        axes = pasted.dialect.weight_layout(words, rank).count(rank)
        if weight is not None and len(weight) != axes:
            raise UsageError(
                f"weights of shape {list(weight)} have {len(weight)} axes, the layer's {axes}",
                help="give weights of this layer, in the dialect's layout.",
                code="rank",
            )
        if weight is not None:
            self._check_kernel(pasted.dialect, words, weight, rank)
        if given is None:
            name = self.names.input_size
            raise UsageError(
                "the input size is not known",
                help=f"give {name}, for example {name} 5x5, or {name} N for a formula.",
                code="no-input",
            )
        leading = max(0, len(given) - rank)
        is_spatial = len(given) in (1, rank)
        is_rank_known = self.rank or pasted.rank or self.input_size
        if not is_spatial and (leading not in (1, 2) or not is_rank_known):
            raise UsageError(
                f"the input {size_text(given)} has {len(given)} sizes, the layer has"
                f" {rank} spatial axes",
                help=f"give 1, {rank}, or in the dialect's layout {rank + 1} (with channels) or"
                f" {rank + 2} (with batch).",
                code="rank",
            )
        layout = pasted.dialect.data_layout(words, rank)
        # Input and output have one batch.
        requested = _find_requested(pasted.dialect, words, rank, "N") if self.batch is None else ()
        if is_spatial:
            spatial = given * rank if len(given) == 1 else given
            batch, channels = self._find_batch(requested), self._find_channels()
        else:
            parts = layout.split(given, rank)
            spatial, batch = parts["*"], self._find_batch(parts["N"])
            [in_shape] = parts["C"]
            channels = self._find_channels(None if isinstance(in_shape, Linear) else in_shape)
        if declared:
            channels = self._compare_declared(declared, layout, spatial, channels)
        return (0 if is_spatial else leading), Sizes(spatial, batch, channels, weight)

    def _compare_declared(
        self, declared: Declared, layout: Layout, spatial: Sequence[Size], channels: int | None
    ) -> int | None:
        """Return the channels, those of the declared input where nothing else gives them.

        Raises:
            UsageError: the call declares another input.
        """
        places = layout.split(tuple(range(len(declared.sizes) + 1)), len(spatial))
        own_spatial = [declared.sizes[place - 1] for place in places["*"]]
        own_channels = declared.sizes[places["C"][0] - 1]
        pairs = [*zip(spatial, own_spatial, strict=True), (channels, own_channels)]
        # A letter stands for every size, and None in the call for a size that is open.
        if any(type(given) is type(own) is int and given != own for given, own in pairs):
            given = size_text(spatial) + (f" with {channels} channels" if channels else "")
            own = ", ".join(map(str, declared.sizes))
            raise UsageError(
                f"{self.names.input_size} is {given}, and {declared.name} of the call is ({own})",
                help=f"leave one of them out: {declared.name} gives the input size as well.",
                code="input-size",
            )
        return own_channels if channels is None else channels

    def _fill_output_shape(
        self, pasted: Pasted, words: dict[str, Any], sizes: Sizes
    ) -> tuple[dict[str, Any], dict[str, Unknown]]:
        """Return the parameters without variables in the output's shape, and those that were there.

        Sizes of the input are known, and a variable for the batch is the input's batch. One for the
        channels becomes None, until the weights are known.
        """
        dialect, rank = pasted.dialect, len(sizes.spatial)
        argument = dialect.argument("output_size")
        given = words.get(argument.name) if argument else None
        is_open = isinstance(given, list) and any(isinstance(size, Name) for size in given)
        if argument is None or given is None or not is_open:
            return words, {}
        places = dialect.data_layout(words, rank).split(tuple(range(rank + 2)), rank)
        shape = self._compute_output_shape(pasted.data_name, given, sizes, places)
        named: dict[str, Unknown] = {}
        if len(shape) == rank + 2:
            [batch], [channels] = places["N"], places["C"]
            known = {batch: ("batch", sizes.batch[0]), channels: ("out_channels", None)}
            for place, (role, number) in known.items():
                if isinstance(shape[place], Name):
                    named[role], shape[place] = Unknown(shape[place].text, argument.name), number
        for size in shape:
            if isinstance(size, Name):
                raise needs_number(argument.name, size.text, self.names.variables)
        return {**words, argument.name: shape}, named

    @staticmethod
    def _compute_output_shape(
        data_name: str, given: Sequence[Any], sizes: Sizes, places: Mapping[str, tuple[int, ...]]
    ) -> list[Any]:
        """Return the output's shape with numbers for the sizes of the input, at these places."""
        # Loaded late: most layers request no size, and read no expression a second time.
        from deconvcli.frameworks.pasted.python_call import compute_sizes

        known: dict[int, Size | None] = dict(zip(places["*"], sizes.spatial, strict=True))
        known |= {places["N"][0]: sizes.batch[0], places["C"][0]: sizes.channels}
        of_input = [known[place] for place in sorted(known)]
        return [
            compute_sizes(size.text, data_name, of_input) if isinstance(size, Name) else size
            for size in given
        ]

    def _check_letters(self, spatial: Sequence[Size]) -> None:
        """Refuse an output size in letters that are not the input's."""
        known = {size.letter for size in spatial if isinstance(size, Linear)}
        for size in self.roles.get("output_size", ()):
            if isinstance(size, Linear) and size.letter not in known:
                name = self.names.role("output_size")
                raise UsageError(
                    f"{name} has the letter {size.letter}, the input {size_text(spatial)} does not",
                    help=f"write {name} in letters of {self.names.input_size}, or in numbers.",
                    code="letters",
                )

    def _check_kernel(
        self, dialect: Dialect, words: Mapping[str, Any], weight: tuple[int, ...], rank: int
    ) -> None:
        """Refuse a kernel size that the weights do not have; some dialects look at one only."""
        argument = dialect.argument("kernel")
        given = self.roles.get("kernel", words.get(argument.name) if argument else None)
        in_weights = dialect.weight_layout(words, rank).split(weight, rank)["*"]
        spread = tuple(given) if isinstance(given, list | tuple) else (given,)
        if given is not None and (spread * rank if len(spread) == 1 else spread) != in_weights:
            raise UsageError(
                f"the kernel is {size_text(spread)}, the weights have {size_text(in_weights)}",
                help="leave the kernel out, or give weights of this kernel.",
                code="kernel-size",
            )

    def _find_channels(self, in_shape: int | None = None) -> int | None:
        """Return the input's channels by its shape or by the role, which must agree."""
        in_shape = self.channels if in_shape is None else in_shape
        given: int | None = self.roles.get("in_channels", (None,))[0]
        if given is not None and in_shape is not None and given != in_shape:
            raise UsageError(
                f"{self.names.role('in_channels')} is {given}, the input has {in_shape}",
                help="give them once.",
                code="channels",
            )
        return given if in_shape is None else in_shape

    def _find_batch(self, in_shape: Sequence[Size]) -> tuple[int, ...]:
        """Return the batch by the input's shape or by the option, which must agree; else 1.

        A batch that is a letter is open: any number goes with it.
        """
        if not in_shape:
            return (1 if self.batch is None else self.batch,)
        if not isinstance(in_shape[0], int):
            return self._find_batch(())
        batch = in_shape[0]
        if self.batch not in (None, batch):
            raise UsageError(
                f"{self.names.batch} is {self.batch}, the input has {batch}", help="give it once."
            )
        return (batch,)

    def _find_weight(
        self, dialect: Dialect, words: Mapping[str, Any], sizes: Sizes
    ) -> tuple[int, ...] | None:
        """Return the weights' shape where the dialect expresses kernel or channels only by it."""
        in_words = any(a.role == "kernel" and a.name in words for a in dialect.arguments)
        if "kernel" not in self.roles:
            if in_words:
                return None
            # A misspelled kernel is no missing one: an unknown parameter is refused first.
            dialect.values(Spelling(dialect.name, words))
            name = self.names.role("kernel").partition("/")[0]
            raise UsageError(
                "the kernel size is not known",
                help=f"give {name}, for example {name} 3 or {name} 3x5, or write it into the pasted"
                " call.",
                code="no-kernel",
            )
        [out_channels] = self.roles.get("out_channels", (None,))
        if out_channels is None:
            out_channels = next(
                iter(_find_requested(dialect, words, len(sizes.spatial), "C")), None
            )
        groups = self._count_groups(words, dialect.argument("groups"))
        return find_weight_shape(dialect, words, sizes, self.roles["kernel"], out_channels, groups)

    def _count_groups(self, words: Mapping[str, Any], argument: Argument | None) -> int:
        """Return the groups by the dialect's parameter; without one, as the role gives them."""
        if argument is not None:
            return read_count(words.get(argument.name, 1), "groups")
        return int(self.roles.get("groups", (1,))[0])

    def _word_groups(self, dialect: Dialect) -> Mapping[str, Any]:
        """Return the parameters that the groups of the request add."""
        given = self.roles.get("groups")
        return {} if given is None else word_role(dialect, "groups", given, 1, self.names)

    def _no_call(self, text: str) -> UsageError:
        from deconvcli.frameworks.pasted.misread import explain_text  # only for an error

        return explain_text(text) or UsageError(
            f"{text[:60]!r} is not a pasted call: it has no parenthesis",
            help=f"write a size as {self.names.input_size} 5x5, and a call as"
            " 'nn.ConvTranspose2d(64, 32, 4)'.",
            code="pasted-call",
        )


def read_pasted(
    text: str,
    input_shape: Sequence[int] | None,
    weight_shape: Sequence[int] | None = None,
    dialect: str | None = None,
) -> Reading:
    """Return the layer of a pasted call at this input size.

    input_shape: in the dialect's own layout, or the spatial sizes alone; None where the call
    has it.

    Raises:
        UsageError: something is missing, foreign to the dialect, or of another rank.
        Refused: the framework would refuse the layer.
    """
    size = _require_sizes(input_shape, "input_shape")
    weight = _require_sizes(weight_shape, "weight_shape")
    names = KEYS._replace(input_size="input_shape")
    request = LayerRequest(text, dialect, size, weight=weight, names=names)
    understood = request.understand().assume_minimum()
    reading = understood.reading
    if size is None or understood.leading != 1:
        return reading
    # A command's --in 64x5x5 leaves the batch open; a tensor of this shape has no batch axis.
    spelling, rank = reading.spelling, len(reading.spatial)
    return read_layer(spelling.name, spelling.arguments, size, reading.sizes.weight, rank)


def _require_sizes(shape: Any, name: str) -> tuple[int, ...] | None:
    if shape is None:
        return None
    is_list = isinstance(shape, list | tuple) and len(shape) > 0
    if is_list and all(type(size) is int and 0 <= size <= MAX_INT64 for size in shape):
        return tuple(shape)
    raise UsageError(
        f"{name} is {shorten(shape)}",
        help="give a list of sizes, each an integer, 0 or more, within 64 bits.",
        code="bad-size",
    )


def _find_common_rank(given: Mapping[str, Sequence[Any]]) -> int:
    """Return the number of axes that all values agree on, where one number goes with any.

    Raises:
        UsageError: two of them disagree.
    """
    longest = max(given, key=lambda name: len(given[name]), default=None)
    if longest is None:
        return 2
    rank = len(given[longest])
    for name, value in given.items():
        if len(value) not in (1, rank):
            raise UsageError(
                f"{name} has {len(value)} numbers, {longest} has {rank}",
                help=f"give one number, or {rank}: one per axis.",
                code="rank",
            )
    return rank


def _find_lists(pasted: Pasted) -> dict[str, list[Any]]:
    """Return the parameters of a pasted call that show its number of axes."""
    roles = {argument.name: argument.role for argument in pasted.dialect.arguments}
    return {
        name: value
        for name, value in pasted.words.items()
        if isinstance(value, list) and roles.get(name) in _ONE_PER_AXIS
    }


def _name_axes(layout: Layout, leading: int, rank: int) -> str:
    """Return the axes of an input with `leading` axes beside the spatial ones: N, C, H, W."""
    spatial = {1: "L", 2: "HW", 3: "DHW"}[rank]
    axes = layout.axes if leading == 2 else [axis for axis in layout.axes if axis != "N"]
    return ", ".join([letter for axis in axes for letter in (spatial if axis == "*" else axis)])


def _bind_counts(
    pasted: Pasted, words: Mapping[str, Any], in_channels: int | None
) -> dict[str, Any]:
    """Return the counts whose expression has a number: as the input's channels, or elsewhere."""
    argument = pasted.dialect.argument("in_channels")
    known = {argument.name: in_channels, **words} if argument else words
    numbers = {
        expression: known[name]
        for name, expression in pasted.unknown.items()
        if type(known.get(name)) is int
    }
    return {name: numbers[text] for name, text in pasted.unknown.items() if text in numbers}


def _refuse_symbol(size: Size, what: str) -> UsageError:
    return UsageError(f"the {what} {size} is a symbol", help="give it as a number.", code="symbol")


def _find_requested(
    dialect: Dialect, words: Mapping[str, Any], rank: int, axis: str
) -> tuple[int, ...]:
    """Return the batch (N) or the channels (C) of an output size that is a whole tensor's shape.

    Nothing if it is not one, or if this number is not known.
    """
    argument = dialect.argument("output_size")
    given = words.get(argument.name) if argument else None
    if not isinstance(given, list) or len(given) != rank + 2:
        return ()
    [size] = dialect.data_layout(words, rank).split(tuple(given), rank)[axis]
    return (size,) if type(size) is int and size > 0 else ()
