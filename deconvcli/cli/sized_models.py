"""The open axes of model files, as `deconv sizes` shows those of configs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.checks.checking import ReadModel
from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Linear, Size
from deconvcli.models.model import OpenAxis
from deconvcli.networks.graph import AxisSizes


def find_model_axes(read: ReadModel, at: Sequence[Size] | None) -> list[AxisSizes]:
    """Return the sizes that work on each open axis of a model's inputs.

    at: sizes of the open axes after the first axis, which is the batch; one for all of them, or
    one for each.

    Raises:
        UsageError: the model leaves no size open, or `at` has another number of sizes.
    """
    if not read.model.open_axes:
        raise UsageError(
            f"{read.name}: all sizes of its inputs are numbers, and none is open",
            help="make them open with letters, such as --size NAME=1x3xHxW.",
            code="no-open-size",
        )
    return list(_place_sizes(read, read.model.open_axes, at))


def _place_sizes(
    read: ReadModel, axes: Sequence[OpenAxis], at: Sequence[Size] | None
) -> Iterator[AxisSizes]:
    """Yield each axis whose working sizes are known, with its size of `at` or else its letter."""
    spatial = [axis for axis in axes if axis.axis > 0]
    if at is not None and len(at) not in (1, len(spatial)):
        named = ", ".join(f"axis {axis.axis} of {axis.input}" for axis in spatial)
        raise UsageError(
            f"--at has {len(at)} sizes; {read.name} has {len(spatial)} open axes after the batch:"
            f" {named or 'none'}",
            help="give one size for all of them, or one for each.",
            code="rank",
        )
    each = at if at is None or len(at) > 1 else [*at] * len(spatial)
    sizes = {} if each is None else dict(zip(spatial, each, strict=True))
    for axis in axes:
        if axis.working is not None:
            given = sizes.get(axis, Linear(axis.letter))
            yield AxisSizes(axis.input, str(axis.axis), axis.working, None, given)


def explain_axes(read: ReadModel) -> Iterator[str]:
    """Yield what is not known about the sizes that work."""
    for axis in read.model.open_axes:
        place = f"{read.name}: {axis.letter}, axis {axis.axis} of {axis.input}"
        if axis.working is None:
            yield f"{place}: which sizes work is not known"
        elif not axis.is_certain:
            yield f"{place}: this holds as far as the sizes in the model are known"
