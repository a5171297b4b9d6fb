"""A layer that crops more at one end than at the other.

What: padding with output_padding, or `same` with an odd remainder, shifts the output by half an
element relative to the input. This is a note. It is a warning if one of the network's `targets`
has the layer's size and can only crop the other end.

Why: two frameworks may crop the extra element at different ends. The sizes agree, the values are
shifted by one pixel, and nothing fails.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 10, stride: 5, padding: 3, output_padding: 1}

Fix: use a kernel of whole strides for which kernel - stride is even, here 15 with padding 5 and no
output_padding. Where there is none, as for an odd size with stride 2, keep the layer, and compare
both ends when you port it. `--fix-hints` gives the nearest kernel, if there is one.

Source: measured; `deconv shape --dialect all` shows every framework's crop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from deconvcli.checks.rules._rule import Rule, Subject, TransposedLayer
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Cause, Diagnostic, Severity
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Axis
from deconvcli.layers.overlap import even_axes
from deconvcli.layers.text import crop_text


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each layer whose crops differ on an axis."""
    for layer in subject.transposed:
        crop = layer.reading.crop
        if all(begin == end for begin, end in crop):
            continue
        limits = {name: describe_limit(layer, name) for name in layer.targets}
        others = [f"{name} {limit}" for name, limit in limits.items() if limit]
        crops = f"crops {crop_text(crop)} (begin:end)"
        uneven = "more at one end than at the other"
        yield Diagnostic(
            RULE.code,
            Severity.WARNING if others else RULE.severity,
            f"{layer.outcome.node.name}: {'; '.join([f'{crops}, {uneven}', *others])}",
            _help(layer),
            where=layer.where,
            fixes=subject.find_even_kernels(layer),
            cause=crop_cause(layer),
            clause=f"{crops}, where {', and '.join(others)}" if others else f"{crops}, {uneven}",
        )


def _help(layer: TransposedLayer) -> str:
    for axis in (overlap.axis for overlap in layer.overlaps):
        crop = axis.crop_begin + axis.crop_end
        if axis.crop_begin != axis.crop_end:
            if crop >= 0 and crop % 2 == 0:
                return f"crop {crop // 2} at each end."
            even = next(even_axes(axis), None)
            if even is not None and even.crop_begin == even.crop_end:
                dilation = f" with dilation {even.dilation}" * (even.dilation != axis.dilation)
                return (
                    f"use kernel {even.kernel}{dilation}, and crop {even.crop_begin} at each end."
                )
    return (
        "keep it, or change the output size by one: no kernel that overlaps evenly has this size"
        " and equal crops."
    )


def crop_cause(layer: TransposedLayer) -> Cause:
    """Return what has to change for equal crops: the kernel, or the crop alone."""
    return layer.cause_in_kernel(lambda reading: all(a == b for a, b in reading.crop), "crop")


def describe_limit(layer: TransposedLayer, target: str) -> str:
    """Return what a target can crop of a layer, if it cannot express it for its crops alone."""
    own = layer.reading.layer.axes
    shares = [_share(own, 0, 1), _share(own, 1, 0)]
    if own == shares[0] == shares[1] or _is_expressible(layer, own, target):
        return ""
    for axes in shares:
        if _is_expressible(layer, axes, target):
            return f"can only crop {crop_text([(a.crop_begin, a.crop_end) for a in axes])}"
    equal = (_share(own, 0, 0), _share(own, 1, 1))
    has_equal = any(_is_expressible(layer, axes, target) for axes in equal)
    return "has no such crop" if has_equal else ""


def _share(axes: tuple[Axis, ...], begin: int, end: int) -> tuple[Axis, ...]:
    """Return the axes with half of the crop at each end, of which begin and end round up."""
    return tuple(
        [
            axis._replace(crop_begin=(crop + begin) // 2, crop_end=(crop + end) // 2)
            for axis in axes
            for crop in [axis.crop_begin + axis.crop_end]
        ]
    )


def _is_expressible(layer: TransposedLayer, axes: tuple[Axis, ...], target: str) -> bool:
    reading = layer.reading
    with suppress(DeconvError):
        respell(reading._replace(layer=reading.layer._replace(axes=axes)), target)
        return True
    return False


RULE = Rule("DCV203", Severity.NOTE, check=check)
