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

# Strides by which a kernel may grow or shrink: beyond, the fix changes more than the fault does.
MAX_STRIDES = 2
# Keys that may have to change, the fewest first; a key that is not written has its default.
_KEYS = (
    ("kernel", "dilation"),
    ("kernel", "dilation", "output_padding"),
    ("kernel", "dilation", "padding", "output_padding"),
)
_DEFAULTS: Mapping[str, int] = {"dilation": 1, "padding": 0, "output_padding": 0}


def propose_even_kernels(failure: Failure) -> Iterator[Edits]:
    """Propose kernels of whole strides, cropped alike at both ends, the nearest first.

    No size changes.
    """
    reading = read_transposed(failure.network, failure.outcome)
    assert reading is not None  # only transposed convolutions are uneven
    # Not strict: an axis may have fewer such kernels, and a proposal needs one for each.
    for axes in zip(*map(_even_axes, reading.layer.axes), strict=False):
        tried = (_settings(failure, axes, keys) for keys in _KEYS)
        # Dialects differ in what their keys crop, so the edited layer is read again: only edits
        # that give exactly these axes are proposed.
        found = next((edits for edits in tried if _read_axes(failure, edits) == axes), ())
        if found:
            yield found


def _even_axes(axis: Axis) -> list[Axis]:
    """Return the axis with kernels of whole strides, the nearest to its own kernel first."""
    # Where dilation and stride share a factor, no tap ever reaches some outputs.
    dilation = 1 if gcd(axis.stride, axis.dilation) > 1 else axis.dilation
    strides = axis.kernel // axis.stride
    near = range(max(1, strides - MAX_STRIDES), strides + MAX_STRIDES + 1)
    whole = [number * axis.stride for number in near]
    # Of two equally near kernels the larger one, which can hold every trained tap.
    kernels = sorted(whole, key=lambda kernel: (abs(kernel - axis.kernel), -kernel))
    others = (axis._replace(kernel=kernel, dilation=dilation) for kernel in kernels)
    return [cropped for other in others if (cropped := _crop_evenly(other, axis))]


def _crop_evenly(axis: Axis, before: Axis) -> Axis | None:
    """Return the axis with the size of `before`, half of the crop at each end."""
    crop = before.crop_begin + before.crop_end + axis.span - before.span
    if not isinstance(crop, int) or crop < 0 or crop % 2:
        return None
    return axis._replace(crop_begin=crop // 2, crop_end=crop // 2)


def _settings(failure: Failure, axes: Sequence[Axis], keys: Sequence[str]) -> Edits:
    """Return the parameters that have to change for these axes."""
    node = failure.outcome.node
    wanted: Mapping[str, list[Any]] = {
        "kernel": [axis.kernel for axis in axes],
        "dilation": [axis.dilation for axis in axes],
        "padding": [axis.crop_begin for axis in axes],
        "output_padding": [0 for _ in axes],
    }
    current = {**_DEFAULTS, **node.parameters}
    return tuple(
        [
            SetParameter(node.name, key, collapse(wanted[key]))
            for key in keys
            if compact(wanted[key]) != compact(current.get(key))
        ]
    )


def _read_axes(failure: Failure, edits: Edits) -> tuple[Axis, ...]:
    """Return the layer's axes with these edits; none where its framework refuses it."""
    changed = apply_edits(failure.network, edits)
    outcome = failure.outcome._replace(node=changed.node(failure.outcome.node.name))
    try:
        reading = read_transposed(changed, outcome)
    except DeconvError:
        return ()
    return reading.layer.axes if reading else ()
