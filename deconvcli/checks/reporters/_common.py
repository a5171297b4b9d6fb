"""Parts that several formats share: text on one line, places and advice."""

from __future__ import annotations

from deconvcli.common.findings import Diagnostic, Where


def one_line(text: str) -> str:
    """Return the text without line ends of any kind."""
    # split() knows the separators of Unicode too, which some readers treat as line ends.
    return " ".join(text.split())


def place_of(found: Diagnostic) -> Where:
    """Return the place of a finding: the start of the file, if nothing more is known."""
    return found.where or Where("")


def advice(found: Diagnostic) -> str:
    """Return the message and the help, on one line."""
    help = f" help: {found.help}" if found.help else ""
    return one_line(f"{found.message}.{help}")
