"""A layer that one of the network's targets cannot run, or not with the same values.

What: `targets` names frameworks and runtimes; this layer has no words there, is refused, or has
another size.

Why: a model that trains and does not export costs a retraining.

Example:
    targets: [onnxruntime]
    layers:
      - {op: conv_transpose, out_channels: 8, kernel: 3, stride: 2, dilation: 3, output_padding: 2}

Fix: as the target's reason says; or take the target off the list. `--fix-hints` tells another
kernel with which the target has the same size, if there is one; what the target lacks has no edit.

Source: the target's own, given with each finding; `deconv dialects NAME` shows how it was verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject, Transposed
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import convert


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each layer and target."""
    for layer in subject.transposed:
        found = [each for target in _targets(layer) for each in _against(layer, target)]
        # Looking for other kernels takes longer than all else here.
        fixes = subject.evened(layer) if found else ()
        yield from (each._replace(fixes=fixes) for each in found)


def _targets(layer: Transposed) -> tuple[str, ...]:
    return layer.walked.read.graph.targets


def _against(layer: Transposed, target: str) -> Iterator[Diagnostic]:
    try:
        there = convert(layer.reading, target)
    except DeconvError as error:
        yield _finding(layer, target, error.message, error.help, error.source)
        return
    if there.output_sizes != layer.reading.output_sizes:
        message = f"the size there is {list(there.output_sizes)}"
        yield _finding(layer, target, message, "state the size, and pad or crop there.", "")
    for found in there.findings:
        if found.severity is Severity.WARNING:
            yield _finding(layer, target, found.message, found.help, found.source)


def _finding(layer: Transposed, target: str, message: str, help: str, source: str) -> Diagnostic:
    return Diagnostic(
        RULE.code,
        RULE.severity,
        f"{layer.outcome.node.name}: not portable to {target}: {message}",
        help,
        source or take(target)[0].source,
        layer.where,
    )


RULE = Rule("DCV204", Severity.WARNING, check=check)
