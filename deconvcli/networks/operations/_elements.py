"""The number of elements of a tensor, which is all that a reshape preserves."""

from __future__ import annotations

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Shape


def count_elements(shape: Shape) -> Size:
    """Return channels times every spatial size.

    Raises:
        NotLinear: two of them are symbols.
    """
    count = shape.channels
    for size in shape.spatial:
        count = count * size
    return count
