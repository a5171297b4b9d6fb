"""A kernel that leaves gaps: outputs that no input reaches.

What: the kernel is shorter than the stride, or its dilated taps miss some outputs. These outputs
contain only the bias.

Why: a regular grid of constant elements is rarely intended.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 1, stride: 2}

Fix: use the stride as the kernel, or a multiple of it. `--fix-hints` gives the nearest one that
keeps the size, with equal crops at both ends if there is one.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import KERNEL, Rule, Subject
from deconvcli.common.findings import Diagnostic, Severity


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for the first axis with gaps of each layer."""
    for layer in subject.transposed:
        empty = next((overlap for overlap in layer.overlaps if not overlap.least), None)
        if empty is not None:
            axis = empty.axis
            yield Diagnostic(
                RULE.code,
                RULE.severity,
                f"{layer.outcome.node.name}: kernel {axis.kernel} with stride {axis.stride} and"
                f" dilation {axis.dilation} leaves {empty.gaps} of every"
                f" {axis.stride} outputs with only the bias",
                f"use kernel {axis.stride} or a multiple of it, and a dilation that shares no"
                " factor with the stride.",
                where=layer.where,
                fixes=subject.find_even_kernels(layer),
                cause=layer.cause(KERNEL),
            )


RULE = Rule("DCV202", Severity.WARNING, check=check)
