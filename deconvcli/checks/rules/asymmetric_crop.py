"""A layer that crops more at one end than at the other.

What: padding with output_padding, or `same` with an odd remainder, shifts the output by half an
element relative to the input.

Why: two frameworks may crop the extra element at different ends. The sizes agree, the values are
shifted by one pixel, and nothing fails.

Example:
    - {op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1, output_padding: 1}

Fix: use a kernel for which kernel - stride is even, here 4 with padding 1 and no output_padding. Or
keep the layer, and compare both ends when you port it. `--fix-hints` gives the nearest kernel that
overlaps evenly, keeps the size and crops both ends equally, if there is one.

Source: measured; `deconv shape --dialect all` shows every framework's crop.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.text import crop_text


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each layer whose crops differ on an axis."""
    for layer in subject.transposed:
        crop = layer.reading.crop
        if any(begin != end for begin, end in crop):
            yield Diagnostic(
                RULE.code,
                RULE.severity,
                f"{layer.outcome.node.name}: crops {crop_text(crop)} (begin:end), more at one"
                " end than at the other",
                "use a kernel for which kernel - stride is even, and crop both ends equally.",
                where=layer.where,
                fixes=subject.find_even_kernels(layer),
            )


RULE = Rule("DCV203", Severity.WARNING, check=check)
