"""Unified diffs that `git apply` and `patch` take."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def format_diff(name: str, before: str, after: str) -> str:
    """Return the diff between two texts of a file, or an empty text if they are equal.

    name: relative to the folder in which the diff will be applied, with slashes.
    """
    lines = unified_diff(
        _split_lines(before), _split_lines(after), _quote(f"a/{name}"), _quote(f"b/{name}")
    )
    return "".join(_note_missing_ends(lines))


def _split_lines(text: str) -> list[str]:
    # Not splitlines, which ends lines at carriage returns and U+2028 too: patches know line feeds.
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *filter(None, [last])]


def _note_missing_ends(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _quote(name: str) -> str:
    """Return a name as git writes it: as a string of C, if it could be misread."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        # A date may follow a tab; without the tab, a name could end at its first blank.
        return f"{name}\t" if " " in name else name
    signs = name.encode("utf-8", "surrogateescape").decode("latin-1")
    quoted = (_ESCAPES.get(c, c if " " <= c <= "~" else f"\\{ord(c):03o}") for c in signs)
    return f'"{"".join(quoted)}"'
