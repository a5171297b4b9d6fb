"""The house: imports only go down, and the word padding ends in the dialects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "deconvcli"

# A family may import families of lower floors; a line further down is a floor further up.
FLOORS = (
    {"common"},
    {"layers"},
    {"compute"},
    {"frameworks"},
    {"conversion", "solver"},
    {"bench", "networks", "views"},
    {"models"},
    {"checks"},
    {"public"},
    {"api"},
    {"cli"},
    {"__init__", "__main__"},
)
# Within a family the rooms have floors of their own.
ROOMS: dict[str, tuple[set[str], ...]] = {
    "bench": ({"suites"}, {"contest"}),
    "checks": (
        {"documents"},
        {"configs"},
        {"edits", "rules"},
        {"checking"},
        {"reporters"},
    ),
    "common": (
        {"children", "comparison", "docstrings", "findings", "threads", "version"},
        {"errors"},
        {"files", "memory", "shelf", "values"},
        {"arguments"},
    ),
    "compute": (
        {"kernels", "npyfile"},
        {"arrayfiles", "runner"},
        {"differences", "golden", "initial_weights"},
    ),
    "frameworks": (
        {"dialect", "releases"},
        {"converter", "dialects"},
        {"converters", "pasted", "spelling", "symbols", "wording"},
        {"calls", "driver", "jsonl", "live", "request", "targets"},
        {"drivers", "vectors"},
        {"installed"},
    ),
    "layers": (
        {"number_types", "text"},
        {"axis"},
        {"arithmetic", "layout", "overlap"},
        {"layer"},
        {"counts"},
    ),
    "models": (
        {"expressions", "model", "places", "stored_text"},
        {"inputs", "other_files", "settings", "table"},
        {
            "exported",
            "keras_model",
            "onnx_model",
            "python_source",
            "tflite_model",
            "vocoders",
        },
        {"stated", "walk"},
        {"caffe_model", "ncnn_model", "steps"},
        {"readers"},
        {"reading"},
        {"answer", "as_network"},
    ),
    "networks": (
        {"operation"},
        {"forms", "operations"},
        {"graph"},
        {"pasted"},
        {"mirror", "porting"},
    ),
    "views": (
        {"palette"},
        {"answers", "drawing"},
        {"explanation"},
        {"comparison", "page"},
    ),
}
# Where the word may stand: it means three things, and only these rooms know which.
KNOWS_PADDING = {
    "api",
    "checks/configs",
    "checks/rules",
    "cli",
    "common/errors",
    "frameworks/converters",
    "frameworks/dialect",
    "frameworks/dialects",
    "frameworks/drivers",
    "frameworks/pasted",
    "frameworks/request",
    "frameworks/wording",
    "models/caffe_model",
    "models/keras_model",
    "models/ncnn_model",
    "models/readers",
    "models/steps",
    "models/vocoders",
    "networks/graph",
    "networks/mirror",
    "networks/operations",
    "networks/pasted",
    "networks/porting",
    "solver",
    "views/explanation",
    "views/page",
}


def rooms() -> list[tuple[str, Path]]:
    """Return (room, file) of every source file, where a room is `family` or `family/room`."""
    return [(room_of(file.relative_to(PACKAGE)), file) for file in sorted(PACKAGE.rglob("*.py"))]


def room_of(file: Path) -> str:
    family, *inner = file.with_suffix("").parts
    return f"{family}/{inner[0]}" if family in ROOMS and inner[0] != "__init__" else family


def imported(source: str) -> Iterator[str]:
    """Yield the rooms that a file imports, late imports and those for type checking included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, *parts = name.split(".")
            if package == "deconvcli" and parts and family_floor(parts[0]) is not None:
                inner = parts[1] if parts[1:] and parts[0] in ROOMS else ""
                yield f"{parts[0]}/{inner}" if inner else parts[0]


def family_floor(family: str) -> int | None:
    """Return the floor of a family, counted from 0 at the bottom, or None."""
    return next((number for number, names in enumerate(FLOORS) if family in names), None)


def room_floor(room: str) -> int:
    """Return the floor of `family/room` within its family; the family itself lies below all."""
    family, _, inner = room.partition("/")
    floors = ROOMS.get(family, ())
    return next((number for number, names in enumerate(floors) if inner in names), -1)


def climbs(room: str, source: str) -> list[str]:
    """Return the imports of this file that do not go down."""
    return [f"{room} imports {other}" for other in imported(source) if not is_below(other, room)]


def is_below(other: str, room: str) -> bool:
    if other == room:
        return True
    families = other.partition("/")[0], room.partition("/")[0]
    if families[0] == families[1]:
        return room_floor(other) < room_floor(room)
    lower, upper = map(family_floor, families)
    assert lower is not None
    assert upper is not None
    return lower < upper


@pytest.mark.parametrize(("room", "file"), rooms(), ids=lambda value: str(value)[-40:])
def test_imports_go_down(room: str, file: Path) -> None:
    assert climbs(room, file.read_text(encoding="utf-8")) == []


def test_the_table_names_every_room_and_no_other() -> None:
    inner = {f"{family}/{name}" for family in ROOMS for floor in ROOMS[family] for name in floor}
    plain = {name for floor in FLOORS for name in floor}
    assert {room for room, _ in rooms()} == plain | inner


