"""Colour for the findings of `deconv check`, which say the same without it."""

from __future__ import annotations

import os
import re
import sys

import click

COLORS = ("auto", "always", "never")
_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}
# No text of a file begins a line, since it never has a line end.
_HEAD = re.compile(r"(?P<place>.+?:\d+:\d+): (?P<severity>error|warning|note)(?P<code>\[DCV\d+\])")
_EXCERPT = re.compile(r"(?P<margin> +\d* \|)(?P<shown>.*)")
_LABEL = re.compile(r"  (in|help|source):")


def has_color(choice: str) -> bool:
    """Return whether the output has colour; auto asks the terminal, NO_COLOR and FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str) -> str:
    """Return a report of findings with places in bold, severities and carets in their colour."""
    lines, color = [], "red"
    for line in text.split("\n"):
        if head := _HEAD.match(line):
            color = _STYLES[head["severity"]]
            severity = click.style(head["severity"] + head["code"], fg=color, bold=True)
            lines.append(f"{click.style(head['place'], bold=True)}: {severity}{line[head.end() :]}")
        elif excerpt := _EXCERPT.fullmatch(line):
            is_caret = excerpt["shown"].strip() == "^"
            shown = click.style(excerpt["shown"], fg=color, bold=True) if is_caret else ""
            lines.append(click.style(excerpt["margin"], dim=True) + (shown or excerpt["shown"]))
        elif label := _LABEL.match(line):
            lines.append(click.style(label[0], dim=True) + line[label.end() :])
        else:
            lines.append(line)
    return "\n".join(lines)
