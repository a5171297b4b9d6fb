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
from deconvcli.conversion.plan import Plan, find_plan
from deconvcli.conversion.recipe import write_recipe
from deconvcli.layers.layer import Layer, Reading, require_numbers

MOST_MACS = 2 * 10**7
"""The largest layer that is computed as it is; larger ones are computed with fewer channels."""
MOST_GROUPS, MOST_CHANNELS = 3, 2
LARGEST = 3
_INPUT, _WEIGHT, _BIAS = range(3)


class Proof(NamedTuple):
    """What the comparison showed: how many outputs were compared, and how many are equal.

    channels: those of the layer that was computed, if it had fewer than the converted one.
    """

    elements: int
    equal: int
    channels: tuple[int, int] | None = None

    @property
    def holds(self) -> bool:
        """Whether all values are equal."""
        return self.equal == self.elements

    def __str__(self) -> str:
        count = format_count(self.elements, "value")
        text = f"{count} equal" if self.holds else f"{self.equal} of {count} equal"
        if self.channels is None:
            return text
        return f"{text}, with {self.channels[0]} and {self.channels[1]} channels"


def prove(plan: Plan, seed: int = 0) -> Proof | None:
    """Return how many values of the plan are the layer's, on small integers and with a bias.

    The layer is computed with fewer channels where it is large; None if it is too large even so.

    Raises:
        NotLinear: an input size is a symbol.
    """
    channels = None
    if plan.source.macs > MOST_MACS:
        plan = _shrink(plan)
        channels = plan.source.layer.in_channels, plan.source.layer.out_channels
        if plan.source.macs > MOST_MACS:
            return None
    source, layer = plan.source, plan.source.layer
    x = draw(tuple(require_numbers(source.input_shape)), seed, _INPUT)
    weight = draw(source.weight_shape, seed, _WEIGHT)
    bias = draw((layer.out_channels,), seed, _BIAS)
    data, taps = canonical_input(source, x), canonical_weight(source, weight)
    want = transposed_convolution(data, taps, bias, axes_of(source), layer.groups)
    found = compute_plan(plan, x, weight, bias)
    equal = int((found == want).sum()) if found.shape == want.shape else 0
    return Proof(int(want.size), equal, channels)


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


def _shrink(plan: Plan) -> Plan:
    """Return the same plan for a layer with few channels and one image."""
    layer = plan.source.layer
    groups = min(layer.groups, MOST_GROUPS)
    into = groups * min(layer.in_channels // layer.groups, MOST_CHANNELS + 1)
    out = groups * min(layer.out_channels // layer.groups, MOST_CHANNELS)
    grouping = plan.grouping
    if grouping.parts > 1:
        grouping = grouping._replace(parts=groups)
    source = _replace(
        plan.source, layer._replace(in_channels=into, out_channels=out, groups=groups)
    )
    if plan.folded is not None:
        return find_plan(source, plan.target.spelling.name)
    own = plan.target.layer
    inner = (into // groups, out // groups) if grouping.parts > 1 else (into, out)
    own_groups = groups if own.groups > 1 else 1
    target = _replace(
        plan.target,
        own._replace(in_channels=inner[0], out_channels=inner[1], groups=own_groups),
    )
    recipe = write_recipe(source, target, grouping, plan.stuffing, plan.lifted)
    return plan._replace(source=source, target=target, recipe=recipe, grouping=grouping)


def _replace(reading: Reading, layer: Layer) -> Reading:
    one = (1,) * len(reading.sizes.batch)
    sizes = reading.sizes._replace(batch=one, channels=layer.in_channels, weight=None)
    return reading._replace(layer=layer, sizes=sizes)
