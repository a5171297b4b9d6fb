"""The answer to a request: a reading, and the form in which people see it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, cast

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.layer import needs_number
from deconvcli.frameworks.wording import KEYS, Names, write_unknown
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Count, Counts, Shape, Unknown
from deconvcli.layers.layer import Reading, Spelling
from deconvcli.layers.text import size_text


class Understood(NamedTuple):
    """A reading, why its dialect was taken, and the form in which the input size was written.

    leading: 0 for sizes as 5x5, 1 with channels, 2 with a batch as well; outputs are shown in the
    form of the input. assumed: the names of channels that nobody gave, so that the minimum was
    taken. remark: how the input size was read, where that is not plain: the parameter of the call
    that gave it, or which of its sizes are batch and channels. unknown: the counts of the layer
    that are not known, by their names in it; the layer has the minimum there.
    open_batch: the letter or the name of a batch that is left open; it is counted as 1. flips:
    whether the pasted call is of a framework that stores the taps in the order opposite to the
    dialect's.
    """

    reading: Reading
    why: str
    leading: int = 0
    assumed: tuple[str, ...] = ()
    remark: str = ""
    unknown: Mapping[str, Unknown | Linear] = MappingProxyType({})
    open_batch: Count | None = None
    flips: bool = False

    @property
    def own(self) -> Reading:
        """The reading with the taps in the order of the framework that the call belongs to."""
        return self.reading._replace(flipped=self.reading.flipped != self.flips)

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
        # These shapes are only shown, so that a letter may stand for the number.
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
                raise UsageError(
                    f"the channels {count} is a symbol", help="give it as a number.", code="symbol"
                )
            if count.parameter and role != "bias":
                raise needs_number(count.parameter, count.expression, names.variables)
        return self._replace(unknown={})
