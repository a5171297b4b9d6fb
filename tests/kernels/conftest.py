"""Every test of the kernels plans its layers anew: many change how."""

from __future__ import annotations

import pytest

from deconvcli.kernels import engine


@pytest.fixture(autouse=True)
def _nothing_planned() -> None:
    engine.forget()
