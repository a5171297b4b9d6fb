"""The part of a request that finds the sizes of input and weights, which may be given twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.pasted.layer import Declared, Pasted
from deconvcli.frameworks.request._typed import TypedLayer
from deconvcli.frameworks.wording import word_roles
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import Sizes
from deconvcli.layers.layout import Layout
from deconvcli.layers.text import size_text


class SizedLayer(TypedLayer):
    """A layer as typed, with the sizes of its tensors."""

    __slots__ = ()

    def _split_output_size(self, pasted: Pasted, rank: int) -> Self:
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
        # Beside a pasted call they would be a second value for the call's own channels.
        if self.call is None and type(channels) is int:
            roles.setdefault("out_channels", (channels,))
        return self._replace(roles={**roles, "output_size": parts["*"]})

    def _find_sizes(self, pasted: Pasted, words: Mapping[str, Any], rank: int) -> tuple[int, Sizes]:
        """Return (leading axes written, sizes) from the input size or from the call's tensors."""
        self._check_ranks(pasted, words, rank)
        declared = pasted.declared
        given = self.input_size or pasted.data or (declared and declared.known)
        if given is None:
            name = self.names.input_size
            formula = f", or {name} N for a formula" if name.startswith("-") else ""
            raise UsageError(
                "the input size is not known",
                help=f"give {name}, for example {self._show_size()}{formula}.",
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
        requested = find_requested(pasted.dialect, words, rank, "N") if self.batch is None else ()
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
        sizes = Sizes(spatial, batch, channels, self.weight or pasted.weight)
        return (0 if is_spatial else leading), sizes

    def _check_ranks(self, pasted: Pasted, words: Mapping[str, Any], rank: int) -> None:
        """Refuse a declared input or weights with another number of axes than the layer."""
        declared = pasted.declared
        if declared and len(declared.sizes) != rank + 1:
            raise UsageError(
                f"{declared.name} has {len(declared.sizes)} sizes, the layer {rank} spatial axes",
                help=f"give {declared.name} {rank + 1} sizes: the spatial ones and the channels.",
                code="rank",
            )
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
        """Return the batch by the input's shape or by the option, which must agree; else 1."""
        if not in_shape:
            return (1 if self.batch is None else self.batch,)
        # A letter leaves the batch open: any number goes with it.
        if not isinstance(in_shape[0], int):
            return self._find_batch(())
        batch = in_shape[0]
        if self.batch not in (None, batch):
            raise UsageError(
                f"{self.names.batch} is {self.batch}, the input has {batch}", help="give it once."
            )
        return (batch,)


def find_requested(
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
