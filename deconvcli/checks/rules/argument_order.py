"""A pasted ConvTranspose whose positional arguments look like those of Conv.

What: in torch, the sixth argument of ConvTranspose2d is output_padding; in Conv2d it is dilation.

Why: a published model passes its dilation as output_padding. The sizes are wrong by a little, or
the layer is refused for a reason that names another word.

Example:
    - nn.ConvTranspose2d(64, 32, 3, 2, 1, 1)

Fix: name what comes after the stride, as padding=1, output_padding=1.

Source: torch 2.13.0, torch/nn/modules/conv.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.configs import Arguments
from deconvcli.checks.documents import Path
from deconvcli.checks.rules._rule import Rule, Subject, Walked
from deconvcli.common.findings import Change, Diagnostic, Severity, Verb
from deconvcli.networks.graph import Node

# In and out channels, kernel, stride and padding come in one order in both.
SAME_ORDER = 5


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each pasted call with more positional arguments than both layers share."""
    for walked in subject.networks:
        for node, arguments in _calls(walked):
            if arguments.positional > SAME_ORDER:
                path = walked.read.paths[node.name]
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    f"{node.name}: the sixth positional argument of ConvTranspose is"
                    " output_padding, of Conv dilation",
                    "name it: output_padding=..., or dilation=... if that was meant.",
                    "torch 2.13.0, torch/nn/modules/conv.py",
                    subject.config.document.where(path),
                    fixes=(_named(arguments, path),),
                )


def _calls(walked: Walked) -> Iterator[tuple[Node, Arguments]]:
    """The pasted transposed convolutions of torch."""
    for node in walked.read.graph.nodes:
        is_ours = node.operation == "conv_transpose" and node.dialect == "torch"
        if is_ours and node.name in walked.read.calls:
            yield node, walked.read.calls[node.name]


def _named(arguments: Arguments, path: Path) -> tuple[Change, ...]:
    """The same call, each argument under its name from the first that has two meanings."""
    named = list(enumerate(arguments.order[: arguments.positional]))[SAME_ORDER:]
    return tuple([Change(Verb.RENAME, (*path, place), name) for place, name in named])


RULE = Rule("DCV205", Severity.WARNING, check=check)
