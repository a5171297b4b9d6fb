"""A kernel that overlaps unevenly: the pattern behind a checkerboard.

What: the kernel is no multiple of the stride, so that some outputs are reached by more (input, tap)
pairs than their neighbours.

Why: with random weights, sums of more terms have a larger variance; images show a grid.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1}

Fix: a kernel that is a multiple of the stride, here 2 or 4; or upsample and convolve.
`--fix-hints` tells the nearest one that leaves the size and is cropped alike at both ends; where
there is none, as for an odd size with stride 2, one of the three has to give way, and you choose.

Source: Odena, Dumoulin & Olah 2016, Deconvolution and Checkerboard Artifacts
(doi 10.23915/distill.00003).
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject, Transposed
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.overlap import AxisOverlap


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each layer, about its first uneven axis."""
    for layer in subject.transposed:
        uneven = next((axis for axis in overlaps(layer) if not axis.is_even and axis.least), None)
        if uneven is not None:
            yield _finding(layer, uneven)._replace(fixes=subject.evened(layer))


def overlaps(layer: Transposed) -> Iterator[AxisOverlap]:
    """Its axes; what is counted in the interior does not depend on the input's size."""
    for axis in layer.reading.layer.axes:
        if isinstance(axis.crop_begin, int) and axis.stride > 0 and axis.dilation > 0:
            yield AxisOverlap(axis, 1)


def _finding(layer: Transposed, overlap: AxisOverlap) -> Diagnostic:
    axis, kernels = overlap.axis, overlap.even_kernels()
    return Diagnostic(
        RULE.code,
        RULE.severity,
        f"{layer.outcome.node.name}: kernel {axis.kernel} and stride {axis.stride} overlap"
        f" unevenly: {overlap.least} to {overlap.most} pairs reach an output",
        f"use kernel {' or '.join(map(str, kernels))}, and adapt the padding."
        if kernels
        else "use a dilation that shares no factor with the stride.",
        "doi 10.23915/distill.00003",
        layer.where,
    )


RULE = Rule("DCV201", Severity.WARNING, check=check)
