"""The sizes that work on each axis of a network's inputs, and the nearest to a given one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.common.errors import NotLinear, UsageError
from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.text import size_text
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.memo import works_without_remainder
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.numeric_expects import find_meeting_sizes
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.graph.sizes import find_valid_sizes


class AxisSizes(NamedTuple):
    """One spatial axis of one input.

    working: the sizes for which every layer works. without_remainder: those of them for which no
    layer drops elements of its input by rounding down; None where that is not known. given: the
    size to start from. meeting: those of the working sizes that meet every `expect`; None where no
    `expect` is in numbers.
    """

    input: str
    axis: str
    working: SizeSet
    without_remainder: SizeSet | None
    given: Size
    meeting: SizeSet | None = None

    @property
    def number(self) -> int | None:
        """The given size, where it is a number."""
        return self.given if isinstance(self.given, int) else None

    @property
    def letter(self) -> str:
        """The letter of the given size, in which the sets are written."""
        return self.given.letter if isinstance(self.given, Linear) else "n"

    @property
    def is_working(self) -> bool | None:
        """Whether the given size works; None where it is a letter."""
        return None if self.number is None else self.working.contains(self.number)

    @property
    def smaller(self) -> int | None:
        """The largest working size that is not above the given one."""
        return None if self.number is None else self.working.at_most(self.number)

    @property
    def larger(self) -> int | None:
        """The smallest working size that is not below the given one."""
        return None if self.number is None else self.working.at_least(self.number)

    @property
    def pad(self) -> int | None:
        """The number of elements to add to the given size to reach `larger`."""
        return None if self.larger is None or self.number is None else self.larger - self.number


def find_axis_sizes(network: Network, given: Sequence[Size] | None = None) -> list[AxisSizes]:
    """Return the sizes of every axis of every input that work.

    given: sizes in place of the network's own, one for all axes or one per axis. A working size
    need not meet an `expect` in numbers, which holds for one input size only.

    Raises:
        NotLinear: a layer mixes axes whose sizes are letters, or two inputs in different letters
            meet.
        Refused: the sizes do not repeat within a reasonable period.
        UsageError: `given` has another number of sizes than an input has axes.
    """
    free = network.without_numeric_expects()
    has_numbers = any(node.expects_numbers for node in network.nodes)
    try:
        return [
            AxisSizes(
                name,
                axis_name(axis, len(shape.spatial)),
                find_valid_sizes(free, axis, name),
                find_valid_sizes(free, axis, name, works_without_remainder),
                size,
                find_meeting_sizes(network, axis, name) if has_numbers else None,
            )
            for name, shape in free.inputs.items()
            for axis, size in enumerate(_per_axis(given, shape.spatial))
        ]
    except NotLinear as error:
        failed = find_first_failure(network)
        if failed is None or failed.error is None:
            raise NotLinear(f"{network.name}: {error.message}", help=error.help) from error
        # A run does not know the author's letters; a walk does, and it knows the layer as well.
        raise NotLinear(
            f"{network.name}: {failed.node.name}: {failed.error.message}", help=failed.error.help
        ) from error


def _per_axis(given: Sequence[Size] | None, own: tuple[Size, ...]) -> tuple[Size, ...]:
    if given is None:
        return own
    spread = tuple(given) * len(own) if len(given) == 1 else tuple(given)
    if len(spread) != len(own):
        raise UsageError(
            f"the size {size_text(given)} has {len(given)} numbers, the input {len(own)} axes",
            help="give one number, or one per axis.",
            code="rank",
        )
    return spread


def find_first_failure(network: Network) -> NodeOutcome | None:
    """Return the first layer that fails whatever the size; None where all work.

    As for `find_axis_sizes`, sizes that are expected as numbers are left out of account.
    """
    walked = walk(network.without_numeric_expects())
    return next((outcome for outcome in walked if outcome.error is not None), None)
