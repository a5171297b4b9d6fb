"""Configs checked in memory, with the suggested edits applied."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes
from deconvcli.checks.edits import edit_text
from deconvcli.common.findings import Diagnostic

SETTINGS = Settings(fix_hints=True, tables=True)


def check_text(text: str) -> CheckedFile:
    """Check a YAML text, with edits and the sizes of layers."""
    return check_bytes("a.yaml", text.encode(), "yaml", SETTINGS)


def network(*layers: str, size: str = "8x8", head: str = "") -> str:
    """Return a config with one network, one layer per line."""
    listed = "".join(f"      - {layer}\n" for layer in layers)
    shape = f"{{channels: 4, size: {size}}}"
    return f"{head}networks:\n  net:\n    input: {shape}\n    layers:\n{listed}"


def sizes(one: CheckedFile) -> list[str | None]:
    """Return the shape of each layer, in order."""
    return [row.shape for table in one.networks for row in table.rows]


def apply_each(text: str) -> Iterator[tuple[Diagnostic, CheckedFile, CheckedFile]]:
    """Yield (finding, checked before, checked after) for each finding with edits."""
    before = check_text(text)
    for found, fix in before.fixes.items():
        yield found, before, check_text(edit_text(text, fix.edits))
