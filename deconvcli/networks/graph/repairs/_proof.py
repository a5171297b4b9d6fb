"""A fix for one node, proven by a walk through the edited network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.text import size_text
from deconvcli.networks.graph.edits import (
    InsertAfter,
    NetworkEdit,
    ResizeInput,
    SetParameter,
    apply_edits,
    describe_edits,
    join_words,
)
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.operations import take

Edits = tuple[NetworkEdit, ...]


# Names in the text of a fix; more are counted.
MAX_NAMES_SHOWN = 3
# Parameters whose change leaves no trained value of a layer as it was.
_TRAINED = ("kernel", "stride", "dilation", "groups")


class Fix(NamedTuple):
    """Edits, the network with them, its outcomes, and whether nothing in it fails any more.

    effects: what happens to layers that worked before, in words: values that move, weights that
    are of no use any more. Empty where all their values stay. works_for: the input sizes that work
    with it, in words, if that is known.
    """

    edits: Edits
    network: Network
    outcomes: Sequence[NodeOutcome]
    is_complete: bool
    effects: str = ""
    works_for: str = ""

    def __str__(self) -> str:
        notes = "; ".join(filter(None, (self.effects, self.works_for)))
        return describe_edits(self.edits) + (f" ({notes})" if notes else "")

    @property
    def resizes(self) -> bool:
        """Whether the network gets another input."""
        return any(isinstance(edit, ResizeInput) for edit in self.edits)

    @property
    def caution(self) -> str:
        """What the author has to agree to: the effects, or another input."""
        return self.effects or ("the network gets another input" if self.resizes else "")


class Failure(NamedTuple):
    """A node with an error or a warning, and all that is known of its network."""

    network: Network
    outcomes: Sequence[NodeOutcome]
    outcome: NodeOutcome

    def prove(self, edits: Edits) -> Fix | None:
        """Return the fix if with these edits the node works, and all that worked still does."""
        changed = apply_edits(self.network, edits)
        outcomes = walk(changed)
        failing = {outcome.node.name for outcome in outcomes if outcome.error is not None}
        # Nodes below a failure were unknown before, and may fail for reasons of their own.
        excused = {
            outcome.node.name
            for outcome in self.outcomes
            if outcome.error is not None or outcome.is_unknown
        }
        if failing - (excused - {self.outcome.node.name}):
            return None
        effects = _describe_effects(self, edits, changed, outcomes)
        return Fix(edits, changed, outcomes, not failing, effects)

    def find_spare_name(self, name: str) -> str:
        """Return the name, lengthened until the network does not contain it."""
        taken = {*self.network.inputs, *(node.name for node in self.network.nodes)}
        while name in taken:
            name += "_"
        return name


def _describe_effects(
    failure: Failure, edits: Edits, changed: Network, outcomes: Sequence[NodeOutcome]
) -> str:
    # A layer that had no output has no values that could change.
    worked = {outcome.node.name: outcome for outcome in failure.outcomes if outcome.shape}
    retrained = dict.fromkeys(
        edit.node
        for edit in edits
        if isinstance(edit, SetParameter) and edit.key in _TRAINED and edit.node in worked
    )
    moved: dict[str, list[str]] = {}
    inserted = {edit.node.name for edit in edits if isinstance(edit, InsertAfter)}
    for after in outcomes:
        name = after.node.name
        begins = _find_begins(changed, after)
        if name in worked and name not in retrained:
            before = _find_begins(failure.network, worked[name])
            steps = [new - old for new, old in zip(begins, before, strict=False)]
        else:
            # A layer before a join that failed moves no values: none came out of the join.
            steps = begins if name in inserted else []
        if move := _describe_move(steps):
            moved.setdefault(move, []).append(name)
    effects = list(_describe_moves(moved))
    if any(_pads_output(failure.network, edit) for edit in edits):
        effects.append("the output ends with zeros")
    if retrained:
        effects.append(f"{join_words(retrained)} must be trained again")
    return ", and ".join(effects)


def _find_begins(network: Network, outcome: NodeOutcome) -> list[Size]:
    """Return for each axis the elements cut off at the start; none where that is not known."""
    node = outcome.node
    if outcome.shape is None:
        return []
    with suppress(NotLinear):  # of a size in letters
        operation, dialect = take(node.operation), network.dialect_of(node)
        return list(operation.crop_begin(node.parameters, outcome.inputs, dialect))
    return []


def _pads_output(network: Network, edit: NetworkEdit) -> bool:
    if not isinstance(edit, InsertAfter) or edit.above in network.inputs:
        return False
    return edit.node.operation == "pad_to"


def _describe_moves(moved: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield in words which layers' values move, each by the same amount if that is short enough."""
    names = [name for each in moved.values() for name in each]
    if len(names) > MAX_NAMES_SHOWN:
        yield f"the values of {len(names)} layers move"
    else:
        for move, each in moved.items():
            yield f"the values of {join_words(each)} move {move}"


def _describe_move(steps: Sequence[Size]) -> str:
    """Return in words how far values move that are cropped by so much more at the start."""
    numbers = require_numbers(steps)
    if not any(numbers):
        return ""
    size = size_text([abs(number) for number in numbers])
    return f"by {size} toward the {'start' if max(numbers) > 0 else 'end'}"
