"""A pasted ConvTranspose whose positional arguments look like those of Conv.

What: in torch, the sixth argument of ConvTranspose2d is output_padding; that of Conv2d is dilation.

Why: a published model passes its dilation as output_padding. The sizes are slightly wrong, or the
layer is refused for a reason that names another parameter.

Example:
    - nn.ConvTranspose2d(64, 32, 3, 2, 1, 1)

Fix: name the arguments after the stride, as in padding=1, output_padding=1.

Source: torch 2.13.0, torch/nn/modules/conv.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.configs import Arguments
from deconvcli.checks.documents import Path
from deconvcli.checks.rules._rule import Rule, Subject, WalkedNetwork, cause_in
from deconvcli.common.findings import Change, Diagnostic, DocumentFix, Severity, Verb
from deconvcli.networks.graph import Node

# In both layers the first five are in and out channels, kernel, stride and padding.
SHARED_ARGUMENTS = 5


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Yield a finding for each pasted call with more positional arguments than the layers share."""
    for walked in subject.networks:
        for node, arguments in _calls(walked):
            if arguments.positional > SHARED_ARGUMENTS:
                path = walked.source.paths[node.name]
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    f"{node.name}: the sixth positional argument is output_padding in"
                    " ConvTranspose, and dilation in Conv",
                    "name the argument: output_padding=..., or dilation=... if that is intended.",
                    "torch 2.13.0, torch/nn/modules/conv.py",
                    subject.config.document.where(path),
                    fixes=(DocumentFix(_name_arguments(arguments, path)),),
                    # A dilation given here can be refused as an output_padding.
                    cause=cause_in(walked, node.name, "output-padding"),
                )


def _calls(walked: WalkedNetwork) -> Iterator[tuple[Node, Arguments]]:
    """Yield the pasted transposed convolutions of torch, with their arguments."""
    for node in walked.source.graph.nodes:
        is_torch = node.operation == "conv_transpose" and node.dialect == "torch"
        if is_torch and node.name in walked.source.calls:
            yield node, walked.source.calls[node.name]


def _name_arguments(arguments: Arguments, path: Path) -> tuple[Change, ...]:
    """Return the changes that name each argument from the first ambiguous one on."""
    named = list(enumerate(arguments.order[: arguments.positional]))[SHARED_ARGUMENTS:]
    return tuple([Change(Verb.RENAME, (*path, place), name) for place, name in named])


RULE = Rule("DCV205", Severity.WARNING, check=check)
