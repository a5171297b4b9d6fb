"""The weights that a layer starts from: bilinear, nearest or ones, and where they interpolate.

A kernel is the product of its axes. It stands on the diagonal of the channels, so that each output
channel is made of one input channel.

Source: the bilinear upsampling of Long, Shelhamer & Darrell 2015 (arXiv 1411.4038), section 3.3,
whose taps are 1 - |j - center| / factor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from deconvcli.common.errors import OutOfMemory, UsageError
from deconvcli.common.memory import available_bytes, format_bytes
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import AXIS_NAMES
from deconvcli.compute.runner import Array, refuse_without_values
from deconvcli.compute.runner.canonical import weight_letters
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, require_numbers

KINDS = ("bilinear", "nearest", "ones")
DTYPES = ("float32", "float64", "float16")


class AxisTaps(NamedTuple):
    """The taps of one axis, and what they compute.

    sums: of the taps on each output of a stride, in the order of the outputs, without those that no
    tap reaches; gaps is the number of these. before, after: the outputs at the start and at the
    end that lack an input beyond the edge. shift: the outputs by which the result is moved towards
    the end from interpolation with half-pixel centers; None if it is no interpolation.
    """

    axis: Axis
    taps: Array
    sums: tuple[float, ...]
    gaps: int
    before: int
    after: int
    shift: float | None


class InitialWeights(NamedTuple):
    """Weights in the layout and orientation of the layer's dialect.

    axes: the taps of each. sentences: where the result equals interpolation, and what the channels
    do. code: the lines of NumPy that make the same array.
    """

    array: Array
    axes: tuple[AxisTaps, ...]
    sentences: tuple[str, ...]
    code: tuple[str, ...]


def make_weights(
    reading: Reading, kind: str, *, normalize: bool = False, dtype: str = "float32"
) -> InitialWeights:
    """Return the weights of this kind for a layer.

    normalize: whether the taps on every output away from the edges are divided by their sum.

    Raises:
        UsageError: the kind or dtype is unknown, or an output that is to be normalized has no tap.
        Refused: the layer has no values.
        NotLinear: a crop is a symbol.
        OutOfMemory: the array does not fit.
    """
    for name, value, known in (("weights", kind, KINDS), ("dtype", dtype, DTYPES)):
        if value not in known:
            raise UsageError(f"{name} {value!r} are not known", help=suggestion(str(value), known))
    refuse_without_values(reading)
    # The product in float64 and its copy; the places, phases and taps of each axis.
    needed = 16 * reading.layer.weight_count + 64 * sum(reading.layer.kernel)
    available = available_bytes()
    if needed > available:
        raise OutOfMemory(
            f"these weights need {format_bytes(needed)}; {format_bytes(available)} are available",
            help="use a smaller kernel or fewer channels.",
        )
    axes = tuple(_find_taps(axis, kind, normalize) for axis in reading.layer.axes)
    taps = [axis.taps[::-1] if reading.flipped else axis.taps for axis in axes]
    layer, subscripts = reading.layer, _write_subscripts(reading)
    into, out = _group_channels(layer)
    # A single input channel goes to all outputs, as in a depthwise layer with a multiplier.
    channels = np.ones((1, out)) if into == 1 else np.eye(into, out)
    groups = [np.ones(layer.groups)] if "g" in subscripts else []
    product = np.einsum(subscripts, *groups, channels, *taps)
    sentences = (*_describe(axes, kind, layer.circular), *_describe_channels(layer))
    return InitialWeights(
        product.reshape(reading.weight_shape).astype(dtype),
        axes,
        sentences,
        _write_code(reading, kind, dtype, subscripts, normalize=normalize),
    )


def _group_channels(layer: Layer) -> tuple[int, int]:
    """Return the input and output channels of one group."""
    return layer.in_channels // layer.groups, layer.out_channels // layer.groups


def _find_taps(axis: Axis, kind: str, normalize: bool) -> AxisTaps:
    crop_begin, crop_end = require_numbers((axis.crop_begin, axis.crop_end))
    kernel, stride, dilation = axis.kernel, axis.stride, axis.dilation
    # Integers without a limit where those of the machine are too short.
    is_long = kernel * dilation + abs(crop_begin) + stride >= 2**63
    places = np.arange(kernel, dtype=object if is_long else np.int64) * dilation - crop_begin
    taps = np.ones(kernel)
    if kind == "bilinear":
        factor = (kernel + 1) // 2
        taps -= abs(np.arange(kernel) - (kernel - 1) / 2) / factor
    elif kind == "nearest":
        # Output o of an input i is on its place if 0 <= o - i*stride < stride.
        taps = (places // stride == 0).astype(float)
    phase_of = np.unique(places % stride, return_inverse=True)[1].reshape(-1)
    sums: Array = np.bincount(phase_of, taps)
    gaps = stride - int(np.count_nonzero(sums))
    if normalize:
        if gaps:
            raise UsageError(
                f"there is no sum to normalize: {gaps} of every {stride} outputs have no tap",
                help=f"use kernel {stride}, dilation 1 and no crop."
                if kind == "nearest"
                else f"use a kernel of at least the stride {stride}, and a dilation without a"
                " common factor with it.",
            )
        taps, sums = taps / sums[phase_of], np.ones(len(sums))
    is_dense = dilation == 1 or kernel == 1
    shift = None
    if kind == "bilinear" and is_dense and (kernel + 1) // 2 == stride:
        shift = (kernel - stride) / 2 - crop_begin
    elif kind == "ones" and is_dense and kernel == stride:
        shift = float(-crop_begin)
    elif kind == "nearest" and not gaps:
        shift = 0.0
    used = np.flatnonzero(taps)
    first, last = (int(used[0]), int(used[-1])) if used.size else (0, 0)
    return AxisTaps(
        axis,
        taps,
        tuple(sums[sums > 0].tolist()),
        gaps,
        max(0, dilation * last + 1 - stride - crop_begin),
        max(0, dilation * (kernel - 1 - first) + 1 - stride - crop_end),
        shift,
    )


def _describe(axes: tuple[AxisTaps, ...], kind: str, circular: bool) -> list[str]:
    """Return the sentences on where the result equals interpolation, or why it does not."""
    rank = len(axes)
    linear = ("linear", "bilinear", "trilinear")[rank - 1]
    name = linear if kind == "bilinear" else "nearest"
    factors = [str(one.axis.stride) for one in axes]
    by = factors[0] if len(set(factors)) == 1 else "x".join(factors)
    centers = " with half-pixel centers (align_corners=False)" if kind == "bilinear" else ""
    equal = f"{name} interpolation by {by}{centers}"
    reasons = [_find_fault(axis, kind) for axis in axes]
    if any(reasons):
        by_axis = zip(AXIS_NAMES[rank], reasons, strict=True)
        alike = len(set(reasons)) == 1
        faults = [reasons[0]] if alike else [f"{on}: {why}" for on, why in by_axis if why]
        return [f"not {equal}: {'; '.join(faults)}"]
    edges = [(one.before, one.after) for one in axes]
    if not any(map(any, edges)):
        return [f"every output equals {equal}"]
    on = list(AXIS_NAMES[rank])
    if len(set(edges)) == 1:
        edges, on = edges[:1], ["each axis" if rank > 1 else on[0]]
    rows = [
        f"{_rows_text(*edge)} of {name}" for edge, name in zip(edges, on, strict=True) if any(edge)
    ]
    beyond = "the opposite end" if circular else "zero"
    return [
        f"the interior equals {equal}",
        f"not so {', '.join(rows)}: the input beyond the edge is"
        f" {beyond} there, and interpolation repeats the edge",
    ]


def _rows_text(before: int, after: int) -> str:
    """Return so many outputs at the start and at the end as text."""
    sides = [
        f"the {side}" if count == 1 else f"the {side} {count}"
        for side, count in (("first", before), ("last", after))
        if count
    ]
    plural = "s" if max(before, after) > 1 else ""
    return f"{' and '.join(sides)} output{plural}"


def _find_fault(one: AxisTaps, kind: str) -> str:
    """Return why one axis does not interpolate, and which would; nothing if it does."""
    stride, sums = one.axis.stride, one.sums
    if one.shift == 0:
        return ""
    if kind == "bilinear":
        kernel = 2 * stride - stride % 2
        crop = (kernel - stride) // 2
        better = f" (kernel {kernel} cropped by {crop} at both ends is)"
    else:
        better = f" (kernel {stride} without a crop is)"
    if one.shift is not None:
        corner = stride - 1
        crops = one.axis.crop_begin, one.axis.crop_end
        if kind == "bilinear" and one.axis.kernel % 2 and crops == (corner, corner):
            return f"every output equals it with align_corners=True{better}"
        side = "end" if one.shift > 0 else "start"
        elements = "output" if abs(one.shift) == 1 else "outputs"
        return f"the result is shifted by {abs(one.shift):g} {elements} towards the {side}{better}"
    if one.gaps:
        return f"{one.gaps} of every {stride} outputs have no tap{better}"
    least, most = min(sums), max(sums)
    if not np.isclose(least, most):
        return f"the taps on one output sum to {least:.4g} up to {most:.4g}{better}"
    if not np.isclose(most, 1):
        return f"the taps on every output sum to {most:.4g}{better}"
    return f"each output is a mean of other inputs than interpolation takes{better}"


def _describe_channels(layer: Layer) -> list[str]:
    """Return the sentence on channels that are not as many as those of the other side."""
    into, out = _group_channels(layer)
    of = " of each group" if layer.groups > 1 else ""
    if into == out or into == 1:
        return [f"the input channel{of} goes to all {out} outputs"] if into < out else []
    side, fewer, more = ("input", out, into) if into > out else ("output", into, out)
    other = "output" if into > out else "input"
    extra = (
        f"channel {fewer}{of} has"
        if more - fewer == 1
        else f"channels {fewer} to {more - 1}{of} have"
    )
    return [f"{side} {extra} no {other} of the same number: zero weights"]


def _write_subscripts(reading: Reading) -> str:
    """Return the product of groups, channels and axes for einsum, in the order of the layout."""
    letters = {"G": "g", "I": "i", "O": "o", "0": "a", "1": "b", "2": "c"}
    order = "".join(letters[letter] for letter, _ in weight_letters(reading))
    factors = f"io,{','.join('abc'[: len(reading.layer.axes)])}"
    if reading.layer.groups == 1 and "G" not in reading.weight_layout.axes:
        return f"{factors}->{order.replace('g', '')}"
    return f"g,{factors}->{order}"


def _write_code(
    reading: Reading, kind: str, dtype: str, subscripts: str, *, normalize: bool
) -> tuple[str, ...]:
    """Return lines of NumPy that make the same array."""
    made = [_write_taps(axis, kind, normalize, reading.flipped) for axis in reading.layer.axes]
    names = {taps: f"t{place}" for place, taps in enumerate(dict.fromkeys(made))}
    lines = [line.replace("TAPS", name) for taps, name in names.items() for line in taps]
    taps = ", ".join(names[one] for one in made)
    layer = reading.layer
    into, out = _group_channels(layer)
    channels = f"np.eye({into}, {out})" if into != out else f"np.eye({into})"
    if into == 1:
        channels = f"np.ones((1, {out}))"
    groups = f"np.ones({layer.groups}), " if "g" in subscripts else ""
    product = f'np.einsum("{subscripts}", {groups}{channels}, {taps})'
    # Without groups each axis of the layout is a letter of its own.
    shape = f".reshape({reading.weight_shape})" if groups else ""
    return ("import numpy as np", *lines, f'w = {product}{shape}.astype("{dtype}")')


def _write_taps(axis: Axis, kind: str, normalize: bool, flipped: bool) -> tuple[str, ...]:
    """Return the lines that make the taps of one axis, which is called TAPS there."""
    kernel, stride = axis.kernel, axis.stride
    place = f"np.arange({kernel})" + (f" * {axis.dilation}" if axis.dilation != 1 else "")
    made = {
        "bilinear": f"1 - abs(np.arange({kernel}) - {(kernel - 1) / 2}) / {(kernel + 1) // 2}",
        "nearest": f"1.0 * (({place} - {axis.crop_begin}) // {stride} == 0)",
        "ones": f"np.ones({kernel})",
    }
    lines = [f"TAPS = {made[kind]}"]
    if normalize:
        lines += [f"p = {place} % {stride}", "TAPS = TAPS / ((p[:, None] == p) @ TAPS)"]
    # Only those of nearest may not be symmetric.
    return (*lines, "TAPS = TAPS[::-1]") if flipped and kind == "nearest" else tuple(lines)
