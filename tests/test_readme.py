"""Every command that the README shows prints what the README shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import deconvcli
from deconvcli.dialects import DIALECTS

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
SHOWN = [
    (command, output)
    for block in CONSOLE
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]
# Rounding differs between processors; that it is within the bound does not.
ROUNDING = re.compile(r"largest error [\d.e+-]+, [\d.]+ %")


def run(command: str) -> str:
    """What a shell would show: standard output, and messages of a refused request."""
    feed, _, last = command.rpartition(" | ")
    words = shlex.split(last)
    assert words[0] == "deconv"
    given = " ".join(shlex.split(feed)[1:]) if feed else None
    done = subprocess.run(
        [sys.executable, "-m", "deconvcli", *words[1:]],
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stderr if done.returncode == 2 else done.stdout


def test_the_readme_shows_commands() -> None:
    assert len(SHOWN) > 10


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_the_readme_shows_what_is_printed(command: str, output: str) -> None:
    assert ROUNDING.sub("", run(command)) == ROUNDING.sub("", output)


def test_the_table_of_layers_is_true() -> None:
    rows = re.findall(r"^\| `(Conv2DTranspose\(.*\))` \| ([\dx]+) \| ([\dx]+) \|$", README, re.M)
    assert len(rows) == 3
    for call, size, output in rows:
        assert run(f"deconv shape -q --in {size} {shlex.quote(call)}") == f"{output}\n"
    tutorial = rows[1][0].replace(")", ", output_padding=(1, 1))")
    assert "| the same with `output_padding=(1, 1)` | 5x5x32 | 12x12x64 |" in README
    assert run(f"deconv shape -q --in 5x5x32 {shlex.quote(tutorial)}") == "12x12x64\n"


def test_the_python_example_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {"x": np.ones((1, 64, 5, 5), "f4"), "weight": np.ones((64, 32, 4, 4), "f4")}
    exec(code, names)
    for expression, value in re.findall(r"^(layer\S.*?)\s+# (\(.*\))$", code, re.MULTILINE):
        assert str(eval(expression, names)) == value
    assert isinstance(names["layer"], deconvcli.Reading)


def test_every_dialect_is_in_the_table() -> None:
    for name in DIALECTS.names:
        dialect = DIALECTS.take(name)
        assert f"| `{name}` |" in README
        assert all(f"`{name}@{other}`" in README for other in dialect.implementations)
