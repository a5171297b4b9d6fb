"""An implementation that was seen to deviate from the layer's dialect.

What: the answer follows the dialect, and a release of the framework was measured to differ.

Why: with that release the layer has another size or other values, or fails at run time.

Example:
    dialect: keras
    layers:
      - op: conv_transpose
        out_channels: 8
        kernel: 4
        stride: 2
        padding: same
        output_padding: 0

Fix: follow the finding, or name the implementation, as in `dialect: keras@torch`.
`--fix-hints` gives another kernel that every implementation treats alike and that keeps the size,
if there is one.

Source: measured; each finding names its measurement.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject
from deconvcli.checks.rules.not_portable import find_cause
from deconvcli.common.findings import Diagnostic, Severity


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield the warnings that come with each layer's reading."""
    for layer in subject.transposed:
        for found in layer.reading.findings:
            # Notes say that an answer comes from documents alone, for every layer alike.
            if found.severity is Severity.WARNING:
                message = f"{layer.outcome.node.name}: {found.message}"
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    message,
                    found.help,
                    found.source,
                    layer.where,
                    fixes=subject.find_even_kernels(layer),
                    cause=find_cause(layer, layer.reading.spelling.name, found),
                )


RULE = Rule("DCV207", Severity.WARNING, check=check)
