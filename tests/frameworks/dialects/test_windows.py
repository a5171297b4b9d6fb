"""The words that dialects accept as padding of a sliding window are those that networks know."""

from __future__ import annotations

import pytest

from deconvcli.frameworks.dialects import DIALECTS

WORDS = {"valid", "same", "same_upper", "same_lower", "causal"}


@pytest.mark.parametrize("name", DIALECTS.names)
def test_words_and_the_default_are_known(name: str) -> None:
    windows = DIALECTS.take(name).windows
    assert set(windows.words) <= WORDS
    assert windows.default in windows.words if windows.default else windows.default == 0
