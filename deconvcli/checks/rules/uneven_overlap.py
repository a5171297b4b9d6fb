"""A kernel that overlaps unevenly, the pattern that causes checkerboards.

What: the kernel is not a multiple of the stride, so some outputs are reached by more (input, tap)
pairs than their neighbours.

Why: with random weights, sums of more terms have a larger variance, and images show a grid.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1}

Fix: use a kernel that is a multiple of the stride, here 2 or 4, or upsample and convolve.
`--fix-hints` gives the nearest kernel that keeps the size: one that crops both ends equally, or, as
for this odd size with stride 2, one that crops one element more at one end.

Source: Odena, Dumoulin & Olah 2016, Deconvolution and Checkerboard Artifacts
(doi 10.23915/distill.00003).
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import KERNEL, Rule, Subject, TransposedLayer
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.overlap import AxisOverlap


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for the first uneven axis of each layer."""
    for layer in subject.transposed:
        # An axis that some outputs miss altogether belongs to the rule `gaps`.
        uneven = next((axis for axis in layer.overlaps if not axis.is_even and axis.least), None)
        if uneven is not None:
            yield _finding(layer, uneven)._replace(fixes=subject.find_even_kernels(layer))


def _finding(layer: TransposedLayer, overlap: AxisOverlap) -> Diagnostic:
    axis, kernels = overlap.axis, overlap.even_kernels()
    return Diagnostic(
        RULE.code,
        RULE.severity,
        f"{layer.outcome.node.name}: kernel {axis.kernel} with stride {axis.stride} overlaps"
        f" unevenly: {overlap.least} to {overlap.most} (input, tap) pairs reach each output",
        f"use kernel {' or '.join(map(str, kernels))} and adjust the padding; the weights change"
        " shape."
        if kernels
        else "use a dilation that shares no factor with the stride.",
        "doi 10.23915/distill.00003",
        layer.where,
        cause=layer.cause(KERNEL),
    )


# Most kernels of published models are of this kind, and their authors know it.
RULE = Rule("DCV201", Severity.WARNING, check=check, quiet=True)
