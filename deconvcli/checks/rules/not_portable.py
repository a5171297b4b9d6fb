"""A layer that one of the network's targets cannot run, or runs with other values.

What: `targets` lists frameworks and runtimes. One of them cannot express this layer, refuses it, or
gives it another size.

Why: a model that trains and cannot be exported costs a retraining.

Example:
    targets: [onnxruntime]
    layers:
      - {op: conv_transpose, out_channels: 8, kernel: 3, stride: 2, dilation: 3, output_padding: 2}

Fix: follow the target's reason, or remove the target from the list. `--fix-hints` gives another
kernel with which the target has the same size, if there is one. No automatic edit for a feature
that the target lacks.

Source: the target's own, given with each finding; `deconv dialects NAME` shows how it was verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.rules._rule import Rule, Subject, TransposedLayer
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import convert


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each layer and target that do not match."""
    for layer in subject.transposed:
        targets = layer.walked.source.graph.targets
        found = [each for target in targets for each in _check_target(layer, target)]
        # Only now, since the search for other kernels takes longer than everything else here.
        fixes = subject.find_even_kernels(layer) if found else ()
        yield from (each._replace(fixes=fixes) for each in found)


def _check_target(layer: TransposedLayer, target: str) -> Iterator[Diagnostic]:
    try:
        there = convert(layer.reading, target)
    except DeconvError as error:
        yield _finding(layer, target, error.message, error.help, error.source)
        return
    # A dialect only writes what it reads back as the same layer, so the size is the same there.
    for found in there.findings:
        if found.severity is Severity.WARNING:
            yield _finding(layer, target, found.message, found.help, found.source)


def _finding(
    layer: TransposedLayer, target: str, message: str, help: str, source: str
) -> Diagnostic:
    return Diagnostic(
        RULE.code,
        RULE.severity,
        f"{layer.outcome.node.name}: not portable to {target}: {message}",
        help,
        source or take(target)[0].source,
        layer.where,
    )


RULE = Rule("DCV204", Severity.WARNING, check=check)
