"""Notebooks of Jupyter: their code as one program, with cells and places of the file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from deconvcli.common.errors import Unreadable
from deconvcli.models.model import Model
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv
from tests.models.fuzz_source import find_errors
from tests.models.test_python_values import MAX_SECONDS

IMPORTS = "%matplotlib inline\n!pip install torch\nfrom torch import nn\n"
LAYER = "up = nn.ConvTranspose2d(3, 4, 4, 2, output_padding=2)"


def cell(source: str | list[str], kind: str = "code", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, **more, "source": source}


def split(source: str) -> list[str]:
    """Return the lines as Jupyter stores them, each with its end."""
    return source.splitlines(keepends=True)


def write(path: Path, *cells: dict[str, Any], indent: int | None = 1, **options: Any) -> Path:
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, indent=indent, **options), encoding="utf-8")
    return path


def read(path: Path, *cells: dict[str, Any], **options: Any) -> Model:
    return read_model(str(write(path / "a.ipynb", *cells, **options)), {})


@pytest.mark.parametrize("indent", [1, 4, None])
@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize(
    "before", ["", "x = 1; ", "é = 'a\\tb\"'; ", "'\U0001f600'; ", "'\\\\'; x = [\"source\"]; "]
)
def test_a_finding_has_the_place_in_the_file(
    before: str, ascii: bool, indent: int | None, tmp_path: Path
) -> None:
    for source in (split(f"# first\n{before}{LAYER}\n"), f"# first\n{before}{LAYER}"):
        cells = cell(["# nn"], "markdown"), cell(split(IMPORTS)), cell(source)
        model = read(tmp_path, *cells, indent=indent, ensure_ascii=ascii)
        [found] = model.findings
        assert found.where is not None
        assert model.text is not None
        line = model.text.split("\n")[found.where.line - 1]
        assert line[found.where.column - 1 :].startswith("2)")
        assert found.message.startswith("cell 3: up: torch: height: output_padding 2")
        assert found.where.path == model.layers[0].name == "cell 3: up"


def test_cells_are_one_program(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        cell(split(IMPORTS)),
        cell("K = 4", outputs=[{"source": ["K = 5"]}]),
        cell("%%time\nup = nn.ConvTranspose2d(3, 4, K, 2, 1)\nup?\nnn.ReLU??"),
        cell("# a text, with \"source\": ['x']", "raw"),
        cell("last = nn.ConvTranspose2d(3, 4, K)  # deconv: in=8x8"),
    )
    assert [(layer.name, layer.output) for layer in model.layers] == [
        ("cell 3: up", (1, 4, "2H", "2W")),
        ("cell 5: last", (1, 4, 11, 11)),
    ]
    assert model.notes == ()


def test_a_cell_that_is_no_python_is_left_out(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        cell(split(IMPORTS)),
        cell("%%bash\necho ConvTranspose2d("),
        cell("%%bash\necho 1 ("),
        cell("for i in range(k:\n"),
        cell("up = nn.ConvTranspose2d(3, 4, k)"),
    )
    line = place(model, "up = ")
    assert model.notes == (
        "cell 2 is no Python, and is left out",
        f"1 layer with numbers that only the program has: line {line}",
    )


def test_a_notebook_that_is_no_program_is_one_line(tmp_path: Path) -> None:
    model = read(tmp_path, cell(split(IMPORTS)), cell("return ConvTranspose2d"), cell("x = ("))
    assert model.findings == ()
    deep = "x = nn.ConvTranspose2d" + ".a" * 900
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(tmp_path, cell(split(IMPORTS)), cell(deep))


def place(model: Model, text: str) -> int:
    """Return the number of the line that has a text."""
    assert model.text is not None
    return next(number for number, line in enumerate(model.text.split("\n"), 1) if text in line)


def test_the_command_checks_notebooks(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", cell(split(IMPORTS)), cell(split(f"{LAYER}\n")))
    write(tmp_path / "b.ipynb", cell("x = 1"))
    done = deconv(f"check {tmp_path} --isolated")
    assert done.code == 1
    assert "cell 2: up: torch: height: output_padding 2" in done.out
    assert done.out.endswith("1 error in 1 file\n")
    write(tmp_path / "a.ipynb", cell(split(IMPORTS)), cell([f"{LAYER}  # deconv: ignore\n"]))
    assert deconv(f"check {tmp_path} --isolated").code == 0
    options = "--isolated --table --size up=1x3x8x8"
    write(tmp_path / "a.ipynb", cell(split(IMPORTS)), cell("up = nn.ConvTranspose2d(3, 4, 4, 2)"))
    assert "1x4x18x18" in deconv(f"check {tmp_path / 'a.ipynb'} {options}").out


OTHERS = [
    "ConvTranspose2d",
    '{"cells": 3, "a": "ConvTranspose2d"}',
    '["ConvTranspose2d"]',
    '{"cells": [1, "ConvTranspose2d"]}',
    '{"cells": [], "ConvTranspose2d": ' + "[" * 100_000 + "}",
    '{"worksheets": [{"cells": ["ConvTranspose2d"]}]}',
]


@pytest.mark.parametrize("text", OTHERS, ids=range(len(OTHERS)))
def test_what_is_no_notebook_is_an_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match="no notebook"):
        read_model(str(path), {})


def test_more_cells_than_people_write_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="more than 3,000 cells"):
        read(tmp_path, *[cell("ConvTranspose2d")] * 3_001)


HOSTILE = {
    "many": '{"cells": [' + '{"source": ["ConvTranspose2d"]},' * 400_000 + "{}]}",
    "long": json.dumps({"cells": [cell("ConvTranspose2d" + " " * (24 << 20))]}),
    "code": json.dumps({"cells": [cell(["ConvTranspose2d\n"] * 110_000)]}),
    "escapes": json.dumps({"cells": [cell("'" + "\\t" * 40_000 + "'\nConvTranspose2d")]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_large_notebooks_take_no_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(HOSTILE[name], encoding="utf-8")
    started = time.process_time()
    found = read_model(str(path), {})
    assert time.process_time() - started < MAX_SECONDS
    assert found.layers == ()
    assert [each.code for each in found.findings] == ["unreadable"] * (name != "escapes")


def test_mutants_of_notebooks_give_declared_errors_only() -> None:
    results = list(find_errors(300, seed=0, suffix="ipynb"))
    assert [error for _, error in results if error] == []
    assert sum(parsed for parsed, _ in results) > 50
