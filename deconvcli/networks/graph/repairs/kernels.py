"""Another kernel for a transposed convolution that overlaps, or is cropped, unevenly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.common.values import compact
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.overlap import even_axes
from deconvcli.layers.text import crop_text, size_text
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.repairs._proof import Edits, Failure, Fix
from deconvcli.networks.graph.repairs.layers import collapse, read_transposed

# Kernels tried on one axis; three axes have all their combinations.
MAX_CHOICES = 4
# Keys that may have to change, the fewest first; a key that is not written has its default.
_KEYS = (
    ("kernel", "dilation"),
    ("kernel", "dilation", "output_padding"),
    ("kernel", "dilation", "padding", "output_padding"),
)
_DEFAULTS: Mapping[str, int] = {"dilation": 1, "padding": 0, "output_padding": 0}


def propose_even_kernels(failure: Failure) -> Iterator[Edits]:
    """Propose kernels of whole strides: those that are cropped equally at both ends, then others.

    No size changes.
    """
    reading = read_transposed(failure.network, failure.outcome)
    assert reading is not None  # only transposed convolutions are uneven
    choices = [enumerate(islice(even_axes(axis), MAX_CHOICES)) for axis in reading.layer.axes]
    for ranked in sorted(product(*choices), key=_order):
        axes = tuple([axis for _, axis in ranked])
        tried = (_settings(failure, axes, keys) for keys in _KEYS)
        # Dialects differ in what their keys crop, so the edited layer is read again: only edits
        # that give exactly these axes are proposed.
        found = next((edits for edits in tried if _read_axes(failure, edits) == axes), ())
        if found:
            yield found


def _order(ranked: Sequence[tuple[int, Axis]]) -> tuple[int, int, int]:
    """Return the order of the choices of all axes: equal crops, near kernels, the same on each."""
    ranks = [rank for rank, _ in ranked]
    unequal = sum(axis.crop_begin != axis.crop_end for _, axis in ranked)
    return unequal, max(ranks), -min(ranks)


def _settings(failure: Failure, axes: Sequence[Axis], keys: Sequence[str]) -> Edits:
    """Return the parameters that have to change for these axes."""
    node = failure.outcome.node
    wanted: Mapping[str, list[Any]] = {
        "kernel": [axis.kernel for axis in axes],
        "dilation": [axis.dilation for axis in axes],
        "padding": [axis.crop_begin for axis in axes],
        "output_padding": require_numbers(axis.crop_begin - axis.crop_end for axis in axes),
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


def describe_weights(failure: Failure, fix: Fix) -> str:
    """Return what becomes of the layer's trained weights, in words."""
    name = failure.outcome.node.name
    before = read_transposed(failure.network, failure.outcome)
    changed = failure.outcome._replace(node=fix.network.node(name))
    after = read_transposed(fix.network, changed)
    assert before is not None
    assert after is not None
    become = f"the weights of {name} become {size_text(after.layer.kernel)}"
    pairs = zip(before.layer.axes, after.layer.axes, strict=True)
    padded = [_pad_taps(old, new) for old, new in pairs]
    if None in padded:
        return f"{become} and must be trained again"
    # Where the taps are stored in reverse order, so are the ends.
    ends = [pads[::-1] if after.flipped else pads for pads in padded if pads is not None]
    return (
        f"{become}; padded with zeros {crop_text(ends)} (begin:end), trained ones give the same"
        " values"
    )


def _pad_taps(before: Axis, after: Axis) -> tuple[int, int] | None:
    """Return the zeros before and after the taps with which an axis gives the values of another."""
    # Output o is the sum over i*s + j*d = o + crop_begin, so a larger crop needs later taps.
    [moved] = require_numbers([after.crop_begin - before.crop_begin])
    first, remainder = divmod(moved, after.dilation)
    last = after.kernel - before.kernel - first
    has_place = first >= 0 and last >= 0 and not remainder
    # The dilation of one tap is of no consequence.
    same_taps = before.dilation == after.dilation or before.kernel == 1
    return (first, last) if has_place and same_taps else None
