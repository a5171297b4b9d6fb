"""Every test of the kernels plans its layers anew: many change how."""

from __future__ import annotations

import pytest

from tests.compute.kernels.planning import forget


@pytest.fixture(autouse=True)
def _nothing_planned() -> None:
    forget()
