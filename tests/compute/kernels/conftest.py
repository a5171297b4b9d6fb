"""Every test of the kernels plans its layers again, because many change how they are planned."""

from __future__ import annotations

import pytest

from tests.compute.kernels.planning import forget


@pytest.fixture(autouse=True)
def _nothing_planned() -> None:
    forget()
