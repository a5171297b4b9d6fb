"""Programs of the system that some tests drive, and that a user's machine need not have.

Where one is missing its tests are skipped, unless DECONV_REQUIRE_PROGRAMS says that all are there.
"""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = bool(os.environ.get("DECONV_REQUIRE_PROGRAMS"))


def needs(name: str, *found: str | None) -> pytest.MarkDecorator:
    """Skips a test without this program; found: where its parts are, if that is no one program."""
    there = all(found) if found else shutil.which(name) is not None
    return pytest.mark.skipif(not there and not REQUIRED, reason=f"{name} is not installed")
