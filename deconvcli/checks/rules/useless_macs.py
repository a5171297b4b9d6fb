"""A layer whose crop discards most of its work.

What: more than half of the multiply-accumulates (or the share that `useless-share` sets) reach no
element that the crop keeps.

Why: with small inputs and large kernels, this work is wasted.

Example:
    input: {channels: 64, size: 1x1}
    layers:
      - {op: conv_transpose, out_channels: 64, kernel: 4, stride: 2, padding: 1}

Fix: use a smaller kernel and less padding. No automatic edit: each of them computes something else.

Source: counted; `deconv shape --macs` shows both numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each layer above the allowed share."""
    for layer in subject.transposed:
        lost = _useless(layer.reading)
        if lost > subject.useless_share:
            yield Diagnostic(
                RULE.code,
                RULE.severity,
                f"{layer.outcome.node.name}: {100 * lost:.0f} % of its multiply-accumulates reach"
                " no element that the crop keeps",
                "use a smaller kernel and crop less.",
                where=layer.where,
            )


def _useless(reading: Reading) -> float:
    """Return the share of the full scatter that is cropped, or 0 for sizes in letters."""
    # The share of a symbolic size would be a fraction of two formulas.
    sizes = (*reading.spatial, *reading.output_sizes)
    if any(isinstance(size, Linear) for size in sizes) or not reading.macs:
        return 0.0
    return 1 - reading.macs_useful / reading.macs


RULE = Rule("DCV206", Severity.WARNING, check=check)
