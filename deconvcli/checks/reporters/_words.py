"""What the formats share: texts of one line, places, and how bad a finding is elsewhere."""

from __future__ import annotations

from deconvcli.common.findings import Diagnostic, Where


def one_line(text: str) -> str:
    """The text without ends of lines, of any kind."""
    return " ".join(text.split())


def place(found: Diagnostic) -> Where:
    """Where the finding stands, at the file's begin if nothing more is known."""
    return found.where or Where("")


def advice(found: Diagnostic) -> str:
    """The message, and what to do."""
    help = f" help: {found.help}" if found.help else ""
    return one_line(f"{found.message}.{help}")
