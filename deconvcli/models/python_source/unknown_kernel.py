"""A function whose weights only the program has: what is true of it whatever their kernel is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.pasted.layer import Pasted
from deconvcli.frameworks.request import MAX_AXES, LayerRequest
from deconvcli.layers.axis import Size

# Small ones, of which each may be refused for a reason of its own, and one larger than any crop.
_KERNELS = (1, 2, 3, 4, 7, 16, 1001)
_ONE_PER_AXIS = ("stride", "dilation")


def find_refusal(
    pasted: Pasted, request: LayerRequest, letters: Mapping[int, tuple[Size, ...]]
) -> DeconvError | None:
    """Return the error that a call gives with every kernel; None where one of them is accepted.

    letters: sizes of the input by the number of axes.
    """
    rank = pasted.rank or _find_rank(pasted)
    if rank is None:
        return None
    size = letters[rank] if pasted.data is None else None
    request = request._replace(rank=rank, input_size=size)
    first, *others = _KERNELS
    error = _find_error(pasted, request, (first,) * rank)
    is_same = error is not None and all(
        str(_find_error(pasted, request, (kernel,) * rank)) == str(error) for kernel in others
    )
    return error if is_same else None


def _find_error(
    pasted: Pasted, request: LayerRequest, kernel: tuple[int, ...]
) -> DeconvError | None:
    try:
        request._replace(roles={"kernel": kernel}).read(pasted)
    except DeconvError as error:
        return error
    return None


def _find_rank(pasted: Pasted) -> int | None:
    """Return the number of axes that a list in the call shows."""
    roles = {each.name: each.role for each in pasted.dialect.arguments}
    lists: list[Any] = [
        value
        for name, value in pasted.words.items()
        if roles.get(name) in _ONE_PER_AXIS and isinstance(value, list)
    ]
    return next((len(each) for each in lists if 1 <= len(each) <= MAX_AXES), None)
