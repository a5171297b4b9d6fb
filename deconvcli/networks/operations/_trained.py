"""The numbers that layers without weights train: scales, shifts, slopes."""

from __future__ import annotations

from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Shape

# Keras counts the numbers that a layer stores, trained or not; the others those that it trains.
KERAS = ("keras", "keras2")


def counts_as_keras(dialect: str) -> bool:
    """Whether a layer of this dialect is counted as Keras counts it."""
    return dialect.partition("@")[0] in KERAS


DATA_FORMAT = Key(
    "data_format",
    KeyForm.WORD,
    None,
    "the order of the axes that are counted; default: that of the framework",
    choices=("channels_last", "channels_first"),
)


def split_axes(
    given: Shape, axes: Any, name: str, data_format: str | None = None
) -> tuple[list[Size], list[Size]]:
    """Return the sizes on these axes, and those on the others.

    axes: a list in Keras' numbers, for which the batch is 0. data_format: the order of the axes, in
    which the channels are last unless it is channels_first.

    Raises:
        UsageError: the input has no such axis.
    """
    is_first = data_format == "channels_first"
    sizes = [*given.sizes] if is_first else [*given.spatial, given.channels]
    rank = len(sizes)
    listed = list(axes) if isinstance(axes, (list, tuple)) else [axes]
    # Type, not isinstance: True is no axis. 0 is the batch, which the places do not count.
    is_known = all(type(axis) is int and axis != 0 and -rank <= axis <= rank for axis in listed)
    if not is_known:
        raise UsageError(
            f"{name} is {shorten(axes)}, and the input has {rank} axes after its batch",
            help=f"use 1 to {rank}, or -1 for the last.",
            code="bad-value",
        )
    chosen = {(axis - 1 if axis > 0 else axis) % rank for axis in listed}
    on = [size for place, size in enumerate(sizes) if place in chosen]
    return on, [size for place, size in enumerate(sizes) if place not in chosen]
