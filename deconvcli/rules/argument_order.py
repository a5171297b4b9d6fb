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

from deconvcli.diagnostics import Diagnostic, Severity
from deconvcli.network import Node
from deconvcli.rules._rule import Rule, Subject

# In and out channels, kernel, stride and padding come in one order in both.
SAME_ORDER = 5


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each pasted call with more positional arguments than both layers share."""
    for walked in subject.networks:
        for node in walked.read.graph.nodes:
            if walked.read.positional.get(node.name, 0) > SAME_ORDER and _is_torch(node):
                yield Diagnostic(
                    RULE.code,
                    RULE.severity,
                    f"{node.name}: the sixth positional argument of ConvTranspose is"
                    " output_padding, of Conv dilation",
                    "name it: output_padding=..., or dilation=... if that was meant.",
                    "torch 2.13.0, torch/nn/modules/conv.py",
                    subject.config.document.where(walked.read.paths[node.name]),
                )


def _is_torch(node: Node) -> bool:
    return node.operation == "conv_transpose" and node.dialect == "torch"


RULE = Rule("DCV205", Severity.WARNING, check=check)
