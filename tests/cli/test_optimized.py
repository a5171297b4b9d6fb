"""`python -OO` removes docstrings from the code; users read some of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.cli.commands import COMMANDS
from deconvcli.common.docstrings import read_docstring

BAD = Path(__file__).parent.parent / "examples" / "bad"


def printed(*options: str) -> str:
    """What the package prints as a module, in a Python with these options."""
    done = subprocess.run(
        [sys.executable, "-P", *options], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


LINES = {
    "rule": ("rule", "DCV201"),
    "sarif": ("check", str(BAD), "--format", "sarif"),
    "help": ("--help",),
    **{f"{name} --help": (name, "--help") for name in COMMANDS.names},
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_it_prints_the_same_without_docstrings(line: tuple[str, ...]) -> None:
    assert printed("-OO", "-m", "deconvcli", *line) == printed("-m", "deconvcli", *line)


def test_a_docstring_is_read_from_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = printed.__doc__
    assert read_docstring(printed) == expected
    monkeypatch.setattr(printed, "__doc__", None)
    assert read_docstring(printed) == expected
    module = sys.modules[__name__]
    before = module.__doc__
    monkeypatch.setattr(module, "__doc__", None)
    assert read_docstring(module) == before
