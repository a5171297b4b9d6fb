"""The page of all kinds of layers is what their tables say."""

from __future__ import annotations

from tests.operations_page import PAGE, write_page


def test_the_page_is_written_from_the_tables() -> None:
    # `python -m tests.operations_page` writes it.
    assert PAGE.read_text(encoding="utf-8") == write_page()
