"""Foreign values in one short line."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.values import shorten


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        ([1, 2], "[1, 2]"),
        (10**5000, "an integer of thousands of digits"),
        (list(range(99)), f"{repr(list(range(99)))[:57]}..."),
    ],
    ids=["text", "list", "long integer", "long list"],
)
def test_a_value_is_shown_in_60_characters(value: Any, text: str) -> None:
    assert shorten(value) == text