def test_the_top_of_the_package_is_short() -> None:
    modules = {file.stem for file in PACKAGE.glob("*.py")}
    folders = {file.parent for file in PACKAGE.glob("*/__init__.py")}
    assert modules == {"__init__", "__main__", "public"}
    assert len(modules) + len(folders) <= 16


def test_the_floors_can_fail() -> None:
    assert climbs("layers/axis", "def f():\n    from deconvcli.frameworks.dialects import torch")
    assert climbs("frameworks/dialects", "import deconvcli.views.explanation")
    assert climbs("frameworks/dialect", "from deconvcli.frameworks.dialects import torch")
    assert climbs("views/drawing", "from deconvcli.views import explanation")
    assert climbs("common/errors", "from deconvcli.common import shelf")
    assert not climbs("frameworks/dialects", "from deconvcli.frameworks.dialects import torch")
    assert not climbs("frameworks/dialects", "import deconvcli.common.errors")


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


def test_the_page_shows_the_floors() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    [table] = re.findall(r"<!-- floors -->\n((?:\|.*\n)+)", page)
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", table, re.M)
    shown = {
        (int(floor) - 1, name) for floor, names in rows for name in re.findall(r"`(\w+)`", names)
    }
    assert shown == {(number, name) for number, names in enumerate(FLOORS) for name in names}


def hidden(package: str, source: str, submodules: set[str]) -> set[str]:
    """Return the submodules whose name a package's `__init__` gives to something else."""
    bound: set[str] = set()
    for node in ast.parse(source).body:
        match node:
            case ast.ImportFrom():
                others = [
                    a for a in node.names if (node.module, a.name) != (package, a.asname or a.name)
                ]
                bound |= {alias.asname or alias.name for alias in others}
            case ast.FunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.Assign():
                bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                bound.add(name)
    return bound & submodules


@pytest.mark.parametrize(
    "init", sorted(PACKAGE.rglob("__init__.py")), ids=lambda value: str(value)[-40:]
)
def test_no_submodule_is_hidden(init: Path) -> None:
    """`import deconvcli.networks.graph.shapes as m` is the module, not a function of that name."""
    folder = init.parent
    package = ".".join(folder.relative_to(PACKAGE.parent).parts)
    modules = {file.stem for file in folder.glob("*.py")} | {
        inner.name for inner in folder.iterdir() if (inner / "__init__.py").is_file()
    }
    assert hidden(package, init.read_text(encoding="utf-8"), modules) == set()


def test_hidden_submodules_are_found() -> None:
    assert hidden("a", "from a.walk import walk", {"walk"}) == {"walk"}
    assert hidden("a", "def walk(): ...", {"walk"}) == {"walk"}
    assert hidden("a", "walk = 1\nrun: int = 2", {"walk", "run"}) == {"walk", "run"}
    assert not hidden("a", "from a import walk\nfrom a.walk import shapes", {"walk"})


def private_imports(module: str, source: str) -> list[str]:
    """Return what a module imports under a private name from another room."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deconvcli"):
            paths = [f"{node.module}.{alias.name}".split(".") for alias in node.names]
        elif isinstance(node, ast.Import):
            paths = [a.name.split(".") for a in node.names if a.name.startswith("deconvcli")]
        else:
            continue
        for path in paths:
            private = next(
                (i for i, part in enumerate(path) if re.match("_[a-z]", part, re.I)), None
            )
            if private is not None and not f"{module}.".startswith(".".join(path[:private]) + "."):
                found.append(".".join(path))
    return found


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda value: str(value)[-40:])
def test_private_names_stay_in_their_room(file: Path) -> None:
    module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    assert private_imports(module, file.read_text(encoding="utf-8")) == []


def test_private_imports_are_found() -> None:
    assert private_imports(
        "deconvcli.cli.output", "from deconvcli.views.answers._terminal import show"
    )
    assert private_imports("deconvcli.cli.output", "from deconvcli.views.answers import _show")
    assert not private_imports(
        "deconvcli.views.answers.text", "from deconvcli.views.answers._a import b"
    )
    assert not private_imports("deconvcli.api", "from deconvcli.common import __version__")


def test_the_page_names_files_that_exist() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_]+/[a-z_/]*[a-z_]+(?:\.py|/)?)`", page)
    assert len(named) > 10
    roots = (PACKAGE, PACKAGE.parent)
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []


PARTICIPLE = re.compile(
    r"_*(told|held|asked|said|meant|placed|shown|judged|known|given|made|found|taken|kept|left|seen"
    r"|done|gone|built|chosen|sent|drawn|written|sought|thrown|broken|frozen|[a-z]+ed)"
)


def participles(source: str) -> list[str]:
    """Return the functions that are named by a participle alone; a property may be."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and PARTICIPLE.fullmatch(node.name)
        and not any("property" in ast.unparse(each) for each in node.decorator_list)
    ]


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda value: str(value)[-40:])
def test_functions_are_named_by_verbs(file: Path) -> None:
    assert participles(file.read_text(encoding="utf-8")) == []


def test_participles_are_found() -> None:
    assert participles("def told(): ...\ndef _packed(): ...") == ["told", "_packed"]
    assert not participles("def pack(): ...\nclass A:\n    @property\n    def packed(self): ...")
