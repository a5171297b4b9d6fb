"""A layer that one of the network's targets cannot run, or runs with other values.

What: `targets` lists frameworks, runtimes and exporters. One of them cannot express this layer,
refuses it, gives it another size, the same size with its values shifted, or meaningless values, or
stores the taps of its kernel in the opposite order.

Why: a model that trains and cannot be exported costs a retraining. Weights with their taps in the
opposite order load without an error and compute other values.

Example:
    targets: [keras]
    layers:
      - {op: conv_transpose, out_channels: 8, kernel: 6, stride: 2, padding: 1}

Fix: the help of the finding is the target's call with the steps around it, such as a slice, that
give the same values. Or remove the target from the list. `--fix-hints` gives another kernel with
which the target has the same size, if there is one. No automatic edit for a feature that the
target lacks, or for the order of the taps.

Source: the target's own, given with each finding; `deconv dialects NAME` shows how it was verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from deconvcli.checks.rules._rule import Rule, Subject, TransposedLayer
from deconvcli.checks.rules.asymmetric_crop import crop_cause, describe_limit
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Cause, Diagnostic, Severity
from deconvcli.conversion import convert
from deconvcli.frameworks.targets import is_respelled, judge, judge_respelled
from deconvcli.layers.layer import REVERSED_TAPS, Reading


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each layer and target that do not match."""
    for layer in subject.transposed:
        for target in layer.targets:
            is_other = is_respelled(layer.reading, target)
            for problem in judge(layer.reading, target).problems:
                is_reversal = problem.code == REVERSED_TAPS
                # The search takes longer than everything else here; the order of the taps is
                # the same for every kernel, and so is the way in which words are read.
                searches = is_other and not is_reversal
                fixes = subject.find_even_kernels(layer) if searches else ()
                limit = describe_limit(layer, target) if is_other else ""
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    f"{layer.outcome.node.name}: not portable to {target}: {problem.message}",
                    _write_steps(layer.reading, target) or problem.help,
                    problem.source,
                    layer.where,
                    fixes=fixes,
                    cause=crop_cause(layer) if limit else find_cause(layer, target, problem),
                    clause=f"not portable to {target}" if limit else "",
                )


def find_cause(layer: TransposedLayer, target: str, problem: Diagnostic) -> Cause:
    """Return the kernel if another one has no such problem; else the problem itself."""
    if problem.code == REVERSED_TAPS:
        return layer.cause(REVERSED_TAPS)
    own = layer.reading.spelling.name
    if target != own and not is_respelled(layer.reading, target):
        return layer.cause(problem.message)

    def is_fine(reading: Reading) -> bool:
        found = judge_respelled(reading, target)
        return all(other.code != problem.code for other in found.problems)

    return layer.cause_in_kernel(is_fine, problem.message)


def _write_steps(reading: Reading, target: str) -> str:
    """Return the call and the steps that give the layer's values, where the call alone does not."""
    with suppress(DeconvError):
        found = convert(reading, target)
        return f"use {found.call}; {found.steps}." if found.steps else ""
    return ""


RULE = Rule("DCV204", Severity.WARNING, check=check)
