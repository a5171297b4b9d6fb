"""The house: imports only go down, and the word padding ends in the dialects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "deconvcli"

# A room may import rooms of lower floors, and files of its own room.
FLOORS = (
    {"children", "diagnostics", "evidence"},
    {"errors"},
    {"files"},
    {
        "framework",
        "geometry",
        "kernels",
        "npyfile",
        "memory",
        "palette",
        "pattern",
        "shelf",
        "text",
    },
    {
        "arithmetic",
        "documents",
        "foreign",
        "frameworks",
        "layout",
        "overlap",
        "parameters",
        "values",
    },
    {"layers", "limits", "report"},
    {"dialect", "operation"},
    {"dialects", "drawing", "readers", "renderers", "runner"},
    {"explanation", "operations", "pasted", "spelling"},
    {"network"},
    {"configs"},
    {"hints", "rules"},
    {"checking"},
    {"reporters"},
    {"api", "page"},
    {"differences", "question", "suites", "verification"},
    {"benchmark"},
    {"cli"},
    {"__init__", "__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# Where the word may stand: it means three things, and only these rooms know which.
KNOWS_PADDING = {
    "dialect",
    "dialects",
    "cli",
    "explanation",
    "frameworks",
    "page",
    "readers",
    "errors",
    "api",
    "operations",
    "network",
    "configs",
    "pasted",
    "rules",
}


def rooms() -> list[tuple[str, Path]]:
    """(room, file) of every source file."""
    files = sorted(PACKAGE.rglob("*.py"))
    return [(file.relative_to(PACKAGE).with_suffix("").parts[0], file) for file in files]


def imported(source: str) -> Iterator[str]:
    """Rooms that a file imports, late imports and those for type checking included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "deconvcli" and len(parts) > 1 and parts[1] in FLOOR:
                yield parts[1]


def climbs(room: str, source: str) -> list[str]:
    """Imports of this file that do not go down."""
    return [
        f"{room} imports {other}"
        for other in imported(source)
        if other != room and FLOOR[other] >= FLOOR[room]
    ]


@pytest.mark.parametrize(("room", "file"), rooms(), ids=lambda value: str(value)[-40:])
def test_imports_go_down(room: str, file: Path) -> None:
    assert climbs(room, file.read_text(encoding="utf-8")) == []


def test_the_table_names_every_room_and_no_other() -> None:
    assert {room for room, _ in rooms()} == set(FLOOR)


def test_the_floors_can_fail() -> None:
    assert climbs("geometry", "def f():\n    from deconvcli.dialects import torch")
    assert climbs("dialects", "import deconvcli.explanation")
    assert climbs("readers", "from deconvcli.dialects import torch")
    assert climbs("errors", "from deconvcli import shelf")
    assert not climbs("dialects", "from deconvcli.dialects import torch\nimport deconvcli.errors")


def words_in_code(source: str) -> set[str]:
    """Lower-case words of names and strings, docstrings and comments aside."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [] if id(node) in docstrings else [node.value]
        elif isinstance(node, ast.Name | ast.Attribute | ast.FunctionDef | ast.arg):
            named = ("id", "attr", "name", "arg")
            found += [str(getattr(node, field)) for field in named if hasattr(node, field)]
    return set(re.findall(r"[a-z]+", " ".join(found).lower()))


@pytest.mark.parametrize(
    ("room", "file"),
    [pair for pair in rooms() if pair[0] not in KNOWS_PADDING],
    ids=lambda value: str(value)[-40:],
)
def test_the_word_padding_ends_in_the_dialect(room: str, file: Path) -> None:
    assert "padding" not in words_in_code(file.read_text(encoding="utf-8"))


def test_the_word_search_can_fail() -> None:
    assert "padding" in words_in_code("def f(output_padding): ...")
    assert "padding" in words_in_code("x = {'padding': 1}")
    assert "padding" not in words_in_code('"""About padding."""\nx = 1')
