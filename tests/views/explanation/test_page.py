"""Every command of deconvcli/views/explanation/README.md prints what the page shows."""

from __future__ import annotations

import pytest

from tests import readme

PAGE = readme.EXPLANATION.read_text(encoding="utf-8")
SHOWN = readme.shown(PAGE)


def test_the_page_shows_commands() -> None:
    assert len(SHOWN) > 8


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_the_page_shows_what_is_printed(command: str, output: str) -> None:
    assert readme.cut(readme.printed(command), output) == output


def test_every_line_of_it_fits() -> None:
    assert max(len(line) for _, output in SHOWN for line in output.splitlines()) <= 80
