"""The part of a dialect that tells axes apart: batch, channels and spatial axes of shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar, NoReturn

from deconvcli.common.errors import UsageError
from deconvcli.common.values import check_sizes, check_tensor_shape, shorten
from deconvcli.frameworks.dialect._parameter_reader import ParameterReader
from deconvcli.layers.layer import Layer, Sizes

# Lists of these roles have one number per axis in every dialect. Those of padding may have two,
# or numbers for batch and channels too.
_ONE_PER_AXIS = ("kernel", "stride", "dilation", "output_padding")


class AxisReader(ParameterReader):
    """The shapes of a dialect, and which numbers of axes its framework takes.

    batch_axes, spatial_axes: these numbers, as measured, or by the documents. other_axes: which
    implementation was seen to take others.
    """

    batch_axes: ClassVar[Sequence[int]] = (1,)
    spatial_axes: ClassVar[Sequence[int]] = (1, 2, 3)
    other_axes: ClassVar[str] = ""

    def rank(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None,
    ) -> int:
        """Return the number of spatial axes, by weights, lists of parameters or channels.

        Raises:
            UsageError: nothing tells one axis with a batch from two axes without.
        """
        if isinstance(weight_shape, (list, tuple)):
            return self.weight_rank(arguments, weight_shape)
        for role in _ONE_PER_AXIS:
            given = self._find_list(arguments, role)
            # One number in a list may stand for every axis, as in PyTorch and TensorFlow.
            if given is not None and (len(given) > 1 or len(input_shape) == 3):
                return len(given)
        return self._find_rank_by_channels(arguments, input_shape)

    def _find_list(self, arguments: Mapping[str, Any], role: str) -> Sequence[Any] | None:
        """Return the value of a role, if it is a list."""
        values = (arguments.get(own.name) for own in self.arguments if own.role == role)
        return next((value for value in values if isinstance(value, (list, tuple)) and value), None)

    def _find_rank_by_channels(
        self, arguments: Mapping[str, Any], input_shape: Sequence[int]
    ) -> int:
        """Return the rank with which the input has the layer's channels; else it has a batch."""
        batched, single = len(input_shape) - 2, len(input_shape) - 1
        if batched not in self.spatial_axes:
            return single if single in self.spatial_axes else batched
        if single not in self.spatial_axes:
            return batched
        own = self.argument("in_channels")
        channels = arguments.get(own.name) if own else None
        if type(channels) is int and channels > 0:
            shape = tuple(input_shape)
            fits = [
                rank
                for rank in (batched, single)
                if self.data_layout(arguments, rank).split(shape, rank)["C"] == (channels,)
            ]
            if len(fits) == 1:
                return fits[0]
            if not fits:
                # Channels at the wrong end, or a wrong number of them: the input is one image.
                misplaced = channels in (input_shape[0], input_shape[-1])
                return single if misplaced and single == 2 else batched
        if single == 2 and input_shape[0] != 1:
            raise self._ask_for_rank(tuple(input_shape), channels)
        return batched

    def _ask_for_rank(self, shape: tuple[int, ...], channels: Any) -> UsageError:
        what = f"input_shape {shape} is a batch of {shape[0]} with 1 spatial axis, or one input"
        if 0 not in self.batch_axes:
            return UsageError(
                f"{what} with 2, which {self.title} takes only with a batch axis",
                help=f"give rank=1 for the first, or {(1, *shape)} for the second.",
                code="rank",
            )
        own = self.argument("in_channels")
        more = f"{own.name}, " if own and channels is None else ""
        return UsageError(
            f"{what} with 2",
            help=f"give {more}rank=1 or rank=2, or the kernel size as a list.",
            code="rank",
        )

    def weight_rank(self, arguments: Mapping[str, Any], weight_shape: Sequence[int]) -> int:
        """Return the number of spatial axes of weights: neither channels nor groups."""
        return len(weight_shape) - len(self.weight_layout(arguments, 1).axes) + 1

    def sizes(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None = None,
        rank: int | None = None,
    ) -> Sizes:
        """Return sizes from shapes in this dialect's own layouts.

        Raises:
            Refused: the framework takes another number of axes.
            UsageError: a size is no integer from 0 to int64's largest.
        """
        # Messages name the weights only if the rank is theirs.
        shown = rank is None and isinstance(weight_shape, (list, tuple))
        if not isinstance(input_shape, (list, tuple)):
            check_tensor_shape(input_shape, 3, "input_shape")
        if rank is None:
            rank = self.rank(arguments, input_shape, weight_shape)
        if rank not in self.spatial_axes or len(input_shape) - rank - 1 not in self.batch_axes:
            self._refuse_shapes(rank, input_shape, weight_shape if shown else None)
        check_sizes(input_shape, "input_shape")
        if weight_shape is not None:
            self._check_weight(arguments, weight_shape, rank)
        parts = self.data_layout(arguments, rank).split(tuple(input_shape), rank)
        weight = None if weight_shape is None else tuple(weight_shape)
        return Sizes(parts["*"], parts["N"], parts["C"][0], weight)

    def _check_weight(
        self, arguments: Mapping[str, Any], weight_shape: Sequence[int], rank: int
    ) -> None:
        """Check weights, with which a rank that is given, or the kernel's, may not agree."""
        axes = self.weight_layout(arguments, rank).count(rank)
        if isinstance(weight_shape, (list, tuple)) and len(weight_shape) != axes:
            raise UsageError(
                f"the weights of a layer with {_count(rank)} have {axes} axes; weight_shape is"
                f" {shorten(weight_shape)}",
                help=f"give {axes} sizes, {rank} of them the kernel's.",
                code="rank",
            )
        check_tensor_shape(weight_shape, axes, "weight_shape", most=axes)

    def _refuse_shapes(
        self, rank: int, input_shape: Sequence[int], weight_shape: Sequence[int] | None
    ) -> NoReturn:
        """Refuse shapes with a number of axes that the framework does not take."""
        if rank not in self.spatial_axes:
            self._refuse_rank(rank, input_shape, weight_shape)
        leading = len(input_shape) - rank - 1
        shown = f"the weights {shorten(weight_shape)} have" if weight_shape else "the layer has"
        needed = _list_numbers([batch + 1 + rank for batch in self.batch_axes])
        amount = "few" if leading < self.batch_axes[0] else "many"
        help = f"give an input of {needed} axes"
        if leading == 0 and 1 in self.batch_axes:
            help = f"add a batch axis: {shorten((1, *input_shape))}"
        fewer = rank - 1 if leading < 1 else rank + 1
        if fewer in self.spatial_axes:
            help += f", or give a layer of {_count(fewer)}"
        self.refuse(
            "rank",
            f"input_shape {shorten(input_shape)} has too {amount} axes, {len(input_shape)}: {shown}"
            f" {_count(rank)}, with which {self.title} takes an input of {needed} axes"
            f" ({self.data_layout({}, rank)})",
            f"{help}.",
            self.other_axes,
        )

    def _refuse_rank(
        self, rank: int, input_shape: Sequence[int], weight_shape: Sequence[int] | None
    ) -> NoReturn:
        taken = _list_numbers(self.spatial_axes)
        if weight_shape is not None:
            axes = len(weight_shape)
            message = f"the weights {shorten(weight_shape)} have {axes} axes"
        else:
            message = f"input_shape {shorten(input_shape)} has {len(input_shape)} axes"
        self.refuse(
            "rank",
            f"{message}, {rank if rank > 0 else 'none'} of them spatial; {self.title} takes"
            f" {taken} spatial axes",
            f"give channels and {taken} spatial axes.",
            self.other_axes,
        )

    def check_axes(self, sizes: Sizes) -> None:
        """Refuse a number of batch or spatial axes that the framework does not take."""
        rank, leading = len(sizes.spatial), len(sizes.batch)
        if rank in self.spatial_axes and leading in self.batch_axes:
            return
        batches = _list_numbers(self.batch_axes)
        taken = _list_numbers(self.spatial_axes)
        self.refuse(
            "rank",
            f"the input has {leading} batch and {_count(rank)}; {self.title} takes {batches} batch"
            f" and {taken} spatial axes",
            f"give channels and {taken} spatial axes; add axes of size, kernel and stride 1 if"
            " there are too few."
            if rank not in self.spatial_axes
            else "give a batch axis, of size 1 for a single input.",
            self.other_axes,
        )

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """Return the same data with this layer's weights in this dialect's layout.

        Batch axes that the framework does not take become one.
        """
        weight = layer.weight_shape(self.weight_layout({}, len(layer.axes)))
        return self.adapt_batch(sizes)._replace(channels=layer.in_channels, weight=weight)

    def adapt_batch(self, sizes: Sizes) -> Sizes:
        """Return the sizes with one batch axis, if the framework does not take those given."""
        if len(sizes.batch) in self.batch_axes:
            return sizes
        return sizes._replace(batch=(prod(sizes.batch),))


def _count(rank: int) -> str:
    return f"{rank} spatial ax{'is' if rank == 1 else 'es'}"


def _list_numbers(numbers: Sequence[int]) -> str:
    """Return `2`, `2 or 3`, `1 to 3`, or for an open end `1 or more`."""
    first, last = numbers[0], numbers[-1]
    # An open end is a range up to ANY_AXES, and closed ones are short.
    if len(numbers) > 8:
        return f"{first} or more"
    if len(numbers) > 2:
        return f"{first} to {last}"
    return " or ".join(map(str, numbers))
