"""A layer that crops more at one end than at the other.

What: padding and output_padding, or `same` with an odd remainder, shift the output by half an
element against its input.

Why: two frameworks put the extra element at different ends: the same sizes, the values shifted by
one pixel. Nothing fails.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1, output_padding: 1}

Fix: a kernel for which kernel - stride is even, here 4 with padding 1 and no output_padding; or
keep it, and look at both ends when you port the layer. `--fix-hints` tells the nearest kernel that
overlaps evenly, leaves the size and is cropped alike at both ends, if there is one.

Source: measured, `deconv shape --dialect all` shows every framework's crop.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.text import crop_text


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each layer whose crops differ on an axis."""
    for layer in subject.transposed:
        crop = layer.reading.crop
        if any(begin != end for begin, end in crop):
            yield Diagnostic(
                RULE.code,
                RULE.severity,
                f"{layer.outcome.node.name}: it crops {crop_text(crop)} (begin:end), more at one"
                " end than at the other",
                "use a kernel for which kernel - stride is even, and crop both ends alike.",
                where=layer.where,
                fixes=subject.evened(layer),
            )


RULE = Rule("DCV203", Severity.WARNING, check=check)
