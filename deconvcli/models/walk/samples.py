"""Sizes for people, and in numbers where open ones would not do."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.models.model import Sizes
from deconvcli.models.walk.box import BoxSize, LetterAdvance, LetterSplit, find_steps, make_size
from deconvcli.models.walk.opening import Inputs
from deconvcli.models.walk.tensors import OpenSize, Tensor
from deconvcli.models.walk.walking import Outcome, Walker
from deconvcli.networks.graph.runs import SizeRun

SAMPLE = 256
"""The smallest size at which a layer of open sizes is looked at."""
# Divisible by what strides of networks multiply to.
_EXACT = 2**12 * 3**3 * 5**2 * 7


def walk_near(walker: Walker, inputs: Inputs) -> Sequence[Outcome]:
    """Return a walk at sizes in numbers that knows which of them follow from those of the inputs.

    The sizes stand for runs of which only the first is of interest, so that no floor splits them.
    """
    box: dict[str, SizeRun] = {}
    tensors: dict[str, Tensor] = {}
    for name, shape in inputs.items():
        sizes: list[OpenSize] = []
        for axis, size in enumerate(shape or ()):
            letter = f"{name} {axis}"
            box[letter] = SizeRun(size, _EXACT)
            sizes.append(make_size(box, letter))
        tensors[name] = Tensor(None if shape is None else tuple(sizes))
    try:
        return walker.walk(tensors).outcomes
    except (LetterSplit, LetterAdvance):
        return ()


def write_tensor(tensor: Tensor) -> Sizes | None:
    """Return the sizes of a tensor; None where not even their number is known."""
    if tensor.sizes is None:
        return None
    return tuple([size if isinstance(size, int | None) else str(size) for size in tensor.sizes])


def find_sample(size: OpenSize) -> int:
    """Return a size in numbers at which a layer can be looked at."""
    if isinstance(size, BoxSize):
        return size.at(find_steps(size.box, SAMPLE))
    return size if isinstance(size, int) else SAMPLE
