"""Output channels in another order."""

from __future__ import annotations

import numpy as np

from deconvcli.compute.kernels.reference import Array

FIRST_POINTS = 8


def find_order(given: Array, value: Array, bound: Array) -> Array | None:
    """Return, for each channel of a reference, the layer's channel that equals it, if they do.

    given, value, bound: (channels, points). None if a channel has none, or as it is in order.
    """
    count = len(given)
    few = slice(0, FIRST_POINTS)
    near = np.abs(given[:, None, few] - value[None, :, few]) <= bound[None, :, few]
    order = np.full(count, -1)
    taken = np.zeros(count, bool)
    for channel, other in np.argwhere(near.all(-1)):
        equal = np.abs(given[channel] - value[other]) <= bound[other]
        if order[channel] < 0 and not taken[other] and equal.all():
            order[channel], taken[other] = other, True
    return order if taken.all() and (order != np.arange(count)).any() else None
