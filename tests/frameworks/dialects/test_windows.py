"""Every dialect says itself how it pads a sliding window."""

from __future__ import annotations

import pytest

from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import DIALECTS

WORDS = {"valid", "same", "same_upper", "same_lower", "causal"}


@pytest.mark.parametrize("name", DIALECTS.names)
def test_a_dialect_states_its_windows(name: str) -> None:
    dialect = DIALECTS.take(name)
    own = next(family for family in type(dialect).__mro__ if "windows" in vars(family))
    assert own is not Dialect
    assert set(dialect.windows.words) <= WORDS
    default = dialect.windows.default
    assert default in dialect.windows.words if isinstance(default, str) else default == 0
