"""What all tests share: Hypothesis without timing, and a path for the processes they start.

These machines are shared, and examples are checked, not timed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks import installed
from deconvcli.frameworks.driver.base import Framework

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# A shell's background job ignores Ctrl-C, and the processes that tests interrupt would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def fakes_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that tests start can import from this folder."""
    root = str(Path(__file__).parent.parent)
    path = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))


@pytest.fixture
def shelf_of_fakes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what puts fakes, by their files in tests/fakes, in place of the frameworks."""

    def only(*names: str) -> None:
        fakes: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
        fakes.names = list(names)
        monkeypatch.setattr(installed, "FRAMEWORKS", fakes)

    return only
