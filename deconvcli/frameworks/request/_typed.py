"""The part of a request that holds its fields, and finds the number of spatial axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.pasted.layer import Pasted
from deconvcli.frameworks.wording import KEYS, Names, word_role
from deconvcli.layers.axis import Size

MAX_AXES = 3
_PER_AXIS = ("kernel", "stride", "padding", "output_padding", "dilation")
# Roles whose lists have one number per axis in every dialect; pads and shapes have more.
_ONE_PER_AXIS = {"kernel", "stride", "output_padding", "dilation"}


class TypedLayer(NamedTuple):
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

    def _show_size(self) -> str:
        """Return an input size as the user writes it."""
        name = self.names.input_size
        return f"{name} 5x5" if name.startswith("-") else f"{name}=(1, 64, 5, 5)"

    def find_rank(self, pasted: Pasted) -> int:
        """Return the number of spatial axes: from the call or a file, else the longest list.

        Raises:
            UsageError: two of the numbers disagree.
        """
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

    def _word_groups(self, dialect: Dialect) -> Mapping[str, Any]:
        """Return the parameters that the groups of the request add."""
        given = self.roles.get("groups")
        return {} if given is None else word_role(dialect, "groups", given, 1, self.names)


def _find_common_rank(given: Mapping[str, Sequence[Any]]) -> int:
    """Return the number of axes that all values agree on, where one number goes with any.

    Raises:
        UsageError: two of them disagree.
    """
    longest = max(given, key=lambda name: len(given[name]), default=None)
    if longest is None:
        return 2
    rank = len(given[longest])
    if rank > MAX_AXES:
        raise UsageError(
            f"{longest} has {rank} numbers; a layer has {MAX_AXES} spatial axes at most",
            help="give one number, or one per axis: 2x2 for TensorFlow's [1, 2, 2, 1].",
            code="rank",
        )
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
