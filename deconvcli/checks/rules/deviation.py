"""An implementation that was seen to do otherwise than the layer's dialect says.

What: the answer is the rule's, and a release of the framework was measured to leave it.

Why: on that release the layer has another size or other values, without an error.

Example:
    dialect: keras
    layers:
      - op: conv_transpose
        out_channels: 8
        kernel: 4
        stride: 2
        padding: same
        output_padding: 0

Fix: as the finding says; or name the implementation, as `dialect: keras@torch`.
`--fix-hints` tells another kernel that is read alike everywhere and leaves the size, if there is.

Source: measured, given with each finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject
from deconvcli.common.findings import Diagnostic, Severity


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The warnings that come with each layer's reading."""
    for layer in subject.transposed:
        for found in layer.reading.findings:
            if found.severity is Severity.WARNING:
                message = f"{layer.outcome.node.name}: {found.message}"
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    message,
                    found.help,
                    found.source,
                    layer.where,
                    fixes=subject.evened(layer),
                )


RULE = Rule("DCV207", Severity.WARNING, check=check)
