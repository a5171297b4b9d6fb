"""The Python code in a notebook of Jupyter, and where each of its lines stands in the file."""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where
from deconvcli.models.python_source.parsing import has_layers

# The objects of its JSON take 60 bytes for each of these signs.
MAX_SEPARATORS = 600_000
MAX_CELLS = 3_000
"""The cells of one notebook; people write a few hundred."""
_SEPARATORS = (b",", b"{", b"[")
_SOURCE = re.compile(r'(?<!\\)"source"\s*:\s*')
_SPACE = re.compile(r"[\s,\[]*")
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
# Commands for a cell that run the Python in it.
_PYTHON_CELL = re.compile(r"%%(?:time|timeit|capture|prun)\b")


class CodeLine(NamedTuple):
    """One line of code: the number of its cell, from 1, its text, and where that begins."""

    cell: int
    text: str
    start: int


class Notebook(NamedTuple):
    """The code of a notebook as one program, which its cells are in their order.

    lines: of the program. breaks: the ends of the file's lines. broken: the numbers of the cells
    with layers that are no Python, and are left out.
    """

    raw: str
    lines: Sequence[CodeLine]
    breaks: Sequence[int]
    broken: Sequence[int] = ()

    @property
    def code(self) -> str:
        """The program."""
        return "\n".join(line.text for line in self.lines)

    def locate(self, where: Where) -> Where:
        """Return the place in the file of a place in the program."""
        line = self.lines[where.line - 1]
        place = _advance(self.raw, line.start, where.column - 1, len(self.raw))
        before = bisect_right(self.breaks, place - 1)
        start = self.breaks[before - 1] + 1 if before else 0
        return where._replace(line=before + 1, column=place - start + 1)

    def locate_line(self, number: int) -> int:
        """Return the line of the file in which a line of the program is."""
        return self.locate(Where("", number, 1)).line

    def name(self, name: str, where: Where | None) -> str:
        """Return the name of a layer with its cell."""
        return name if where is None else f"cell {self.lines[where.line - 1].cell}: {name}"


def is_too_large(data: bytes) -> bool:
    """Return whether the objects of a notebook would take too much memory."""
    return sum(map(data.count, _SEPARATORS)) > MAX_SEPARATORS


def load_cells(raw: str) -> list[dict[str, Any]]:
    """Return the cells in the text of a notebook.

    Raises:
        Unreadable: it is no notebook, or has too many cells.
    """
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _no_notebook() from error
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise _no_notebook()
    if len(cells) > MAX_CELLS:
        raise Unreadable(
            f"the notebook has more than {MAX_CELLS:,} cells",
            help="leave it out of the check.",
        )
    return cells


def write_code(cells: Iterable[Mapping[str, Any]]) -> bytes:
    """Return what stands in the cells of code, to see whether it has to be parsed."""
    sources = [cell.get("source") for cell in cells if cell.get("cell_type") == "code"]
    texts = [each if isinstance(each, list) else [each] for each in sources]
    lines = [line for text in texts for line in text if isinstance(line, str)]
    return "".join(lines).encode(errors="replace")


def join_cells(raw: str, cells: Iterable[Mapping[str, Any]]) -> Notebook:
    """Return the program that the cells of a notebook are. raw: its text."""
    lines: list[CodeLine] = []
    broken = []
    for cell in _list_cells(raw, cells):
        kept = _keep_python(cell)
        if kept is None:
            text = "\n".join(line.text for line in cell)
            broken += [cell[0].cell] if has_layers(text.encode(errors="replace")) else []
        lines += kept or ()
    return Notebook(raw, lines, [each.start() for each in re.finditer("\n", raw)], broken)


def _list_cells(raw: str, cells: Iterable[Mapping[str, Any]]) -> Iterator[list[CodeLine]]:
    """Yield the lines of each cell of code."""
    matches = _SOURCE.finditer(raw)
    for number, cell in enumerate(cells, 1):
        source = cell.get("source")
        place = next((each.end() for each in matches if _decode(raw, each.end()) == source), None)
        if place is not None and cell.get("cell_type") == "code":
            yield list(_list_lines(raw, place, number))


def _no_notebook() -> Unreadable:
    return Unreadable(
        "the file is no notebook of format 4: it has no list of cells",
        help="save it in a current version of Jupyter.",
    )


def _decode(raw: str, place: int) -> Any:
    with suppress(ValueError):
        return json.JSONDecoder().raw_decode(raw, place)[0]
    return None


def _list_lines(raw: str, place: int, cell: int) -> Iterator[CodeLine]:
    """Yield the lines of a cell, which are texts in a list, or one text."""
    is_list = raw[place] == "["
    place = _skip(raw, place)
    while raw[place : place + 1] == '"':
        text, end = json.JSONDecoder().raw_decode(raw, place)
        start = place + 1
        for line in text.removesuffix("\n").split("\n"):
            yield CodeLine(cell, line, start)
            start = _advance(raw, start, len(line) + 1, end)
        if not is_list:
            return
        place = _skip(raw, end)


def _skip(raw: str, place: int) -> int:
    found = _SPACE.match(raw, place)
    return found.end() if found else place


def _advance(raw: str, place: int, count: int, end: int) -> int:
    """Return the place after a number of characters of a text, in the JSON that writes it."""
    if "\\" not in raw[place : place + count]:
        return place + count
    for _ in range(count):
        place += _measure(raw, place) if place < end else 0
    return place


def _measure(raw: str, place: int) -> int:
    """Return how many characters of JSON one character of a text takes."""
    if raw[place] != "\\":
        return 1
    if raw[place + 1] != "u":
        return 2
    # A character beyond 16 bits is written as two halves.
    is_half = raw[place + 2 : place + 4].lower() in ("d8", "d9", "da", "db")
    return 12 if is_half and raw[place + 6 : place + 8] == "\\u" else 6


def _keep_python(lines: Sequence[CodeLine]) -> Sequence[CodeLine] | None:
    """Return the lines of a cell without the commands of Jupyter; None if it is no Python."""
    if lines and _PYTHON_CELL.match(lines[0].text):
        lines = [lines[0]._replace(text=""), *lines[1:]]
    plain = [line._replace(text=_MAGIC.sub(r"\1pass", line.text)) for line in lines]
    return next((each for each in (lines, plain) if _is_python(each)), None)


def _is_python(lines: Sequence[CodeLine]) -> bool:
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns about text such as "\d"
            ast.parse("\n".join(line.text for line in lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
