"""Sizes that an author expects in numbers: they hold for some input sizes, and are compared at one.

An `expect` with letters has to hold for every size. One in numbers is a claim about the network's
own input, so the sizes that work are listed without it; whether it is met is a second question.
"""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.graph.sizes import find_valid_sizes
from deconvcli.networks.operations import take


class MeetingSizes(NamedTuple):
    """One axis of an input, and the sizes for which an expected output is reached.

    given: the network's own size.
    """

    input: str
    axis: str
    given: Size
    sizes: SizeSet

    @property
    def can_help(self) -> bool:
        """Whether another size than the network's own is needed, and exists."""
        fits = isinstance(self.given, int) and self.sizes.contains(self.given)
        return bool(self.sizes.progressions) and not fits

    @property
    def text(self) -> str:
        """The rule for the sizes, in the author's letter."""
        return self.sizes.text(self.given.letter if isinstance(self.given, Linear) else "n")


class UnmetExpect(NamedTuple):
    """A layer whose output has not the size that its author expects in numbers.

    message: the two sizes. meeting: the axes on which another input size gives the expected one;
    empty where none does, None where that could not be computed.
    """

    node: str
    message: str
    meeting: tuple[MeetingSizes, ...] | None


def find_meeting_sizes(network: Network, axis: int, input: str) -> SizeSet | None:
    """Return the sizes of an axis for which every `expect` holds; None where it is not known."""
    try:
        return find_valid_sizes(network, axis, input)
    except (NotLinear, Refused):
        return None


def find_unmet_expects(network: Network) -> list[UnmetExpect]:
    """Return the layers that miss a size expected in numbers, at the network's own input size.

    With letters in the input a claim in numbers is unmet only if no value of them meets it.
    """
    found = []
    has_letters = any(isinstance(n, Linear) for s in network.inputs.values() for n in s.spatial)
    for outcome in walk(network):
        node, error = outcome.node, outcome.error
        if error is None or error.code != "expect" or not node.expects_numbers:
            continue
        meeting = _find_meeting(network.without_numeric_expects(node.name))
        if not (has_letters and meeting):
            found.append(UnmetExpect(node.name, error.message, meeting))
    return found


def _find_meeting(network: Network) -> tuple[MeetingSizes, ...] | None:
    """Return the axes of a network that another size fits, with those sizes."""
    found: list[tuple[int, MeetingSizes]] = []
    for name, shape in network.inputs.items():
        for axis, given in enumerate(shape.spatial):
            sizes = find_meeting_sizes(network, axis, name)
            if sizes is None:
                return None
            found.append(
                (axis, MeetingSizes(name, axis_name(axis, len(shape.spatial)), given, sizes))
            )
    # Axes are studied one at a time, so each of them has to have a size on some input. Where a
    # layer mixes them, the size of one axis alone can be enough.
    reached = {axis for axis, meeting in found if meeting.sizes.progressions}
    mixes = any(take(node.operation).mixes_axes for node in network.nodes if node.operation)
    if not mixes and reached != {axis for axis, _ in found}:
        return ()
    return tuple([meeting for _, meeting in found if meeting.can_help])
