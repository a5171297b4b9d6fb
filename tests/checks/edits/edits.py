"""Configs checked in memory, and the edits that are told for them, made."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes
from deconvcli.checks.edits import edit_text
from deconvcli.common.findings import Diagnostic

SETTINGS = Settings(fix_hints=True, tables=True)


def checked(text: str) -> CheckedFile:
    """What is found in a YAML text, with edits and the layers' sizes."""
    return check_bytes("a.yaml", text.encode(), "yaml", SETTINGS)


def network(*layers: str, size: str = "8x8", head: str = "") -> str:
    """A config with one network of layers that are written in one line each."""
    listed = "".join(f"      - {layer}\n" for layer in layers)
    shape = f"{{channels: 4, size: {size}}}"
    return f"{head}networks:\n  net:\n    input: {shape}\n    layers:\n{listed}"


def sizes(one: CheckedFile) -> list[str | None]:
    """The shape of each layer in order."""
    return [row.shape for table in one.networks for row in table.rows]


def mended(text: str) -> Iterator[tuple[Diagnostic, CheckedFile, CheckedFile]]:
    """For each finding with edits (the finding, what was found before, what is found after)."""
    before = checked(text)
    for found, edits in before.edits.items():
        yield found, before, checked(edit_text(text, edits))
