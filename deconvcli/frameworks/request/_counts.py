"""The part of a request that finds counts: channels, groups, the batch, and which are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import read_count
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument
from deconvcli.frameworks.pasted.layer import Name, Pasted, needs_number
from deconvcli.frameworks.request._sizes import SizedLayer, find_requested
from deconvcli.frameworks.wording import find_weight_shape
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Count, Unknown
from deconvcli.layers.layer import Sizes, Spelling
from deconvcli.layers.layout import Layout


class CountedLayer(SizedLayer):
    """A layer as typed, with its counts, some of which only the author's program has."""

    __slots__ = ()

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
        if find_requested(dialect, words, len(sizes.spatial), "C"):
            given.add("out_channels")
        if has_weight:
            given |= {"in_channels", "out_channels"}
        if leading and self.input_size is not None:
            [letter] = layout.split(self.input_size, len(sizes.spatial))["C"]
            if isinstance(letter, Linear):
                found.setdefault("in_channels", letter)
        for role in ("in_channels", "out_channels"):
            own = dialect.argument(role)
            # Without a parameter: a count that nobody gave is assumed, one in a call is not.
            found.setdefault(role, Unknown(own.name if own else role))
        return {role: count for role, count in found.items() if role not in given}

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
            is_known = "batch" not in named and find_requested(dialect, words, rank, "N")
            return None if is_known else named.get("batch", Unknown("batch"))
        [batch] = dialect.data_layout(words, rank).split(self.input_size, rank)["N"]
        return None if isinstance(batch, int) else batch

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
            out_channels = next(iter(find_requested(dialect, words, len(sizes.spatial), "C")), None)
        groups = self._count_groups(words, dialect.argument("groups"))
        return find_weight_shape(dialect, words, sizes, self.roles["kernel"], out_channels, groups)

    def _count_groups(self, words: Mapping[str, Any], argument: Argument | None) -> int:
        """Return the groups by the dialect's parameter; without one, as the role gives them."""
        if argument is not None:
            return read_count(words.get(argument.name, 1), "groups")
        return int(self.roles.get("groups", (1,))[0])

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
        if unknown := [size.text for size in shape if isinstance(size, Name)]:
            raise needs_number(argument.name, ", ".join(unknown), self.names.variables)
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


def bind_counts(
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
