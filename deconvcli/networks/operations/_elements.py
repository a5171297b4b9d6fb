"""How many elements a tensor has, which is all that a reshape keeps."""

from __future__ import annotations

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Shape


def elements(shape: Shape) -> Size:
    """Channels times every spatial size.

    Raises:
        NotLinear: two of them are symbols.
    """
    count = shape.channels
    for size in shape.spatial:
        count = count * size
    return count
