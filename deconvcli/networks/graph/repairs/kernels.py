"""Another kernel for a transposed convolution that overlaps, or is cropped, unevenly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.common.values import compact
from deconvcli.layers.axis import Axis
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.layers import collapse, read_transposed

# Strides by which a kernel may grow or shrink: more changes the layer more than the pattern does.
MAX_STRIDES = 2
# What may have to be said anew, the fewest keys first; what is left out stands at its default.
_KEYS = (
    ("kernel", "dilation"),
    ("kernel", "dilation", "output_padding"),
    ("kernel", "dilation", "padding", "output_padding"),
)
_DEFAULTS: Mapping[str, int] = {"dilation": 1, "padding": 0, "output_padding": 0}


def propose_even_kernels(failure: Failure) -> Iterator[Edits]:
    """Kernels of whole strides cropped alike at both ends, the nearest first; no size changes."""
    reading = read_transposed(failure.network, failure.outcome)
    if reading is None:
        return
    for axes in zip(*map(_even_axes, reading.layer.axes), strict=False):
        tried = (_settings(failure, axes, keys) for keys in _KEYS)
        found = next((edits for edits in tried if _read_axes(failure, edits) == axes), ())
        if found:
            yield found


def _even_axes(axis: Axis) -> list[Axis]:
    """The axis with kernels of whole strides; first as it is, if nothing about it is uneven."""
    # Where dilation and stride share a factor, no tap ever reaches some outputs.
    dilation = 1 if gcd(axis.stride, axis.dilation) > 1 else axis.dilation
    strides = axis.kernel // axis.stride
    near = range(max(1, strides - MAX_STRIDES), strides + MAX_STRIDES + 1)
    whole = [number * axis.stride for number in near]
    kernels = sorted(whole, key=lambda kernel: (abs(kernel - axis.kernel), -kernel))
    others = (axis._replace(kernel=kernel, dilation=dilation) for kernel in kernels)
    return [cropped for other in others if (cropped := _cropped_alike(other, axis))]


def _cropped_alike(axis: Axis, before: Axis) -> Axis | None:
    """With half of the crop at each end that leaves the size as it was before."""
    crop = before.crop_begin + before.crop_end + axis.span - before.span
    if not isinstance(crop, int) or crop < 0 or crop % 2:
        return None
    return axis._replace(crop_begin=crop // 2, crop_end=crop // 2)


def _settings(failure: Failure, axes: Sequence[Axis], keys: Sequence[str]) -> Edits:
    """What has to be said otherwise for these axes."""
    node = failure.outcome.node
    wanted: Mapping[str, list[Any]] = {
        "kernel": [axis.kernel for axis in axes],
        "dilation": [axis.dilation for axis in axes],
        "padding": [axis.crop_begin for axis in axes],
        "output_padding": [0 for _ in axes],
    }
    said = {**_DEFAULTS, **node.parameters}
    return tuple(
        [
            SetParameter(node.name, key, collapse(wanted[key]))
            for key in keys
            if compact(wanted[key]) != compact(said.get(key))
        ]
    )


def _read_axes(failure: Failure, edits: Edits) -> tuple[Axis, ...]:
    """The layer's axes with these edits; none where its framework refuses it."""
    changed = apply_edits(failure.network, edits)
    outcome = failure.outcome._replace(node=changed.node(failure.outcome.node.name))
    try:
        reading = read_transposed(changed, outcome)
    except DeconvError:
        return ()
    return reading.layer.axes if reading else ()
