"""Lengths that depend on values, as that of speech on its durations: the walk begins again there.

After such a length no size is known. So the first tensor that has one gets a letter for it, and
what follows has formulas in this letter: a vocoder's transposed convolutions after the durations.
"""

from __future__ import annotations

from collections.abc import Collection

from deconvcli.models.walk.opening import FreshLetters, Inputs, Opened, find_places, walk_open
from deconvcli.models.walk.walking import Walked, Walker

MAX_RESTARTS = 4
_LETTERS = ("u", "v", "t", "q")
# Audio, and images or volumes: batch, channels, and one axis or more.
_LEAST_AXES = 3


def walk_with_restarts(walker: Walker, inputs: Inputs) -> Opened:
    """Return what `walk_open` does, with letters for lengths that only values give.

    They are for tensors on the way to a transposed convolution whose size is not known else.
    """
    opened = walk_open(walker, inputs)
    fresh: dict[str, dict[int, str]] = {}
    letters = _list_letters(inputs)
    while len(fresh) < MAX_RESTARTS:
        found = _find_length(opened.walked, fresh)
        if found is None:
            break
        name, axis = found
        fresh[name] = {axis: letters[len(fresh)]}
        begun = walk_open(walker, inputs, fresh)
        if begun.box is None:
            break
        opened = begun
    return opened


def _list_letters(inputs: Inputs) -> list[str]:
    """Return letters that no input has."""
    taken = set(find_places(inputs))
    return [letter if letter not in taken else f"{letter}_" for letter in _LETTERS]


def _find_length(walked: Walked, known: FreshLetters) -> tuple[str, int] | None:
    """Return the first tensor with one unknown size on the way to a transposed convolution."""
    wanted = _find_way(walked)
    for outcome in walked.outcomes:
        for name, tensor in zip(outcome.node.outputs, outcome.outputs, strict=False):
            sizes = tensor.sizes or ()
            unknown = [axis for axis, size in enumerate(sizes) if size is None]
            is_first = name in wanted and name not in known
            if is_first and len(sizes) >= _LEAST_AXES and len(unknown) == 1 and unknown[0] > 0:
                return name, unknown[0]
    return None


def _find_way(walked: Walked) -> Collection[str]:
    """Return the tensors that transposed convolutions of unknown sizes are computed from."""
    wanted: set[str] = set()
    for outcome in reversed(walked.outcomes):
        node = outcome.node
        is_unknown = any(None in (one.sizes or (None,)) for one in outcome.outputs)
        if is_unknown and (
            node.operation == "ConvTranspose" or not wanted.isdisjoint(node.outputs)
        ):
            wanted.update(node.inputs)
    return wanted
