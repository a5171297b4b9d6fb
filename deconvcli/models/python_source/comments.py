"""Comments that give a layer the size of its input: `# deconv: in=1x3x64x64`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

_SIZE = re.compile(r"#\s*deconv:[^#]*?\bin=(\d{1,9}(?:x\d{1,9}){0,4})(?![\w.])")


def find_size(node: ast.expr, lines: Sequence[str]) -> tuple[int, ...] | None:
    """Return the size in a comment on the lines of a call, of which the first and the last count.

    lines: of the file.
    """
    return find_line_size(lines, (node.lineno, node.end_lineno or node.lineno))


def find_line_size(lines: Sequence[str], numbers: Iterable[int]) -> tuple[int, ...] | None:
    """Return the size in a comment on one of the numbered lines."""
    for number in numbers:
        if found := _SIZE.search(lines[number - 1]):
            return tuple(map(int, found[1].split("x")))
    return None
