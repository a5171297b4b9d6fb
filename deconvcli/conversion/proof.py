"""Both sides of a conversion computed on small integers, and compared exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from deconvcli.common.values import format_count
from deconvcli.compute.kernels.scatter import transposed_convolution
from deconvcli.compute.runner import (
    Array,
    axes_of,
    canonical_input,
    canonical_weight,
    own_input,
    plain_input,
    random_array,
)
from deconvcli.conversion.equivalent import Equivalent
from deconvcli.conversion.equivalents import find_equivalent
from deconvcli.conversion.equivalents.resize import make_kernels
from deconvcli.conversion.plan import MOST_PARTS, Plan, find_plan
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import size_text

MOST_MACS = 2 * 10**7
"""The largest layer that is computed as it is; larger ones are computed with fewer channels."""
MOST_GROUPS, MOST_CHANNELS, MOST_SPATIAL = 3, 2, 32
LETTERS = 9
"""What a letter stands for."""
LARGEST = 3
_INPUT, _WEIGHT, _BIAS = range(3)


class Proof(NamedTuple):
    """What the comparison showed: how many outputs were compared, and how many are equal.

    channels, spatial: those of the layer that was computed, if it was smaller than the converted
    one, or if that has letters for sizes.
    """

    elements: int
    equal: int
    channels: tuple[int, int] | None = None
    spatial: tuple[int, ...] | None = None

    @property
    def holds(self) -> bool:
        """Whether all values are equal."""
        return self.equal == self.elements

    def __str__(self) -> str:
        count = format_count(self.elements, "value")
        text = f"{count} equal" if self.holds else f"{self.equal} of {count} equal"
        if self.channels is not None:
            text += f", with {self.channels[0]} and {self.channels[1]} channels"
        return text if self.spatial is None else f"{text}, for {size_text(self.spatial)}"


class Trial(NamedTuple):
    """The layer that is computed in place of a converted one, and small integers for it.

    x, weight: in the source's layouts. channels, spatial: as in `Proof`.
    """

    source: Reading
    x: Array
    weight: Array
    bias: Array
    channels: tuple[int, int] | None = None
    spatial: tuple[int, ...] | None = None

    def compute(self) -> Array:
        """Return what the layer makes of the arrays, as (N, Cout, *out)."""
        data, taps = (
            canonical_input(self.source, self.x),
            canonical_weight(self.source, self.weight),
        )
        groups = self.source.layer.groups
        return transposed_convolution(data, taps, self.bias, axes_of(self.source), groups)

    def compare(self, found: Array, expected: Array) -> Proof:
        """Return how many of the values that were found are those that are expected."""
        equal = int((found == expected).sum()) if found.shape == expected.shape else 0
        return Proof(int(expected.size), equal, self.channels, self.spatial)


def prove(plan: Plan, seed: int = 0) -> Proof:
    """Return how many values of the plan are the layer's, on small integers and with a bias.

    Raises:
        NotLinear: the crop depends on a size that is a letter.
    """
    trial, small = try_plan(plan, seed)
    found = compute_plan(small, trial.x, trial.weight, trial.bias)
    return trial.compare(found, trial.compute())


def prove_equivalent(equivalent: Equivalent, seed: int = 0) -> Proof:
    """Return how many values of other operations are the layer's, as `prove` does.

    Raises:
        NotLinear: the crop depends on a size that is a letter.
    """
    trial = _make_trial(equivalent.source, MOST_GROUPS, seed)
    small = find_equivalent(trial.source, equivalent.name, equivalent.way)
    if small.steps.kernel is not None:
        kernels = make_kernels(trial.source, small.steps.kernel, trial.weight)
        trial = trial._replace(weight=kernels)
    found = small.compute(plain_input(trial.source, trial.x), trial.weight, trial.bias)
    return trial.compare(found, trial.compute())


def try_plan(plan: Plan, seed: int = 0) -> tuple[Trial, Plan]:
    """Return the layer that is computed in place of a plan's, and the plan of that layer.

    Raises:
        NotLinear: the crop depends on a size that is a letter.
    """
    # More groups than become layers side by side become one kernel here too.
    most = MOST_PARTS + 1 if plan.grouping.is_block else MOST_GROUPS
    trial = _make_trial(plan.source, most, seed)
    if trial.source is plan.source:
        return trial, plan
    return trial, find_plan(trial.source, plan.target.spelling.name)


def _make_trial(source: Reading, most_groups: int, seed: int) -> Trial:
    """Return a layer of the same kind with its arrays: the layer itself, if that is not too large.

    A large layer is computed with fewer channels, or on a smaller input; one whose sizes are
    letters on a small one.

    Raises:
        NotLinear: the crop depends on a size that is a letter.
    """
    channels = spatial = None
    if any(isinstance(size, Linear) for size in source.spatial):
        source = _take_sizes(source, LETTERS)
        spatial = source.spatial
    if source.macs > MOST_MACS:
        small = _take_channels(source, most_groups)
        if small.layer != source.layer:
            channels = small.layer.in_channels, small.layer.out_channels
        source = small
    if source.macs > MOST_MACS:
        source = _take_sizes(source, MOST_SPATIAL)
        spatial = source.spatial
    return Trial(
        source,
        draw(tuple(require_numbers(source.input_shape)), seed, _INPUT),
        draw(source.weight_shape, seed, _WEIGHT),
        draw((source.layer.out_channels,), seed, _BIAS),
        channels,
        None if spatial is None else tuple(require_numbers(spatial)),
    )


def draw(shape: tuple[int, ...], seed: int, stream: int) -> Array:
    """Return integers from -3 to 3, none of them zero, so that every tap and input counts."""
    whole: Array = np.floor(random_array(shape, "float64", seed, stream) * LARGEST).astype("int64")
    whole[whole >= 0] += 1
    return whole


def compute_plan(plan: Plan, x: Array, weight: Array, bias: Array) -> Array:
    """Return what the plan makes of a source's arrays, step by step, as (N, Cout, *out)."""
    target, parts = plan.target, plan.grouping.parts
    data = np.pad(plain_input(plan.source, x), [(0, 0), (0, 0), *plan.repeats], mode="wrap")
    if plan.folded is not None:
        data = data.reshape(len(data), data.shape[1] * data.shape[2], *data.shape[3:])
    data = data.reshape(*data.shape[:2], *[1] * plan.lifted, *data.shape[2:])
    made = plan.recipe.apply(weight)
    outputs = []
    for part, own in zip(np.split(data, parts, 1), made if parts > 1 else [made], strict=True):
        given = canonical_input(target, own_input(target, part))
        taps = canonical_weight(target, own)
        outputs.append(
            transposed_convolution(given, taps, None, axes_of(target), target.layer.groups)
        )
    y = np.concatenate(outputs, axis=1)
    y = y.reshape(*y.shape[:2], *y.shape[2 + plan.lifted :])
    cuts = zip(plan.cuts, y.shape[2:], strict=True)
    y = y[(slice(None), slice(None), *[slice(begin, n - end) for (begin, end), n in cuts])]
    y = np.pad(y, [(0, 0), (0, 0), *plan.zeros])
    if plan.folded is not None:
        y = y.reshape(len(y), len(bias), plan.folded[1], *y.shape[2:])
    return y + bias.reshape(-1, *[1] * plan.rank)


def _take_channels(source: Reading, most_groups: int) -> Reading:
    """Return the same layer with few channels and one image."""
    layer = source.layer
    groups = min(layer.groups, most_groups)
    small = layer._replace(
        in_channels=groups * min(layer.in_channels // layer.groups, MOST_CHANNELS + 1),
        out_channels=groups * min(layer.out_channels // layer.groups, MOST_CHANNELS),
        groups=groups,
    )
    sizes = source.sizes._replace(
        batch=(1,) * len(source.sizes.batch), channels=small.in_channels, weight=None
    )
    return source._replace(layer=small, sizes=sizes)


def _take_sizes(source: Reading, most: int) -> Reading:
    """Return the same layer for an input of at most so many elements an axis."""
    spatial = [most if isinstance(n, Linear) else min(n, most) for n in source.spatial]
    return source._replace(sizes=source.sizes._replace(spatial=tuple(spatial)))
